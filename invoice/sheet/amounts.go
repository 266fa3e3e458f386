package sheet

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/profile"
)

// rates fills in the VAT rate of each line: from its cell, the name of its tax,
// its category, the first line of the invoice, or the profile.
func (x *builder) rates(e *Entry) {
	p := x.t.p
	carry := slices.ContainsFunc(p.Carry, func(name string) bool {
		f, _ := profile.ParseField(name)
		return f == "vat_rate" || f == "tax"
	})
	for i := range e.Invoice.Lines {
		line := &e.Invoice.Lines[i]
		if tax := e.workLine(i).tax; tax != "" && line.VATRate == "" {
			x.tax(e, i, tax)
		}
		if i > 0 && carry && line.VATRate == "" && e.workLine(i).tax == "" && line.VATCategory == "" {
			line.VATRate, line.VATCategory = e.Invoice.Lines[0].VATRate, e.Invoice.Lines[0].VATCategory
		}
		if line.VATRate == "" && line.VATCategory == "" && e.workLine(i).tax == "" {
			if len(p.Defaults.VATRate) == 1 {
				line.VATRate = rateText(p.Defaults.VATRate[0])
			}
			if p.Defaults.VATCategory != "" {
				line.VATCategory = invoice.VATCategory(p.Defaults.VATCategory)
			}
		}
		if line.VATRate == "" && line.VATCategory != "" && line.VATCategory != invoice.VATStandard {
			line.VATRate = "0"
		}
		x.exemption(e, i)
	}
}

// exemption takes why no VAT is charged on a line: from its cells or from the
// profile. One invoice has one reason for each category.
func (x *builder) exemption(e *Entry, i int) {
	line, w, d := &e.Invoice.Lines[i], e.workLine(i), x.t.p.Defaults
	reason, code := w.reason, w.reasonCode
	if reason == "" && code == "" && line.VATRate.IsZero() && line.VATCategory != "" {
		reason, code = string(d.ExemptionReason), string(d.ExemptionCode)
	}
	if reason == "" && code == "" {
		return
	}
	if line.VATCategory == "" && line.VATRate.IsZero() {
		e.fail(fExemptionReason, i, e.spot(fExemptionReason, i), firstOf(reason, code), say("reason-without-category"))
		return
	}
	want := invoice.Exemption{VATCategory: line.VATCategory, Reason: reason, Code: code}
	at := slices.IndexFunc(e.Invoice.Exemptions, func(o invoice.Exemption) bool { return o.VATCategory == want.VATCategory })
	switch {
	case !line.VATRate.IsZero() || line.VATCategory == invoice.VATStandard:
		e.fail(fExemptionReason, i, e.spot(fExemptionReason, i), firstOf(reason, code), say("reason-with-vat", line.VATRate))
	case at < 0:
		e.Invoice.Exemptions = append(e.Invoice.Exemptions, want)
	case e.Invoice.Exemptions[at] != want:
		e.fail(fExemptionReason, i, e.spot(fExemptionReason, i), firstOf(reason, code), say("reasons-differ", clip(firstOf(e.Invoice.Exemptions[at].Reason, e.Invoice.Exemptions[at].Code)), line.VATCategory))
	}
}

func rateText(t profile.Text) invoice.Decimal {
	d, err := invoice.ParseDecimal(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(t)), "%")))
	if err != nil {
		return ""
	}
	return d
}

var percentage = regexp.MustCompile(`(\d+(?:[.,]\d+)?)\s*%`)

// specialTaxes are words by which a percentage is not simply the rate.
var specialTaxes = regexp.MustCompile(`(?i)reverse|revers|ec |eu |import|export|exempt|intra|omvend|omvänd|autoliquid|exon|befreit|fritag|undtag|margin|flat|levy|env|surcharge|recargo|irpf|with?h|ritenuta|omit|no vat|zero|cess|pst|qst`)

// tax reads the name or code of a tax: by the profile, or by the one percentage
// that it names.
func (x *builder) tax(e *Entry, i int, name string) {
	line := &e.Invoice.Lines[i]
	for code, t := range x.t.p.Taxes {
		if profile.Fold(code) != profile.Fold(name) && !sameNumber(code, name) {
			continue
		}
		line.VATRate = rateText(t.Rate)
		if t.Category != "" {
			line.VATCategory = invoice.VATCategory(t.Category)
		}
		if t.Reason != "" && t.Category != "" && !slices.ContainsFunc(e.Invoice.Exemptions, func(x invoice.Exemption) bool { return x.VATCategory == line.VATCategory }) {
			e.Invoice.Exemptions = append(e.Invoice.Exemptions, invoice.Exemption{VATCategory: line.VATCategory, Reason: t.Reason})
		}
		return
	}
	found := percentage.FindAllStringSubmatch(name, -1)
	if len(found) == 1 && !specialTaxes.MatchString(name+" ") && !strings.ContainsAny(name, ",;+&") {
		if d, err := invoice.ParseDecimal(strings.Replace(found[0][1], ",", ".", 1)); err == nil && !d.IsZero() {
			line.VATRate = d
			return
		}
		if strings.Trim(name, "0.,% ") == "" {
			line.VATRate = "0"
			return
		}
	}
	at := e.spot(fTax, i)
	e.bad = setBad(e.bad, badKey{fVATRate, i})
	e.stop("taxes", at, name, say("tax-unknown", clip(name)), func() Question {
		q := question(say("ask-taxes", e.tableOf(fTax).l.name(at.col)))
		f := e.tableOf(fTax).factsOf(at.col)
		q.Samples = x.valuesOf(at.col)
		q.Answers = []Answer{answer("rate-in-percent", "taxes", yamlText(name)+": 25", "")}
		for _, s := range f.distinct() {
			if s != name && len(q.Answers) < 12 {
				q.Answers = append(q.Answers, answer("rate-in-percent", "taxes", yamlText(s)+": 25", ""))
			}
		}
		q.Answers = append(q.Answers, answer("no-vat-reason", "taxes", yamlText(name)+`: {rate: 0, category: E, reason: "Art. 113"}`, ""))
		return q
	})
}

func setBad(m map[badKey]bool, k badKey) map[badKey]bool {
	if m == nil {
		m = map[badKey]bool{}
	}
	m[k] = true
	return m
}

// amounts is how the amounts of an invoice came about.
type amounts struct {
	gross    bool  // they were given with VAT
	expected fixed // the sum with VAT that was given, if gross
}

// prices fills in unit prices: from prices with VAT, or from amounts of the
// line or, if the invoice has one line, of the invoice.
func (x *builder) prices(e *Entry) (amounts, bool) {
	var a amounts
	digits, known := currency.GetDigits(e.Invoice.Currency)
	if !known {
		return a, false
	}
	p := x.t.p
	x.oneLine(e)
	ok := true
	for i := range e.Invoice.Lines {
		line := &e.Invoice.Lines[i]
		if line.Quantity == "" && !e.bad[badKey{fQuantity, i}] && p.Defaults.Quantity != "" {
			line.Quantity = invoice.Decimal(p.Defaults.Quantity)
		}
		if line.UnitPrice == "" && p.Defaults.UnitPrice != "" && !e.bad[badKey{fUnitPrice, i}] {
			line.UnitPrice = invoice.Decimal(p.Defaults.UnitPrice)
		}
		if p.Discounts == "negative" && line.Discount.IsNegative() != line.Quantity.IsNegative() && !line.Discount.IsZero() {
			line.Discount = negate(line.Discount)
		}
		ok = x.price(e, i, digits, &a) && ok
	}
	return a, ok
}

// oneLine gives an invoice whose rows have no columns of lines its one line.
func (x *builder) oneLine(e *Entry) {
	if len(e.Invoice.Lines) > 0 || len(x.t.p.RowLines) > 0 || x.t.lineTable != nil {
		return
	}
	e.Invoice.Lines = []invoice.Line{{}}
	e.lineRows = []int32{int32(e.FirstRow)}
	x.rates(e)
}

// price fills in one line's price. It reports false if the line has none.
func (x *builder) price(e *Entry, i int, digits uint8, a *amounts) bool {
	line := &e.Invoice.Lines[i]
	if line.UnitPrice != "" && x.t.p.Prices != "gross" {
		return true
	}
	if e.bad[badKey{fUnitPrice, i}] || e.bad[badKey{fQuantity, i}] {
		return false
	}
	given, gross, whole := e.givenAmount(i, int(digits))
	amount, ok := fixedOf(given)
	if !ok {
		return false
	}
	if line.VATRate == "" {
		x.provenRate(e, i, given, gross, int(digits))
	}
	rate, ok := fixedOf(line.VATRate)
	if gross && !ok {
		return false
	}
	net := amount
	if gross {
		a.gross = true
		a.expected += amount
		r := new(big.Rat).Quo(new(big.Rat).Mul(amount.rat(), big.NewRat(100, 1)), (100*unit + rate).rat())
		if net, ok = ratFixed(r); !ok {
			return false
		}
		net = net.round(int(digits))
	}
	if whole { // the line is what the document's discounts and charges leave
		less, _ := fixedOf(e.work().discount.Or("0"))
		more, _ := fixedOf(e.work().charge.Or("0"))
		if (less != 0 || more != 0) && x.t.p.Prices == "gross" {
			return false
		}
		net += less - more
	}
	if line.Quantity == "" {
		line.Quantity = "1"
		if net < 0 {
			line.Quantity = "-1"
		}
	}
	price, ok := priceFor(line, net, int(digits))
	if !ok {
		e.fail(fUnitPrice, i, e.spot(fUnitPrice, i), string(given), say("price-inexact", given, line.Quantity))
		return false
	}
	line.UnitPrice = price
	return true
}

// givenAmount is the amount that a line's price comes of: its own, or that of
// the invoice if it has one line alone. It is empty if there is none. gross
// reports whether it has VAT in it, whole whether it is the invoice's.
func (e *Entry) givenAmount(i, digits int) (given invoice.Decimal, gross, whole bool) {
	line, w := &e.Invoice.Lines[i], e.workLine(i)
	switch {
	case line.UnitPrice != "": // with VAT
		sum, ok := productOf(line)
		if !ok {
			return "", false, false
		}
		return sum.round(digits).decimal(), true, false
	case w.net != "":
		return w.net, false, false
	case w.gross != "":
		return w.gross, true, false
	case len(e.Invoice.Lines) > 1:
	case e.Claims.Net != "":
		return e.Claims.Net, false, true
	case e.Claims.Total != "":
		return e.Claims.Total, true, true
	case e.Claims.Payable != "" && e.Invoice.Prepaid == "":
		return e.Claims.Payable, true, true
	case e.work().balance != "" && e.Invoice.Prepaid == "":
		e.work().fromBalance = true
		return e.work().balance, true, true
	}
	return "", false, false
}

// productOf is quantity × price less the discounts of a line.
func productOf(line *invoice.Line) (fixed, bool) {
	q, ok1 := fixedOf(line.Quantity.Or("1"))
	p, ok2 := fixedOf(line.UnitPrice)
	percent, ok3 := fixedOf(line.DiscountPercent.Or("0"))
	less, ok4 := fixedOf(line.Discount.Or("0"))
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, false
	}
	per, ok5 := fixedOf(line.PriceQuantity.Or("1"))
	if !ok5 || per == 0 {
		return 0, false
	}
	r := new(big.Rat).Mul(q.rat(), p.rat())
	r.Mul(r, (100*unit - percent).rat())
	r.Quo(r, new(big.Rat).Mul(per.rat(), big.NewRat(100, 1)))
	sum, ok := ratFixed(r)
	return sum - less, ok
}

// priceFor finds the net price of one unit, of as few decimals as possible,
// with which the line comes to the net amount exactly.
func priceFor(line *invoice.Line, net fixed, digits int) (invoice.Decimal, bool) {
	q, ok1 := fixedOf(line.Quantity)
	percent, ok2 := fixedOf(line.DiscountPercent.Or("0"))
	less, ok3 := fixedOf(line.Discount.Or("0"))
	if !ok1 || !ok2 || !ok3 || q == 0 || percent >= 100*unit {
		return "", net == 0 && q == 0
	}
	r := new(big.Rat).Mul((net + less).rat(), big.NewRat(100, 1))
	r.Quo(r, (100*unit - percent).rat())
	r.Quo(r, q.rat())
	if per, ok := fixedOf(line.PriceQuantity.Or("1")); ok {
		r.Mul(r, per.rat())
	}
	if r.Sign() < 0 {
		line.Quantity = negate(line.Quantity)
		r.Neg(r)
	}
	for decimals := digits; decimals <= invoice.MaxFractionDigits; decimals++ {
		d, err := invoice.ParseDecimal(r.FloatString(decimals))
		if err != nil {
			return "", false
		}
		trial := *line
		trial.UnitPrice = d
		if sum, ok := productOf(&trial); ok && sum.round(digits) == net.round(digits) {
			return d, true
		}
	}
	return "", false
}

// provenRate finds which of the profile's rates the amounts of a row prove.
func (x *builder) provenRate(e *Entry, i int, given invoice.Decimal, gross bool, digits int) {
	rates := x.t.p.Defaults.VATRate
	line, w := &e.Invoice.Lines[i], e.workLine(i)
	if len(rates) < 2 || line.VATRate != "" {
		return
	}
	amount, _ := fixedOf(given)
	vat, total := w.vat, w.gross
	if len(e.Invoice.Lines) == 1 {
		if vat == "" {
			vat = e.Claims.VAT
		}
		if total == "" {
			total = e.Claims.Total
		}
	}
	tax, known := fixedOf(vat)
	if !known {
		all, ok := fixedOf(total)
		net, okNet := fixedOf(w.net.Or(e.Claims.Net))
		if !ok || !okNet || len(e.Invoice.Lines) > 1 && w.net == "" {
			return
		}
		tax = all - net
		if gross {
			amount = net
		}
	} else if gross {
		amount -= tax
	}
	var proven []invoice.Decimal
	for _, r := range rates {
		rate, ok := fixedOf(rateText(r))
		if want, okWant := amount.times(rate); ok && okWant && (want/100).round(digits) == tax.round(digits) {
			proven = append(proven, rateText(r))
		}
	}
	if len(proven) == 1 {
		line.VATRate = proven[0]
		return
	}
	e.fail(fVATRate, i, e.spot(fVATRate, i), "", say("rate-not-proven", tax.decimal(), amount.decimal()))
}

// documentAmounts takes the discounts and charges of the whole invoice. They
// have the VAT of its lines, which must be of one rate.
func (x *builder) documentAmounts(e *Entry, a *amounts) {
	inv := e.Invoice
	for _, c := range []struct {
		f     field
		value invoice.Decimal
	}{{fInvoiceDiscount, e.work().discount}, {fCharge, e.work().charge}} {
		amount, ok := fixedOf(c.value)
		if !ok || amount == 0 || len(inv.Lines) == 0 {
			continue
		}
		first := inv.Lines[0]
		mixed := slices.ContainsFunc(inv.Lines, func(l invoice.Line) bool {
			return l.VATRate != first.VATRate || l.VATCategory != first.VATCategory
		})
		if mixed {
			e.fail(c.f, -1, e.spot(c.f, -1), string(c.value), say("charge-several-rates", c.value))
			continue
		}
		if c.f == fInvoiceDiscount && x.t.p.Discounts == "negative" {
			amount = -amount
		}
		if x.t.p.Prices == "gross" {
			digits, _ := currency.GetDigits(inv.Currency)
			rate, _ := fixedOf(first.VATRate)
			a.expected += map[field]fixed{fInvoiceDiscount: -amount, fCharge: amount}[c.f]
			net, _ := ratFixed(new(big.Rat).Quo(new(big.Rat).Mul(amount.rat(), big.NewRat(100, 1)), (100*unit + rate).rat()))
			amount = net.round(int(digits))
		}
		reason := x.t.l.column(x.t.l.first[c.f]).Header
		d := invoice.DocumentAllowance{Allowance: invoice.Allowance{Amount: amount.abs().decimal(), Reason: reason}, VATRate: first.VATRate, VATCategory: first.VATCategory}
		switch {
		case c.f == fInvoiceDiscount && amount < 0:
			e.fail(c.f, -1, e.spot(c.f, -1), string(c.value), say("discount-negative"))
		case c.f == fInvoiceDiscount, amount < 0:
			inv.Allowances = append(inv.Allowances, d)
		default:
			inv.Charges = append(inv.Charges, d)
		}
	}
}

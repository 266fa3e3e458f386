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

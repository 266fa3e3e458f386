package sheet

import (
	"math/big"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
)

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
	if line.GrossPrice != "" && x.t.p.Prices == "gross" {
		e.fail(fListPrice, i, e.spot(fListPrice, i), string(line.GrossPrice), say("list-price-with-vat"))
		return false
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

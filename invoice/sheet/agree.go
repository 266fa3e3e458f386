package sheet

import (
	"math/bits"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
)

// agrees reports whether the stated amounts are, to the cent, what the lines of
// a plain invoice give: one without discounts, charges and rounding. For others,
// and if an amount differs, invoice.CheckClaims looks closer: its decimals cost
// as much as reading the rows.
func (e *Entry) agrees(c invoice.Claims) bool {
	inv, w := e.Invoice, e.work()
	digits, known := currency.GetDigits(inv.Currency)
	if !known || digits > 6 || len(inv.Allowances) > 0 || len(inv.Charges) > 0 || !inv.Rounding.IsZero() {
		return false
	}
	type group struct {
		rate     invoice.Decimal
		category invoice.VATCategory
		net      fixed
	}
	var groups []group
	var net fixed
	for i := range inv.Lines {
		l := &inv.Lines[i]
		n, ok := plainNet(l, int(digits))
		if !ok || i < len(c.Lines) && !equals(c.Lines[i], n) {
			return false
		}
		if i < len(w.lines) && (w.lines[i].vat != "" || w.lines[i].gross != "") {
			return false
		}
		net += n
		at := -1
		for j := range groups {
			if groups[j].rate == l.VATRate && groups[j].category == l.Category() {
				at = j
			}
		}
		if at < 0 {
			at = len(groups)
			groups = append(groups, group{rate: l.VATRate, category: l.Category()})
		}
		groups[at].net += n
	}
	var vat fixed
	for _, g := range groups {
		rate, ok := fixedOf(g.rate)
		v, okVAT := timesRounded(g.net, rate/100, int(digits))
		if !ok || rate%100 != 0 || !okVAT {
			return false
		}
		vat += v
	}
	prepaid, ok := fixedOf(inv.Prepaid.Or("0"))
	return ok && len(c.Lines) <= len(inv.Lines) && equals(c.Net, net) && equals(c.VAT, vat) && equals(c.Total, net+vat) && equals(c.Payable, net+vat-prepaid)
}

// equals reports whether a claim is exactly this amount, or is not stated.
func equals(claim invoice.Decimal, want fixed) bool {
	if claim == "" {
		return true
	}
	f, ok := fixedOf(claim)
	return ok && f == want
}

// plainNet is quantity × price of a line without discounts and charges.
func plainNet(l *invoice.Line, digits int) (fixed, bool) {
	if !l.Discount.IsZero() || !l.DiscountPercent.IsZero() || l.PriceQuantity != "" || len(l.Allowances) > 0 || len(l.Charges) > 0 {
		return 0, false
	}
	q, ok1 := fixedOf(l.Quantity.Or("1"))
	p, ok2 := fixedOf(l.UnitPrice)
	if !ok1 || !ok2 {
		return 0, false
	}
	return timesRounded(q, p, digits)
}

// timesRounded multiplies exactly and rounds half away from zero to so many
// digits; false if the product is too large.
func timesRounded(a, b fixed, digits int) (fixed, bool) {
	negative := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(uint64(a.abs()), uint64(b.abs())) // in millionths of millionths
	step, scale := uint64(unit), uint64(1)
	for range 6 - digits {
		step, scale = step*10, scale*10
	}
	if hi >= step {
		return 0, false
	}
	n, rest := bits.Div64(hi, lo, step)
	if rest >= step-rest {
		n++
	}
	if n > 1<<60/scale {
		return 0, false
	}
	out := fixed(n * scale)
	if negative {
		out = -out
	}
	return out, true
}

package sheet

import "invoicelink/invoice"

// lineFacts are the amounts of a line, or of the invoice.
type lineFacts struct {
	net, gross, vat, before, discount, price, priceGross, quantity, rate, percent, due, prepaid fixed
}

func factsOfLine(l *invoice.Line, net invoice.Amount, digits int) (f lineFacts) {
	f.net, _ = fixedOf(net.Number())
	f.rate, _ = fixedOf(l.VATRate)
	f.quantity, _ = fixedOf(l.Quantity.Or("1"))
	f.price, _ = fixedOf(l.UnitPrice)
	f.percent, _ = fixedOf(l.DiscountPercent.Or("0"))
	vat, _ := f.net.times(f.rate)
	f.vat = (vat / 100).round(digits)
	f.gross = f.net + f.vat
	before, _ := f.quantity.times(f.price)
	f.before = before.round(digits)
	f.discount = f.before - f.net
	more, _ := f.price.times(100*unit + f.rate)
	f.priceGross = (more / 100).round(digits)
	return f
}

// test counts what a value equals.
func (ev *evidence) test(cell evidenceCell, n evidenceValue, lines []lineFacts, inv lineFacts, digits int) {
	cent := unit
	for range digits {
		cent /= 10
	}
	for _, h := range ev.allowed {
		t := &ev.found[h]
		if t.dead {
			continue
		}
		value := n.v
		if h != isUnitPrice && h != isRate && h != isDiscountPercent && h != isQuantity {
			value = value.round(digits)
		}
		want, slack, ok := ev.expected(h, n, lines, inv, cent)
		if ok && (value-want).abs() <= slack {
			if value != 0 {
				t.hits++
			}
			continue
		}
		t.misses = append(t.misses, evidenceMiss{cell, n.v, want})
		if t.dead = len(t.misses) > 3 && len(t.misses) > ev.values/4; t.dead {
			t.misses = nil
		}
	}
}

// expected is what a value must equal under a hypothesis, and by how much it
// may differ: amounts with VAT by a cent. It reports false for a hypothesis
// about a line if the value's row has none.
func (ev *evidence) expected(h hypothesis, n evidenceValue, lines []lineFacts, inv lineFacts, cent fixed) (want, slack fixed, ok bool) {
	switch h {
	case isNet:
		return inv.net, 0, true
	case isTotal:
		return inv.gross, 0, true
	case isVAT:
		return inv.vat, 0, true
	case isPayable:
		return inv.due, 0, true
	case isPrepaid:
		return inv.prepaid, 0, true
	case isCounter:
		if ev.values == 1 {
			return n.v, 0, true // it may begin anywhere
		}
		return ev.last + unit, 0, true
	}
	var l lineFacts
	if ok = n.line >= 0 && int(n.line) < len(lines); ok {
		l = lines[n.line]
	}
	switch h {
	case isLineNet:
		want = l.net
	case isLineGross:
		want, slack = l.gross, cent
	case isLineVAT:
		want, slack = l.vat, cent
	case isLineBefore:
		want = l.before
	case isLineDiscount:
		want = l.discount
	case isUnitPrice:
		want = l.price
	case isUnitGross:
		want, slack = l.priceGross, cent
	case isQuantity:
		want = l.quantity
	case isRate:
		want = l.rate
	case isDiscountPercent:
		want = l.percent
	}
	return want, slack, ok
}

// proven returns what the column is: the hypothesis that holds on nearly all
// rows with a value.
func (ev *evidence) proven() (hypothesis, bool) {
	best, found := hypothesis(0), false
	for _, h := range ev.allowed {
		t := &ev.found[h]
		if t.dead || t.hits < ev.least(h) || len(t.misses)*10 > ev.values || h == isCounter && ev.values < 3 {
			continue
		}
		if !found || len(t.misses) < len(ev.found[best].misses) {
			best, found = h, true
		}
	}
	return best, found
}

// least is how many values must agree. One number is soon equal to a quantity
// or a rate by chance: unless the header says that it may be that, it takes
// several.
func (ev *evidence) least(h hypothesis) int {
	if len(ev.allowed) < int(hypotheses) {
		return 1
	}
	switch h {
	case isQuantity, isRate, isDiscountPercent, isUnitPrice, isLineDiscount, isPrepaid:
		return 3
	}
	return 1
}

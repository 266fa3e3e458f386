package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
)

// learn takes from a value what it proves about the others.
func (x *builder) learn(col int, v value) {
	if v.other == "" {
		x.points = x.points || v.separator == '.'
		x.commas = x.commas || v.separator == ','
	}
	if v.order == anyOrder {
		return
	}
	if before := x.orders[col]; before != anyOrder && before != v.order {
		if x.clashing == nil {
			x.clashing = map[int]bool{}
		}
		x.clashing[col] = true
	}
	if x.orders == nil {
		x.orders = map[int]order{}
	}
	x.orders[col] = v.order
}

// settle decides the values with two readings, now that the whole file is
// known: numbers by the decimal separator that the other numbers prove, dates
// by the order that their column proves. What nothing decides is an error.
func (x *builder) settle() {
	for _, p := range x.pending {
		chosen, ok := p.value.text, true
		switch {
		case p.value.other == "":
		case specs[p.f].read == readDate:
			chosen, ok = x.settleDate(p)
		default:
			chosen, ok = x.settleNumber(p)
		}
		if !ok {
			continue
		}
		slot := p.e.slot(p.f, p.line)
		if !p.merge {
			slot.set(chosen)
			continue
		}
		if before := slot.get(); before != chosen && !p.e.bad[badKey{p.f, p.line}] {
			p.e.contradict(p, before, chosen)
		}
	}
	x.pending = nil
	if len(x.hidden) > 0 {
		x.b.Notes = append(x.b.Notes, x.b.rowProblem(0, fmt.Sprintf("has hidden rows, which were read too: %s", list(x.hidden))))
	}
}

// contradict tells of two values for one field of an invoice, at both cells.
func (e *Entry) contradict(p pending, before, after string) {
	const message = "%s is not the %s that stands in %s for the same invoice; one invoice has one, so correct one of them, or the invoice number"
	first := e.spot(p.f, -1)
	e.Problems = append(e.Problems, e.book.problem(first, specs[p.f].label, before, fmt.Sprintf(message, clip(before), clip(after), e.book.where(p.at))))
	e.fail(p.f, p.line, p.at, p.raw, fmt.Sprintf(message, clip(after), clip(before), e.book.where(first)))
}

func (x *builder) settleNumber(p pending) (string, bool) {
	if x.points != x.commas {
		proved := byte('.')
		if x.commas {
			proved = ','
		}
		if proved == p.value.separator {
			return p.value.text, true
		}
		return p.value.other, true
	}
	why := "no other number of the file shows which"
	if x.points {
		why = "the other numbers of the file show both"
	}
	p.e.fail(p.f, p.line, p.at, p.raw, fmt.Sprintf("%s may mean %s or %s, and %s; write it without a separator, or as a number cell",
		clip(p.raw), p.value.other, p.value.text, why))
	return "", false
}

func (x *builder) settleDate(p pending) (string, bool) {
	proved := x.orders[p.at.col]
	switch {
	case x.clashing[p.at.col]:
	case proved == dayFirst:
		return p.value.text, true
	case proved == monthFirst:
		return p.value.other, true
	}
	why := "no other date of the column shows which"
	if x.clashing[p.at.col] {
		why = "the other dates of the column show both orders"
	}
	p.e.fail(p.f, p.line, p.at, p.raw, fmt.Sprintf("%s may mean %s or %s, and %s; write it as 2026-11-30",
		clip(p.raw), p.value.text, p.value.other, why))
	return "", false
}

// list names the first few of many rows.
func list(rows []int) string {
	const most = 10
	var parts []string
	for _, n := range rows[:min(len(rows), most)] {
		parts = append(parts, strconv.Itoa(n))
	}
	if len(rows) > most {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// finish checks a complete entry.
func (e *Entry) finish(o *Options) {
	inv := e.Invoice
	if inv.Currency == "" && !e.bad[badKey{fCurrency, -1}] {
		inv.Currency = o.Currency
	}
	e.blanks()
	e.currencySigns()
	found := inv.Validate()
	sound := len(found) == 0 && len(e.Problems) == 0
	if o.Check != nil {
		found = append(found, o.Check(inv)...)
	}
	if sound {
		var wrong invoice.Problems
		inv.Rounding, wrong = inv.CheckClaims(e.Claims, o.AcceptRounding)
		found = append(found, wrong...)
	}
	e.report(found)
}

// blanks tells of line fields that have a default elsewhere but not in a sheet:
// whoever forgot one would send a wrong invoice without noticing.
func (e *Entry) blanks() {
	for i := range e.Invoice.Lines {
		line := &e.Invoice.Lines[i]
		if line.Quantity == "" && !e.bad[badKey{fQuantity, i}] {
			e.fail(fQuantity, i, e.spot(fQuantity, i), "", "is missing; write 1 for a single one")
		}
		if line.VATRate != "" || e.bad[badKey{fVATRate, i}] {
			continue
		}
		if line.VATCategory != "" && line.VATCategory != invoice.VATStandard {
			line.VATRate = "0"
			continue
		}
		e.fail(fVATRate, i, e.spot(fVATRate, i), "", "is missing; write 0 where there is no VAT")
	}
}

// currencySigns compares what stands beside numbers with the currency.
func (e *Entry) currencySigns() {
	for _, s := range e.signs {
		if e.Invoice.Currency != "" && !slices.Contains(s.currencies, e.Invoice.Currency) {
			e.fail(s.f, s.line, s.at, s.raw, fmt.Sprintf("%s is not in %s, the currency of this invoice", clip(s.raw), clip(e.Invoice.Currency)))
		}
	}
	e.signs = nil
}

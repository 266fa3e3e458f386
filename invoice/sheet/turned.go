package sheet

import (
	"slices"

	"invoicelink/invoice"
)

// turned handles invoices of which nothing is owed. It reports whether the
// entry is left out.
func (x *builder) turned(e *Entry) bool {
	if len(e.Problems) > 0 && slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Question == "" }) {
		return false
	}
	if e.surelyPositive() {
		return false
	}
	t, err := e.Invoice.Totals()
	if err != nil || t.Total.IsPositive() || e.Invoice.IsCreditNote() && !t.Total.IsNegative() {
		return false
	}
	for _, p := range e.Invoice.Validate() {
		if p.Value != t.Total.Number() { // it is not about the sign of the total
			return false
		}
	}
	at := e.spot(fTotal, -1)
	switch {
	case t.Total.IsNegative() && x.t.p.Negative == "skip":
		x.drop(e, "left-out-negative")
		return true
	case t.Total.IsNegative() && x.t.p.Negative == "credit_note":
		e.turn()
	case t.Total.IsNegative() && !e.Invoice.IsCreditNote():
		e.stop("negative", at, t.Total.Number(), say("total-negative", t.Total.Number(), e.Invoice.Currency), func() Question {
			return question(say("ask-negative"),
				answer("as-credit-notes", "", "negative: credit_note", ""),
				answer("leave-out", "", "negative: skip", ""))
		})
	case t.Total.IsZero() && !e.Invoice.IsCreditNote():
		switch x.t.p.Zero {
		case "issue":
		case "skip":
			x.drop(e, "left-out-zero")
			return true
		default:
			e.stop("zero", at, "0", say("total-zero"), func() Question {
				return question(say("ask-zero"),
					answer("leave-out", "", "zero: skip", ""),
					answer("issue-zero", "", "zero: issue", ""))
			})
		}
	}
	return false
}

// surelyPositive reports whether the total is above zero at a glance, as it is
// of nearly all invoices: to compute it costs more than everything else here.
func (e *Entry) surelyPositive() bool {
	if e.Invoice.IsCreditNote() || len(e.Invoice.Allowances) > 0 {
		return false
	}
	for _, l := range e.Invoice.Lines {
		if l.Quantity.IsNegative() || l.UnitPrice.IsNegative() || !l.Discount.IsZero() || !l.DiscountPercent.IsZero() {
			return false
		}
	}
	return slices.ContainsFunc(e.Invoice.Lines, func(l invoice.Line) bool {
		q, ok1 := fixedOf(l.Quantity)
		p, ok2 := fixedOf(l.UnitPrice)
		return ok1 && ok2 && q >= unit && p >= unit/100
	})
}

// turn makes a credit note over the positive amount of an invoice below zero.
func (e *Entry) turn() {
	inv := e.Invoice
	inv.Kind = invoice.KindCreditNote
	for i := range inv.Lines {
		inv.Lines[i].Quantity = negate(inv.Lines[i].Quantity.Or("1"))
		inv.Lines[i].Discount = negateIf(inv.Lines[i].Discount)
	}
	inv.Prepaid, inv.Rounding = negateIf(inv.Prepaid), negateIf(inv.Rounding)
	c := e.Claims
	c.Net, c.VAT, c.Total, c.Payable = negateIf(c.Net), negateIf(c.VAT), negateIf(c.Total), negateIf(c.Payable)
	w := e.work()
	w.balance, w.turned = negateIf(w.balance), true
	for i := range w.lines {
		w.lines[i].net, w.lines[i].vat, w.lines[i].gross = negateIf(w.lines[i].net), negateIf(w.lines[i].vat), negateIf(w.lines[i].gross)
	}
}

func negateIf(d invoice.Decimal) invoice.Decimal {
	if d == "" {
		return d
	}
	return negate(d)
}

// drop leaves an entry out.
func (x *builder) drop(e *Entry, code string) {
	x.leave1(code, e.FirstRow)
	x.b.Entries = slices.DeleteFunc(x.b.Entries, func(o *Entry) bool { return o == e })
	x.b.forget(e)
}

// forget takes an entry that is left out off the questions that it asked.
func (b *Book) forget(e *Entry) {
	for _, s := range e.work().stops {
		for i := range b.Questions {
			if b.Questions[i].Code == s.code && b.Questions[i].Invoices > 0 {
				b.Questions[i].Invoices--
			}
		}
	}
	b.Questions = slices.DeleteFunc(b.Questions, func(q Question) bool { return q.Invoices == 0 && q.stops })
}

package ledger

import (
	"fmt"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// gateway is who resolves a review that the gateway's answer settles.
const gateway = "checkout API"

// RecordPayment keeps a payment, whatever the state, and says what follows. A
// payment that completes the payable amount makes the invoice paid. What does
// not fit, be it another amount or currency, a second payment, one on a
// cancelled invoice or one that is authorised only, opens a review and stays.
// The same payment again gives ErrRepeated.
func (r Record) RecordPayment(p Payment) (Record, error) {
	r = r.clone()
	bare := p.ID == "" && p.Money.IsZero() && !p.Unverified
	p.ID, p.Actor, p.Note = paymentID(p), text.Line(p.Actor, 100), text.Line(p.Note, 200)
	if p.At.IsZero() {
		p.At = p.RecordedAt
	}
	if known := r.payment(p.ID); known != nil {
		return r.again(known, p)
	}
	if r.Earlier != nil {
		for _, id := range r.Earlier.IDs {
			if id == digestOf(p.ID) {
				return r, ErrRepeated
			}
		}
	}
	covered := r.State == Paid || r.covered()
	if bare && covered {
		return r, ErrRepeated // it says nothing that is not known
	}
	if p.Money.IsZero() && !p.Unverified {
		p.Note = firstOf(p.Note, "the amount was not stated")
		if p.Money = r.outstanding(); p.Money.IsZero() {
			p.Money = r.Payable // a second time, or zero where nothing was requested yet
		}
	}
	r.addPayment(p)
	return r.weigh(p, covered && !r.Payable.IsZero()), nil
}

// again meets a payment that is in the record with what is stated of it now.
func (r Record) again(known *Payment, p Payment) (Record, error) {
	paid := r.State == Paid
	switch {
	case known.Unverified && !p.Unverified && !p.Money.IsZero():
		known.Money, known.Unverified, known.Authorised = p.Money, false, p.Authorised
		r.settleReviews(ReviewAmountUnknown, p.ID, gateway, "it answered: "+p.Money.String(), p.RecordedAt)
	case known.Authorised && !p.Authorised && !p.Unverified:
		was := known.Money
		known.Authorised = false
		r.settleReviews(ReviewToCapture, p.ID, gateway, "captured", p.RecordedAt)
		if !p.Money.IsZero() && p.Money != was {
			known.Money = p.Money
			known.Note = text.Line(fmt.Sprintf("%s was authorised", was), 200)
		}
	case p.Money.IsZero() || p.Unverified || p.Authorised || p.Money == r.total(p.ID):
		return r, ErrRepeated
	case p.Money.Currency == known.Money.Currency && p.Money.Cmp(r.total(p.ID)) > 0: // more of it was taken
		more := p
		more.ID, more.Note = fmt.Sprintf("%s+%s", p.ID, p.Money.Fixed()), text.Line(fmt.Sprintf("payment %s is %s by now", p.ID, p.Money), 200)
		var err error
		if more.Money, err = p.Money.Sub(r.total(p.ID)); err != nil {
			return r, err
		}
		r.addPayment(more)
		r.settleReviews(ReviewAmount, p.ID, gateway, more.Note, p.RecordedAt)
		return r.weigh(more, paid), nil
	default:
		what := fmt.Sprintf("payment %s was recorded as %s and is now said to be %s", p.ID, r.total(p.ID), p.Money)
		for _, v := range r.Reviews {
			if v.Kind == ReviewAmountChanged && v.Payment == p.ID && v.What == text.Line(what, 300) {
				return r, ErrRepeated
			}
		}
		r.review(ReviewAmountChanged, p.ID, what, p.RecordedAt)
		return r, nil
	}
	return r.weigh(*known, paid), nil
}

// total is what was recorded of one payment so far.
func (r *Record) total(id string) invoice.Money {
	var sum invoice.Money
	for _, p := range r.Payments {
		if p.ID == id || strings.HasPrefix(p.ID, id+"+") {
			if more, err := sum.Add(p.Money); err == nil {
				sum = more
			}
		}
	}
	return sum
}

// weigh says what follows from a payment that is in the list now. paid is
// whether the invoice was paid before it came.
func (r Record) weigh(p Payment, paid bool) Record {
	at := p.RecordedAt
	open := func(kind ReviewKind, format string, args ...any) {
		r.review(kind, p.ID, fmt.Sprintf("payment %s of %s ", p.ID, p.Money)+fmt.Sprintf(format, args...), at)
	}
	switch {
	case p.Unverified:
		r.review(ReviewAmountUnknown, p.ID, fmt.Sprintf("payment %s was announced without an amount; the checkout API is asked what was paid", p.ID), at)
	case r.Cancelled != nil:
		open(ReviewAfterCancellation, "came although the invoice was cancelled on %s; it may have to be refunded", r.Cancelled.At.Format(time.DateOnly))
	case p.Authorised:
		open(ReviewToCapture, "is authorised only; it still has to be captured")
	case !r.Payable.IsZero() && p.Money.Currency != r.Payable.Currency:
		open(ReviewCurrency, "is not in the currency of the payable %s; it is not taken as paid", r.Payable)
	case paid:
		open(ReviewSecond, "came after the invoice was paid; it may have to be refunded")
	case r.Payable.IsZero():
	case r.creditedTooMuch():
		open(ReviewAmount, "is more than credit note %q has left to pay; it may have to be refunded", r.Credits[len(r.Credits)-1].Number)
	case r.sums().received.Cmp(r.Payable) != 0:
		open(ReviewAmount, "is not the payable %s%s", r.Payable, notTaken(r.covered()))
	default: // what came before in parts is complete now
		r.settleReviews(ReviewAmount, "", gateway, "the payable amount is complete", at)
	}
	switch {
	case r.Cancelled != nil || paid:
	case r.covered() && !p.Authorised && !p.Unverified:
		r.pay(p.At)
	case r.Printed > 0 && r.Held(): // no further page before a person has decided
		r.Renew = nil
		if r.State == Linked {
			r.State = Issued
		}
	}
	return r
}

func notTaken(covered bool) string {
	if covered {
		return ""
	}
	return "; it is not taken as paid"
}

func (r *Record) pay(at time.Time) {
	r.State, r.PaidAt = Paid, at
	r.Error, r.Renew, r.RetryAt = "", nil, time.Time{}
}

// lastPaid is the moment of the newest payment.
func (r *Record) lastPaid(otherwise time.Time) time.Time {
	if n := len(r.Payments); n > 0 {
		return r.Payments[n-1].At
	}
	return otherwise
}

// ResolveReview closes an open review with a note of whoever decided.
func (r Record) ResolveReview(id string, by Act, note string) (Record, error) {
	r = r.clone()
	for i := range r.Reviews {
		v := &r.Reviews[i]
		if v.ID != id {
			continue
		}
		if !v.Open() {
			return r, ErrRepeated
		}
		v.ResolvedAt, v.ResolvedBy, v.Note = by.At, text.Line(firstOf(by.Actor, string(by.Source)), 100), text.Line(note, 500)
		return r, nil
	}
	return r, refuse("unknown-review", "invoice %q has no open review %s", r.Number, id)
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

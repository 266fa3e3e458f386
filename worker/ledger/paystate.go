package ledger

import (
	"time"

	"invoicelink/invoice"
)

// PayState is what the payment page says of an invoice.
type PayState string

// The states of the payment page. None of them depends on who looks.
const (
	PayOpen      PayState = "open"      // the amount due can be paid
	PayBusy      PayState = "busy"      // somebody is paying: the same link for everybody
	PayHeld      PayState = "held"      // a link has ended or asks for another amount; the next one comes after a while
	PayPartly    PayState = "partly"    // a part is received, the rest can be paid
	PayWaiting   PayState = "waiting"   // received, waiting for confirmation
	PayDone      PayState = "paid"      // paid
	PayLate      PayState = "late"      // paid after the due date
	PayTooMuch   PayState = "too-much"  // paid twice or too much: the rest is refunded
	PayTooOften  PayState = "too-often" // as many attempts as are allowed
	PayWithdrawn PayState = "withdrawn" // the invoice is withdrawn
	PayReplaced  PayState = "replaced"  // a credit note took it back
	PayNothing   PayState = "nothing"   // nothing is to be paid
	PayNotYet    PayState = "not-yet"   // it is not issued yet
)

// PayStates lists all of them.
var PayStates = []PayState{PayOpen, PayBusy, PayHeld, PayPartly, PayWaiting, PayDone, PayLate, PayTooMuch, PayTooOften, PayWithdrawn,
	PayReplaced, PayNothing, PayNotYet}

// Payable reports whether a link may be made or handed out.
func (s PayState) Payable() bool { return s == PayOpen || s == PayPartly || s == PayBusy }

// AmountDue is what is left to pay: the payable amount less what was received
// and credited; zero where nothing is.
func (r *Record) AmountDue() invoice.Money {
	due := r.outstanding()
	for _, c := range r.Credits {
		rest, err := due.Sub(c.Money)
		if err != nil || !positive(rest) {
			return invoice.Money{}
		}
		due = rest
	}
	return due
}

// liveLink is the printed link as long as it can be paid: nil where there is
// none, where it may have died by being opened, and where the payment page has
// replaced it.
func (r *Record) liveLink(now time.Time) *Link {
	if l := r.Link; l != nil && !r.OnPayPage() && l.ActivationMinutes == 0 && !l.Expired(now) {
		return l
	}
	return nil
}

// PayLink is the link that everybody who wants to pay gets now; "" where none
// lives that asks for the amount due.
func (r *Record) PayLink(now time.Time) string {
	if !r.PayState(now).Payable() {
		return ""
	}
	if l := r.liveLink(now); l != nil && now.Before(l.ValidUntil) && r.AmountDue().Cmp(r.Payable) == 0 {
		return l.URL
	}
	if p := r.PayPage; p != nil && p.Attempt != nil && p.Attempt.Alive(now) && p.Attempt.Amount.Cmp(r.AmountDue()) == 0 {
		return p.Attempt.Link
	}
	return ""
}

// PayState says what the payment page shows at a moment.
func (r *Record) PayState(now time.Time) PayState {
	if s := r.settledPayState(); s != "" {
		return s
	}
	s := PayOpen
	if positive(r.sums().received) {
		s = PayPartly
	}
	p := r.PayPage
	if p == nil {
		return s
	}
	if a := p.Attempt; a != nil && now.Before(a.BlockedUntil()) {
		if a.Amount.Cmp(r.AmountDue()) == 0 && (a.Alive(now) || a.Link == "" && !a.Lost && now.Before(a.At.Add(attemptWork))) {
			return PayBusy
		}
		return PayHeld
	}
	if r.liveLink(now) != nil {
		if r.AmountDue().Cmp(r.Payable) == 0 {
			return PayBusy
		}
		return PayHeld
	}
	if p.Made >= AttemptsInAll || p.Day == invoice.DateOf(now.UTC()) && p.Today >= AttemptsADay {
		return PayTooOften
	}
	return s
}

// attemptWork is how long the making of a link may take before it counts as
// cut short.
const attemptWork = time.Minute

// settledPayState is the state where no link may be made, whatever was tried;
// "" where one may.
func (r *Record) settledPayState() PayState {
	status := r.PaymentStatus()
	switch {
	case status == Overpaid || status == PaidAfterCancellation || r.creditedTooMuch():
		return PayTooMuch
	case r.Cancelled != nil:
		return PayWithdrawn
	case r.awaits(ReviewToCapture) || r.awaits(ReviewAmountUnknown) || r.awaits(ReviewCurrency) || r.awaits(ReviewAmountChanged):
		return PayWaiting
	case r.State == Paid && r.DueDate != "" && r.PaidAt.After(r.DueDate.End(time.UTC)):
		return PayLate
	case r.State == Paid:
		return PayDone
	case len(r.Credits) > 0 && (r.unclearCredit() || !positive(r.AmountDue())):
		return PayReplaced
	case r.Kind == invoice.KindCreditNote || r.Digest != "" && !positive(r.Payable):
		return PayNothing
	case r.Printed == 0:
		return PayNotYet
	case !positive(r.AmountDue()):
		return PayWaiting // covered, and a person has to look first
	}
	return ""
}

// PayableFrom is the moment from which on another link may be made, where one
// holds now.
func (r *Record) PayableFrom(now time.Time) time.Time {
	from := now
	if p := r.PayPage; p != nil && p.Attempt != nil && p.Attempt.BlockedUntil().After(from) {
		from = p.Attempt.BlockedUntil()
	}
	if l := r.liveLink(now); l != nil && l.ExpiredBy.After(from) {
		from = l.ExpiredBy
	}
	return from
}

// Received is what was received in the invoice's currency; zero where nothing
// was.
func (r *Record) Received() invoice.Money { return r.sums().received }

package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// Payment is one payment, or one statement that there was one.
type Payment struct {
	// ID is the gateway's transaction or the reference that was stated; without
	// one a name made of source and amount. The same id again is the same
	// payment.
	ID string `json:"id"`
	// Money is what was paid. Where the statement named no amount it is what
	// was left to pay at that moment, and zero as long as that is not known.
	Money      invoice.Money `json:"money,omitzero"`
	At         time.Time     `json:"at"`         // as stated, or RecordedAt
	RecordedAt time.Time     `json:"recordedAt"` // when the ledger learned of it
	Source     Source        `json:"source"`
	Actor      string        `json:"actor,omitempty"`
	// Authorised is true while the money is reserved only.
	Authorised bool `json:"authorised,omitempty"`
	// Unverified is true as long as the gateway, which named no amount, has not
	// said what was paid. It settles nothing.
	Unverified bool   `json:"unverified,omitempty"`
	Note       string `json:"note,omitempty"`
}

// Reference is what names the payment outside of the ledger, such as the
// gateway's transaction or a bank entry; "" if it has only the name that the
// ledger gave it, of source and amount.
func (p Payment) Reference() string {
	if source := string(p.Source); p.ID == source || strings.HasPrefix(p.ID, source+" ") {
		return ""
	}
	return p.ID
}

// Earlier sums up the payments that were moved out of the record.
type Earlier struct {
	IDs        []string        `json:"ids"`                // a digest of each id, oldest first
	Received   []invoice.Money `json:"received,omitempty"` // one sum per currency
	Authorised []invoice.Money `json:"authorised,omitempty"`
}

// PaymentStatus says how far an invoice is paid.
type PaymentStatus string

// The payment statuses.
const (
	Unpaid                PaymentStatus = "unpaid"
	PartlyPaid            PaymentStatus = "partly-paid"
	FullyPaid             PaymentStatus = "paid"
	Overpaid              PaymentStatus = "overpaid"
	PaidAfterCancellation PaymentStatus = "paid-after-cancellation"
	NeedsReview           PaymentStatus = "needs-review" // a person has to decide first
)

// PaymentStatus follows from the payments, the state and the payable amount. It
// is empty where nothing is to be paid and nothing was.
func (r *Record) PaymentStatus() PaymentStatus {
	if none := len(r.Payments) == 0 && r.Earlier == nil; none && (r.Kind == invoice.KindCreditNote || !positive(r.Payable)) {
		return ""
	}
	s := r.sums()
	received := positive(s.received)
	switch {
	case r.Cancelled != nil && (received || s.foreign || positive(s.authorised)):
		return PaidAfterCancellation
	case r.awaits(ReviewCurrency), r.awaits(ReviewAmountUnknown), r.awaits(ReviewAmountChanged), r.awaits(ReviewToCapture), r.awaits(ReviewPaidBeforeRequest):
		return NeedsReview
	case s.declared && !received:
		return FullyPaid // before its request, without an amount
	case !received:
		return Unpaid
	case r.Payable.IsZero():
		return FullyPaid // before its request: nobody knows yet what is payable
	case s.received.Cmp(r.Payable) < 0:
		return PartlyPaid
	case s.received.Cmp(r.Payable) > 0:
		return Overpaid
	}
	return FullyPaid
}

// sums is what the payments add up to.
type sums struct {
	received   invoice.Money // in the invoice's currency
	authorised invoice.Money
	declared   bool // one names no amount, and what is payable is not known
	foreign    bool // one is in another currency
}

func (r *Record) sums() (s sums) {
	currency := r.Payable.Currency
	add := func(to *invoice.Money, m invoice.Money) {
		if currency == "" {
			currency = m.Currency
		}
		sum, err := to.Add(m)
		if m.Currency != currency || err != nil { // amounts too large to add are nobody's to settle
			s.foreign = true
			return
		}
		*to = sum
	}
	if r.Earlier != nil {
		for _, m := range r.Earlier.Received {
			add(&s.received, m)
		}
		for _, m := range r.Earlier.Authorised {
			add(&s.authorised, m)
		}
	}
	for _, p := range r.Payments {
		switch {
		case p.Unverified: // nobody knows yet
		case p.Money.IsZero():
			s.declared = true
		case p.Authorised:
			add(&s.authorised, p.Money)
		default:
			add(&s.received, p.Money)
		}
	}
	return s
}

// outstanding is what is left to pay; zero where that is not known.
func (r *Record) outstanding() invoice.Money {
	if r.Payable.IsZero() {
		return invoice.Money{}
	}
	rest, err := r.Payable.Sub(r.sums().received)
	if err != nil || !positive(rest) {
		return invoice.Money{}
	}
	return rest
}

// covered reports whether what was received is the payable amount or more, in
// its own currency.
func (r *Record) covered() bool {
	s := r.sums()
	switch {
	case s.declared:
		return true
	case r.Payable.IsZero():
		return positive(s.received)
	}
	return positive(s.received) && s.received.Cmp(r.Payable) >= 0
}

// recordPayments is how many payments a record keeps in itself.
const recordPayments = 16

// addPayment appends p. The payment that no longer fits into the record becomes
// a document.
func (r *Record) addPayment(p Payment) {
	r.Payments = append(r.Payments, p)
	if len(r.Payments) <= recordPayments {
		return
	}
	first := r.Payments[0]
	r.Payments = slices.Delete(r.Payments, 0, 1)
	if r.Earlier == nil {
		r.Earlier = &Earlier{}
	}
	r.Earlier.IDs = append(slices.Clone(r.Earlier.IDs), digestOf(first.ID))
	r.move(paymentName(r.Number, len(r.Earlier.IDs)), first)
	switch {
	case first.Unverified || first.Money.IsZero():
	case first.Authorised:
		r.Earlier.Authorised = addTo(r.Earlier.Authorised, first.Money)
	default:
		r.Earlier.Received = addTo(r.Earlier.Received, first.Money)
	}
}

// digestOf shortens the id of a payment that was moved.
func digestOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:6])
}

func positive(m invoice.Money) bool { return m.Cmp(invoice.Money{}) > 0 }

// addTo adds m to the sum of its currency, in a list of its own.
func addTo(all []invoice.Money, m invoice.Money) []invoice.Money {
	out := make([]invoice.Money, 0, len(all)+1)
	added := false
	for _, sum := range all {
		if more, err := sum.Add(m); err == nil && sum.Currency == m.Currency {
			sum, added = more, true
		}
		out = append(out, sum)
	}
	if !added {
		out = append(out, m)
	}
	return out
}

// payment finds a payment of the record by its id.
func (r *Record) payment(id string) *Payment {
	for i := range r.Payments {
		if r.Payments[i].ID == id {
			return &r.Payments[i]
		}
	}
	return nil
}

// paymentID names a payment that came without transaction and reference: the
// same statement again is the same payment.
func paymentID(p Payment) string {
	if p.ID != "" {
		return text.Line(p.ID, 100)
	}
	if p.Money.IsZero() {
		return string(p.Source)
	}
	return fmt.Sprintf("%s %s", p.Source, p.Money)
}

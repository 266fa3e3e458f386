package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// Review is something about an invoice that a person has to decide. It is
// resolved with a note, never removed.
type Review struct {
	ID      string     `json:"id"` // Key of the number, a dot, and a count from 1
	Kind    ReviewKind `json:"kind"`
	What    string     `json:"what"` // in one sentence
	At      time.Time  `json:"at"`
	Payment string     `json:"payment,omitempty"` // id of the payment that it is about

	ResolvedAt time.Time `json:"resolvedAt,omitzero"` // zero while it is open
	ResolvedBy string    `json:"resolvedBy,omitempty"`
	Note       string    `json:"note,omitempty"`
}

// Open reports whether it still has to be decided.
func (v *Review) Open() bool { return v.ResolvedAt.IsZero() }

// ReviewKind says what has to be decided.
type ReviewKind string

// The kinds.
const (
	ReviewAmount            ReviewKind = "amount-differs"          // another amount than the payable one
	ReviewCurrency          ReviewKind = "currency-differs"        // another currency than the invoice's
	ReviewAmountUnknown     ReviewKind = "amount-unknown"          // the gateway named no amount and has not answered yet
	ReviewSecond            ReviewKind = "second-payment"          // one more after the invoice was paid
	ReviewAfterCancellation ReviewKind = "paid-after-cancellation" // the invoice is cancelled
	ReviewPaidBeforeRequest ReviewKind = "paid-before-request"     // what was paid before the request is not what it asks for
	ReviewAmountChanged     ReviewKind = "amount-changed"          // the same payment was stated again with another amount
	ReviewToCapture         ReviewKind = "to-capture"              // the money is authorised only
)

// mostOpen bounds the open reviews of one invoice. Whoever looks at them sees
// the payments as well, so that further ones need no review of their own.
const mostOpen = 16

// review adds an open review, unless the same one is open already.
func (r *Record) review(kind ReviewKind, payment, what string, at time.Time) {
	open := 0
	for _, v := range r.Reviews {
		if v.Open() {
			open++
			if v.Kind == kind && v.Payment == payment {
				return
			}
		}
	}
	if open >= mostOpen {
		return
	}
	if len(r.Reviews) >= mostOpen { // what is resolved makes room
		i := slices.IndexFunc(r.Reviews, func(v Review) bool { return !v.Open() })
		r.move("reviews."+r.Reviews[i].ID, r.Reviews[i])
		r.Reviews = slices.Delete(r.Reviews, i, i+1)
	}
	r.Reviewed++
	r.Reviews = append(r.Reviews, Review{
		ID: fmt.Sprintf("%s.%d", invoice.Key(r.Number), r.Reviewed), Kind: kind, What: text.Line(what, 300), At: at, Payment: payment,
	})
}

// settleReviews resolves the open reviews of a kind about a payment.
func (r *Record) settleReviews(kind ReviewKind, payment, by, note string, at time.Time) {
	for i := range r.Reviews {
		if v := &r.Reviews[i]; v.Open() && v.Kind == kind && (payment == "" || v.Payment == payment) {
			v.ResolvedAt, v.ResolvedBy, v.Note = at, by, note
		}
	}
}

// OpenReviews are those that nobody has resolved yet, oldest first.
func (r *Record) OpenReviews() []Review {
	var out []Review
	for _, v := range r.Reviews {
		if v.Open() {
			out = append(out, v)
		}
	}
	return out
}

func (r *Record) awaits(kind ReviewKind) bool {
	return slices.ContainsFunc(r.Reviews, func(v Review) bool { return v.Open() && v.Kind == kind })
}

// NumberOfReview returns the invoice number that the id of a review names.
func NumberOfReview(id string) (string, error) {
	i := strings.LastIndexByte(id, '.')
	if i < 0 {
		return "", fmt.Errorf("%s is not the id of a review, such as 2026-0042.1", text.Quote(id))
	}
	if n, err := strconv.Atoi(id[i+1:]); err != nil || n < 1 {
		return "", fmt.Errorf("%s is not the id of a review, such as 2026-0042.1", text.Quote(id))
	}
	number, err := invoice.NumberOfKey(id[:i])
	if err != nil {
		return "", fmt.Errorf("%s is not the id of a review: %w", text.Quote(id), err)
	}
	return number, nil
}

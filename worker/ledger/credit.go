package ledger

import (
	"fmt"
	"time"

	"invoicelink/invoice"
)

// Credit is a credit note that refers to an invoice.
type Credit struct {
	Number string `json:"number"` // of the credit note
	// Money is what it takes off this invoice; zero where it refers to several
	// and does not say how much of each.
	Money invoice.Money `json:"money,omitzero"`
	At    time.Time     `json:"at"` // when it was issued
}

// CreditBy records a credit note that refers to the invoice. What was paid and
// is not owed any more opens a review. The same credit note again gives
// ErrRepeated.
func (r Record) CreditBy(c Credit) (Record, error) {
	for _, known := range r.Credits {
		if known.Number == c.Number {
			return r, ErrRepeated
		}
	}
	r = r.clone()
	if c.Money.Currency != r.Payable.Currency {
		c.Money = invoice.Money{}
	}
	r.Credits = append(r.Credits, c)
	if r.creditedTooMuch() {
		r.review(ReviewAmount, "", fmt.Sprintf("credit note %q came after %s was paid; it may have to be refunded", c.Number, r.paidText()), c.At)
	}
	return r, nil
}

// creditedTooMuch reports whether more was received than the credit notes have
// left to pay.
func (r *Record) creditedTooMuch() bool {
	left := r.Payable
	for _, c := range r.Credits {
		if rest, err := left.Sub(c.Money); err == nil && positive(c.Money) {
			left = rest
		}
	}
	received := r.sums().received
	return len(r.Credits) > 0 && positive(received) && received.Cmp(left) > 0
}

// unclearCredit reports whether a credit note does not say what it leaves to
// pay: a person has to.
func (r *Record) unclearCredit() bool {
	for _, c := range r.Credits {
		if c.Money.IsZero() {
			return true
		}
	}
	return false
}

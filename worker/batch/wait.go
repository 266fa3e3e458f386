package batch

import (
	"context"
	"time"

	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// Outcome is the answer to one invoice of an upload.
type Outcome struct {
	Number   string       `json:"number"`
	State    ledger.State `json:"state"`
	Error    string       `json:"error,omitempty"`
	Notes    []string     `json:"notes,omitempty"` // beside a good result
	Link     string       `json:"link,omitempty"`
	Expires  time.Time    `json:"expires,omitzero"` // until when paying is promised; zero without a link
	PDF      string       `json:"pdf,omitempty"`
	Revision int          `json:"revision,omitempty"`
	Repeated bool         `json:"repeated,omitempty"` // it had been carried out before
	Currency string       `json:"currency,omitempty"`
	Payable  string       `json:"payable,omitempty"`
}

// Good reports whether the invoice is issued, or was settled since.
func (o *Outcome) Good() bool {
	return o.State != ledger.Rejected && o.State != ledger.Failed
}

// Wait reads the answers until every published invoice has one, or the context
// ends; then it returns the context's cause, and Open tells what is left.
// progress, if not nil, is called after each answer.
func (u *Upload) Wait(ctx context.Context, b *broker.Broker, progress func(Outcome)) error {
	if u.Open() == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u.mu.Lock()
	from := u.from
	u.mu.Unlock()
	for a, err := range requests.New(b, source).Answers(ctx, from) {
		if err != nil {
			return err
		}
		outcome := u.take(a)
		if outcome == nil {
			continue
		}
		if progress != nil {
			progress(*outcome)
		}
		if u.Open() == 0 {
			return nil
		}
	}
	return context.Cause(ctx)
}

// take keeps the answer if it is to one of the upload's requests that has none
// yet.
func (u *Upload) take(r requests.Answer) *Outcome {
	it := u.byID[r.RequestID]
	if it == nil || r.Batch != u.ID {
		return nil
	}
	o := &Outcome{
		Number: it.entry.Invoice.Number, State: ledger.State(r.State), Error: r.Error, Notes: r.Warnings,
		Revision: r.Revision, Repeated: r.Repeated, Currency: r.Currency, Payable: r.Payable,
	}
	if len(r.Problems) > 0 {
		o.Error = r.Problems.String()
	}
	if r.Link != nil {
		o.Link, o.Expires = r.Link.URL, r.Link.ExpiresAt
	}
	if r.PDF != nil {
		o.PDF = r.PDF.Name
	}
	if r.QR != nil && r.QR.Note != "" {
		o.Notes = append(o.Notes, r.QR.Note)
	}
	if !u.keep(it, o, r.Sequence+1) {
		return nil
	}
	return o
}

// keep takes the first answer to an invoice and reports whether it is that.
func (u *Upload) keep(it *item, o *Outcome, next uint64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.from = max(u.from, next)
	if it.outcome != nil {
		return false
	}
	it.outcome = o
	u.open--
	return true
}

// Open returns how many good invoices have no answer yet.
func (u *Upload) Open() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.open
}

// Count tells how the upload stands.
func (u *Upload) Count() Count {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := Count{Refused: u.skipped}
	for _, it := range u.items {
		switch {
		case it.outcome == nil:
			c.Open++
		case !it.outcome.Good():
			c.Bad++
		case it.outcome.Repeated:
			c.Repeated++
			c.Good++
		default:
			c.Good++
		}
	}
	return c
}

// Count is how many invoices of an upload stand where.
type Count struct {
	Good     int `json:"good"`     // issued, those of earlier runs included
	Repeated int `json:"repeated"` // of Good: carried out before
	Bad      int `json:"bad"`      // rejected or failed by the worker
	Refused  int `json:"refused"`  // kept back by a problem in the file
	Open     int `json:"open"`     // not answered yet
}

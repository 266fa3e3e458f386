package batch

import (
	"context"
	"encoding/json"
	"time"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// Outcome is the answer to one invoice of an upload.
type Outcome struct {
	Number   string
	State    ledger.State
	Error    string
	Notes    []string // beside a good result
	Link     string
	Expires  time.Time // until when paying is promised; zero without a link
	PDF      string
	Revision int
	Repeated bool // it had been carried out before
	Currency string
	Payable  string
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
	for e, err := range b.Events(ctx, u.from) {
		if err != nil {
			return err
		}
		u.from = e.Sequence + 1
		outcome := u.take(e)
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

// take keeps the event if it answers one of the upload's requests that has no
// answer yet.
func (u *Upload) take(e broker.Event) *Outcome {
	if event.Carrier(e.Header).Get("ce-batch") != u.ID {
		return nil
	}
	var r event.Result
	if json.Unmarshal(e.Data, &r) != nil {
		return nil // not ours: we wrote none that cannot be read
	}
	it := u.byID[r.RequestID]
	if it == nil || it.outcome != nil {
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
	it.outcome = o
	u.open--
	return o
}

// Open returns how many good invoices have no answer yet.
func (u *Upload) Open() int {
	return u.open
}

// Count tells how the upload stands.
func (u *Upload) Count() Count {
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
	Good     int // issued, those of earlier runs included
	Repeated int // of Good: carried out before
	Bad      int // rejected or failed by the worker
	Refused  int // kept back by a problem in the file
	Open     int // not answered yet
}

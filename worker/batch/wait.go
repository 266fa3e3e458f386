package batch

import (
	"context"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/requests"
)

// Wait reads the answers until every published invoice has one, or the context
// ends; then it returns the context's cause, and Open tells what is left.
// progress, if not nil, is called after each answer.
func (u *Upload) Wait(ctx context.Context, b *broker.Broker, progress func(event.Status)) error {
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
func (u *Upload) take(a requests.Answer) *event.Status {
	o := &a.Status
	it := u.byID[o.RequestID]
	if it == nil || o.Batch != u.ID {
		return nil
	}
	o.Number = it.entry.Invoice.Number
	if !u.keep(it, o, a.Sequence+1) {
		return nil
	}
	return o
}

// keep takes the first answer to an invoice and reports whether it is that.
func (u *Upload) keep(it *item, o *event.Status, next uint64) bool {
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

// Count returns how the upload stands.
func (u *Upload) Count() Count {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := Count{Refused: u.skipped}
	for _, it := range u.items {
		switch {
		case it.outcome == nil:
			c.Open++
		case !it.outcome.Succeeded():
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

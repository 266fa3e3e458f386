package batch

import (
	"context"
	"fmt"

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
		outcome, err := u.take(a)
		if err != nil {
			return err
		}
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
func (u *Upload) take(a requests.Answer) (*event.Status, error) {
	o := &a.Status
	i := u.itemOf(o.RequestID)
	if i < 0 || o.Batch != u.ID {
		return nil, nil
	}
	o.Number = u.items[i].entry.Number
	first, err := u.keep(i, o, a.Sequence+1)
	if err != nil || !first {
		return nil, err
	}
	return o, nil
}

// keep takes the first answer to an invoice and reports whether it is that.
func (u *Upload) keep(i int, o *event.Status, next uint64) (first bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.from = max(u.from, next)
	if u.items[i].answer != 0 {
		return false, nil
	}
	return true, u.put(i, o)
}

// put takes an answer, in place of an earlier one if there is one. It needs the
// lock.
func (u *Upload) put(i int, o *event.Status) error {
	n, err := u.answers.Add(o)
	if err != nil {
		return fmt.Errorf("answer to invoice %s: %w", o.Number, err)
	}
	it := &u.items[i]
	u.tally(it, -1)
	u.ubl = u.ubl || o.UBL != ""
	it.answer, it.page, it.link = uint32(n+1), o.PDF != "", o.PaymentLink != ""
	switch {
	case !o.Succeeded():
		it.became = Refused
	case o.Repeated:
		it.became = Repeated
	default:
		it.became = Issued
	}
	u.tally(it, 1)
	return nil
}

// tally adds by to the counts of what an item is.
func (u *Upload) tally(it *item, by int) {
	switch it.became {
	case NoAnswer:
		u.count.Open += by
	case Refused:
		u.count.Bad += by
	case Repeated:
		u.count.Repeated += by
		u.count.Good += by
	case Issued:
		u.count.Good += by
	}
	if it.link {
		u.links += by
	}
}

// outcome is the answer to an invoice, nil if there is none.
func (u *Upload) outcome(i int) (*event.Status, error) {
	u.mu.Lock()
	n := u.items[i].answer
	u.mu.Unlock()
	if n == 0 {
		return nil, nil
	}
	return u.answers.At(int(n - 1))
}

// Open returns how many good invoices have no answer yet.
func (u *Upload) Open() int { return u.Count().Open }

// Count returns how the upload stands.
func (u *Upload) Count() Count {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.count
}

// Links returns how many answers have a payment link.
func (u *Upload) Links() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.links
}

// Count is how many invoices of an upload stand where.
type Count struct {
	Good     int `json:"good"`     // issued, those of earlier runs included
	Repeated int `json:"repeated"` // of Good: carried out before
	Bad      int `json:"bad"`      // rejected or failed by the worker
	Refused  int `json:"refused"`  // kept back by a problem in the file
	Open     int `json:"open"`     // not answered yet
}

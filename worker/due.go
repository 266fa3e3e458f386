package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/announce"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// setTimer asks the broker to remind us when the newest link is due, unless a
// sweep will. A timer takes 260 bytes of the broker's memory, and its part of
// each start, so that those of links that live for weeks would be a third of all.
func (w *Worker) setTimer(ctx context.Context, r *ledger.Record) error {
	at := w.remindAt(r)
	if at.Sub(w.cfg.Now()) > w.timersAhead() {
		return nil
	}
	return w.cfg.Broker.SetTimer(ctx, invoice.Key(r.Number), at, nil)
}

// remindAt is when the record's link is due, and a little after, another
// little for each invoice: links made together do not expire together, since
// synced timers fire at about 1,900 a second.
func (w *Worker) remindAt(r *ledger.Record) time.Time {
	at := r.Link.ExpiredBy.Add(-w.cfg.Renewal.Ahead)
	if r.RetryAt.After(at) {
		at = r.RetryAt
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.Number)) // a hash does not fail
	most := min(r.Link.ExpiredBy.Sub(r.Link.CreatedAt)/20, time.Minute)
	return at.Add(time.Duration(h.Sum64() % uint64(max(most, 1))))
}

// dueRecord is a timer that fired, and the record that it is about.
type dueRecord struct {
	*broker.Delivery
	entry *ledger.Entry
}

// watchDue takes the timers that have fired, those with the oldest due date of
// the invoice first.
func (w *Worker) watchDue(take, work context.Context) error {
	timers, err := w.cfg.Broker.Due(take, w.cfg.SingleWorker)
	if err != nil {
		return fmt.Errorf("watch timers: %w", err)
	}
	for {
		batch, err := timers.NextBatch(take, broker.DueBatch)
		if take.Err() != nil {
			for _, d := range batch {
				_ = d.Release() // the server gives it back after its wait otherwise
			}
			return nil
		}
		if err != nil {
			return err
		}
		w.takeDue(work, batch)
	}
}

// takeDue looks after timers that have fired, and ends each.
func (w *Worker) takeDue(ctx context.Context, batch []*broker.Delivery) {
	entries, errs := make([]*ledger.Entry, len(batch)), make([]error, len(batch))
	together(len(batch), func(i int) { entries[i], errs[i] = w.dueEntry(ctx, batch[i]) })
	records := make([]dueRecord, 0, len(batch))
	for i, d := range batch {
		if errs[i] != nil {
			w.endDue(ctx, d, errs[i])
			continue
		}
		records = append(records, dueRecord{d, entries[i]})
	}
	slices.SortStableFunc(records, func(a, b dueRecord) int { return cmp.Compare(a.entry.DueDate, b.entry.DueDate) })
	for part := range slices.Chunk(records, dueTogether) {
		entries := make([]*ledger.Entry, len(part))
		for i := range part {
			entries[i] = part[i].entry
		}
		errs := w.followAll(ctx, entries)
		together(len(part), func(i int) { w.endDue(ctx, part[i].Delivery, errs[i]) })
	}
}

const (
	// dueTogether is how many due links are looked after together: the broker
	// stores so many requests in one atomic batch.
	dueTogether = 1000
	// dueAtOnce is how many questions to the broker about due links are under
	// way at the same time; those that wait for the disk share a sync.
	dueAtOnce = 64
)

// together calls f with each number below n, several at a time, and returns
// when all calls have.
func together(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, dueAtOnce) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// followAll does what the policy says about records whose links may have
// expired, and returns an error for each that it could not follow. Renewals are
// requested together, in the order of the records.
func (w *Worker) followAll(ctx context.Context, entries []*ledger.Entry) []error {
	errs := make([]error, len(entries))
	var renewals []requests.Request
	var others []int
	now := w.cfg.Now()
	for i, e := range entries {
		if e.Due(w.cfg.Renewal, now).Action == ledger.ActionRenew {
			renewals = append(renewals, renewalOf(&e.Record))
		} else {
			others = append(others, i)
		}
	}
	if len(renewals) > 0 {
		if err := requests.New(w.cfg.Broker, "invoicelink/"+string(ledger.SourceTimer)).Send(ctx, renewals...); err != nil {
			for i := range errs {
				errs[i] = err // some may be stored; a repetition does nothing twice
			}
		}
	}
	together(len(others), func(i int) { errs[others[i]] = w.due(ctx, entries[others[i]]) })
	return errs
}

// errNoInvoice marks a timer about nothing.
var errNoInvoice = errors.New("timer is about no invoice")

func (w *Worker) dueEntry(ctx context.Context, d *broker.Delivery) (*ledger.Entry, error) {
	number, err := invoice.NumberOfKey(d.DueKey())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoInvoice, err)
	}
	entry, err := w.cfg.Ledger.Read(ctx, number)
	if errors.Is(err, ledger.ErrUnknown) {
		return nil, fmt.Errorf("%w: %w", errNoInvoice, err)
	}
	return entry, err
}

func (w *Worker) endDue(ctx context.Context, d *broker.Delivery, err error) {
	switch {
	case err == nil:
		err = d.Done(ctx)
	case errors.Is(err, errNoInvoice):
		w.cfg.Log.Warn("timer dropped", "key", d.DueKey(), "error", err)
		err = d.Done(ctx)
	default:
		w.cfg.Log.Warn("timer not followed; it comes again", "key", d.DueKey(), "error", err)
		err = d.Retry(backoff(d.Attempt()))
	}
	if err != nil {
		w.cfg.Log.Warn("timer not ended; it comes again", "key", d.DueKey(), "error", err)
	}
}

// due does what the policy says about a record whose link may have expired,
// apart from renewing it.
func (w *Worker) due(ctx context.Context, e *ledger.Entry) error {
	switch d := e.Due(w.cfg.Renewal, w.cfg.Now()); d.Action {
	case ledger.ActionWait: // clocks differ, or the policy changed
		return w.setTimer(ctx, &e.Record)
	case ledger.ActionAnnounce:
		return w.tell(ctx, &e.Record, event.TypeExpired)
	case ledger.ActionLapse:
		if err := w.cfg.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.Lapse(d.Reason) }); err != nil {
			return err
		}
		return w.tell(ctx, &e.Record, event.TypeLapsed)
	case ledger.ActionNone, ledger.ActionHold, ledger.ActionRenew: // followAll
	}
	return nil
}

func (w *Worker) tell(ctx context.Context, r *ledger.Record, kind event.Type) error {
	env := event.Envelope{ID: fmt.Sprintf("%s-r%d-%s", invoice.Key(r.Number), r.LinkRevision(), announce.Verb(kind))}
	return w.publisher().PublishOnce(ctx, env, kind, r.Status()) // each sweep comes here again
}

// renewalOf asks for a renewal as everybody else does. It names the link that it
// replaces, so that it does nothing twice.
func renewalOf(r *ledger.Record) requests.Request {
	return requests.Request{
		ID:      fmt.Sprintf("renewal-r%d-%s", r.LinkRevision(), invoice.Key(r.Number)),
		Payload: event.Renew{Number: r.Number, Replaces: r.LinkRevision()},
	}
}

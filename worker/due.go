package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/announce"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// setTimer asks the broker to remind us when the newest link is due.
func (j *job) setTimer(ctx context.Context) error {
	return j.cfg.Broker.SetTimer(ctx, invoice.Key(j.entry.Number), j.remindAt(&j.entry.Record), nil)
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

func (w *Worker) takeDue(ctx context.Context, batch []*broker.Delivery) {
	records := make([]dueRecord, 0, len(batch))
	for _, d := range batch {
		entry, err := w.dueEntry(ctx, d)
		if err != nil {
			w.endDue(ctx, d, err)
			continue
		}
		records = append(records, dueRecord{d, entry})
	}
	slices.SortStableFunc(records, func(a, b dueRecord) int { return cmp.Compare(a.entry.DueDate, b.entry.DueDate) })
	for _, r := range records {
		w.endDue(ctx, r.Delivery, w.due(ctx, r.entry))
	}
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

// due does what the policy says about a record whose link may have expired.
func (w *Worker) due(ctx context.Context, e *ledger.Entry) error {
	switch d := e.Due(w.cfg.Renewal, w.cfg.Now()); d.Action {
	case ledger.ActionWait: // clocks differ, or the policy changed
		return w.cfg.Broker.SetTimer(ctx, invoice.Key(e.Number), w.remindAt(&e.Record), nil)
	case ledger.ActionRenew:
		return w.requestRenewal(ctx, &e.Record)
	case ledger.ActionAnnounce:
		return w.tell(ctx, &e.Record, event.TypeExpired)
	case ledger.ActionLapse:
		if err := w.cfg.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.Lapse(d.Reason) }); err != nil {
			return err
		}
		return w.tell(ctx, &e.Record, event.TypeLapsed)
	case ledger.ActionNone, ledger.ActionHold:
	}
	return nil
}

func (w *Worker) tell(ctx context.Context, r *ledger.Record, kind event.Type) error {
	env := event.Envelope{ID: fmt.Sprintf("%s-r%d-%s", invoice.Key(r.Number), r.LinkRevision(), announce.Verb(kind))}
	return w.publisher().Publish(ctx, env, kind, r.Status())
}

// requestRenewal asks for a renewal as everybody else does. It names the link
// that it replaces, so that it does nothing twice.
func (w *Worker) requestRenewal(ctx context.Context, r *ledger.Record) error {
	id := fmt.Sprintf("renewal-r%d-%s", r.LinkRevision(), invoice.Key(r.Number))
	return requests.New(w.cfg.Broker, "invoicelink/"+string(ledger.SourceTimer)).
		Send(ctx, requests.Request{ID: id, Payload: event.Renew{Number: r.Number, Replaces: r.LinkRevision()}})
}

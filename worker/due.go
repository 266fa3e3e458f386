package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// setTimer asks the broker to remind us when the newest link is due.
func (j *job) setTimer(ctx context.Context) error {
	return j.Broker.SetTimer(ctx, invoice.Key(j.entry.Number), j.remindAt(&j.entry.Record), duePayload(&j.entry.Record))
}

// remindAt is when the record's link is due, and a little after, another
// little for each invoice: links made together are not over together, since
// synced timers fire at about 1,900 a second.
func (w *Worker) remindAt(r *ledger.Record) time.Time {
	due := w.Renewal.dueAt(r)
	if due.IsZero() {
		return due
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.Number)) // a hash does not fail
	most := min(r.Link.OverFrom.Sub(r.Link.CreatedAt)/20, time.Minute)
	return due.Add(time.Duration(h.Sum64() % uint64(max(most, 1))))
}

// duePayload tells people who look at the stream what a timer is about; the
// ledger decides.
func duePayload(r *ledger.Record) []byte {
	data, err := json.Marshal(map[string]any{"number": r.Number, "revision": r.Revision()})
	if err != nil {
		panic("worker: marshal a number: " + err.Error()) // cannot happen
	}
	return data
}

// dueRecord is a timer that fired, and the record that it is about.
type dueRecord struct {
	*broker.Delivery
	entry *ledger.Entry
}

// watchDue takes the timers that have fired, those with the oldest due date of
// the invoice first.
func (w *Worker) watchDue(take, work context.Context) error {
	timers, err := w.Broker.Due(take, w.Exclusive)
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
	entry, err := w.Ledger.Read(ctx, number)
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
		w.Log.Warn("timer dropped", "key", d.DueKey(), "error", err)
		err = d.Done(ctx)
	default:
		w.Log.Warn("timer not followed; it comes again", "key", d.DueKey(), "error", err)
		err = d.Retry(backoff(d.Attempt()))
	}
	if err != nil {
		w.Log.Warn("timer not ended; it comes again", "key", d.DueKey(), "error", err)
	}
}

// due does what the policy says about a record whose link may be over.
func (w *Worker) due(ctx context.Context, e *ledger.Entry) error {
	switch w.Renewal.next(&e.Record, w.Now()) {
	case stepWait: // a clock jumped back, or the policy changed
		return w.Broker.SetTimer(ctx, invoice.Key(e.Number), w.remindAt(&e.Record), duePayload(&e.Record))
	case stepRenew:
		return w.requestRenewal(ctx, &e.Record)
	case stepExpired:
		return w.tell(ctx, &e.Record, event.TypeExpired)
	case stepLapse:
		if err := w.Ledger.Update(ctx, e, func(r *ledger.Record) { r.State, r.Error = ledger.Lapsed, w.Renewal.lapsedBecause(r) }); err != nil {
			return err
		}
		return w.tell(ctx, &e.Record, event.TypeLapsed)
	}
	return nil
}

func (w *Worker) tell(ctx context.Context, r *ledger.Record, kind event.Type) error {
	env := event.Envelope{ID: fmt.Sprintf("%s-r%d-%s", invoice.Key(r.Number), r.Revision(), verb(kind))}
	return emit(ctx, w.Broker, env, kind, w.Source, w.Now(), resultOf(r, false))
}

// requestRenewal asks for a renewal as everybody else does.
func (w *Worker) requestRenewal(ctx context.Context, r *ledger.Record) error {
	return requests.New(w.Broker, timerSource).Send(ctx, requests.Request{ID: timerRequest(r), Payload: event.Renew{Number: r.Number}})
}

// timerSource is the CloudEvents source of renewals that a deadline asks for.
// Nobody waits for an answer to those that have nothing to do.
const timerSource = "invoicelink/timer"

const timerPrefix = "renewal-r"

func timerRequest(r *ledger.Record) string {
	return fmt.Sprintf("%s%d-%s", timerPrefix, r.Revision(), invoice.Key(r.Number))
}

// timerRevision is the revision that a deadline's request replaces.
func timerRevision(id string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(id, timerPrefix), "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// byTimer reports whether a deadline asked, and nobody else.
func (j *job) byTimer() bool { return j.env.Source == timerSource }

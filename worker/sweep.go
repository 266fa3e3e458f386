package worker

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

// sweepOften searches the ledger at the start and then at every interval, as
// the second line behind the timers: it heals timers that were lost, clocks
// that jumped and ledgers that were restored. Where the server keeps no timers
// it stands alone and runs every minute.
func (w *Worker) sweepOften(ctx context.Context) {
	every := w.Renewal.Sweep
	if every <= 0 {
		every = 6 * time.Hour
		if !w.Broker.Schedules() {
			every = time.Minute
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := w.sweepOnce(ctx, every); err != nil && ctx.Err() == nil {
			w.Log.Warn("sweep of the ledger not finished; the next one goes on", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweepOnce lets one of all workers sweep.
func (w *Worker) sweepOnce(ctx context.Context, every time.Duration) error {
	if !w.Exclusive {
		mine, err := w.Broker.TakeLease(ctx, "sweep", w.epoch, every/2)
		if err != nil || !mine {
			return err
		}
	}
	n, err := w.Sweep(ctx, every)
	if n > 0 {
		w.Log.Info("sweep found links that are due", "count", n)
	}
	return err
}

// Sweep finds the links that are due before the next sweep. What is over it
// asks to be renewed, the invoice that was due first at the front; for the rest
// it sees to it that there is a timer. It returns how many it found.
func (w *Worker) Sweep(ctx context.Context, ahead time.Duration) (int, error) {
	type found struct {
		number string
		due    invoice.Date
	}
	var all []found
	horizon := w.Now().Add(ahead)
	for r, err := range w.Ledger.All(ctx) {
		if err != nil {
			return 0, fmt.Errorf("sweep: %w", err)
		}
		if at := w.Renewal.dueAt(&r); !at.IsZero() && at.Before(horizon) && r.State == ledger.Issued {
			all = append(all, found{r.Number, r.DueDate})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.due, b.due) })
	for _, f := range all {
		e, err := w.Ledger.Read(ctx, f.number)
		if err != nil {
			return len(all), fmt.Errorf("sweep: %w", err)
		}
		if !w.Now().Before(w.Renewal.dueAt(&e.Record)) {
			err = w.due(ctx, e)
		} else if w.Broker.Schedules() {
			_, err = w.Broker.EnsureTimer(ctx, invoice.Key(e.Number), w.remindAt(&e.Record), duePayload(&e.Record))
		}
		if err != nil {
			return len(all), fmt.Errorf("sweep: invoice %q: %w", f.number, err)
		}
	}
	return len(all), nil
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

// sweepOften searches the ledger at the start and then at every interval, as
// what sets the timers of links that are due soon, and the second line behind
// them: it heals timers that were lost, clocks that jumped and ledgers that were
// restored. Where the server keeps no timers
// it stands alone and runs every minute.
func (w *Worker) sweepOften(ctx context.Context) {
	every := w.sweepEvery()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := w.sweepOnce(ctx, every); err != nil && ctx.Err() == nil {
			w.cfg.Log.Warn("sweep of the ledger not finished; the next one goes on", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweepEvery is how often the ledger is searched.
func (w *Worker) sweepEvery() time.Duration {
	switch {
	case w.cfg.Sweep > 0:
		return w.cfg.Sweep
	case w.cfg.Broker.Schedules():
		return 6 * time.Hour
	}
	return time.Minute
}

// timersAhead is how long before it is due a link has a timer: one sweep may
// fail.
func (w *Worker) timersAhead() time.Duration { return 2 * w.sweepEvery() }

// sweepOnce lets one of all workers sweep.
func (w *Worker) sweepOnce(ctx context.Context, every time.Duration) error {
	if !w.cfg.SingleWorker {
		mine, err := w.cfg.Broker.TakeLease(ctx, "sweep", w.epoch, every/2)
		if err != nil || !mine {
			return err
		}
	}
	n, err := w.Sweep(ctx, w.timersAhead())
	if n > 0 {
		w.cfg.Log.Info("sweep found links that are due", "count", n)
	}
	return err
}

// Sweep finds the links that are due so long ahead. What has expired it
// asks to be renewed, the invoice that was due first at the front; for the rest
// it sees to it that there is a timer. It returns how many it found. Records
// that cannot be read are an error, after all others were looked after.
func (w *Worker) Sweep(ctx context.Context, ahead time.Duration) (int, error) {
	x, err := w.cfg.Ledger.Index(ctx)
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	all := x.Due(w.cfg.Renewal, w.cfg.Now().Add(ahead))
	for part := range slices.Chunk(all, dueTogether) {
		if err := w.sweepPart(ctx, part); err != nil {
			return len(all), fmt.Errorf("sweep: %w", err)
		}
	}
	if err := x.Unread(); err != nil {
		return len(all), fmt.Errorf("sweep: %w", err)
	}
	return len(all), nil
}

// sweepPart looks after some invoices, in their order.
func (w *Worker) sweepPart(ctx context.Context, part []ledger.Brief) error {
	entries, errs := make([]*ledger.Entry, len(part)), make([]error, len(part))
	together(len(part), func(i int) { entries[i], errs[i] = w.cfg.Ledger.Read(ctx, part[i].Number) })
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var reached, waiting []*ledger.Entry
	for _, e := range entries {
		switch d := e.Due(w.cfg.Renewal, w.cfg.Now()); {
		case d.Reached():
			reached = append(reached, e)
		case d.Action == ledger.ActionWait && w.cfg.Broker.Schedules():
			waiting = append(waiting, e)
		}
	}
	errs = w.followAll(ctx, reached)
	timers := make([]error, len(waiting))
	together(len(waiting), func(i int) {
		_, timers[i] = w.cfg.Broker.EnsureTimer(ctx, invoice.Key(waiting[i].Number), w.remindAt(&waiting[i].Record), nil)
	})
	return errors.Join(append(errs, timers...)...)
}

// recheckEvery is how often the gateway is asked again about payments that it
// announced without an amount.
const recheckEvery = time.Minute

func (w *Worker) recheckOften(ctx context.Context) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := w.ClockTrouble(ctx); err != nil {
			w.cfg.Log.Warn("clocks differ", "error", err)
		}
		if err := w.Recheck(ctx); err != nil && ctx.Err() == nil {
			w.cfg.Log.Warn("payments without an amount are not settled; the gateway is asked again", "error", err)
		}
	}
}

// Recheck asks the gateway about payments that it announced without an amount.
func (w *Worker) Recheck(ctx context.Context) error {
	n, err := w.recorder().Recheck(ctx)
	if n > 0 {
		w.cfg.Log.Info("gateway said what was paid", "count", n)
	}
	return err
}

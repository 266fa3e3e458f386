package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
)

// Worker carries requests to their end.
type Worker struct {
	Config
	epoch  string // of this worker's life; begins its claims
	serial atomic.Uint64
	active sync.Map // tokens of claims that this worker holds

	refusals refusals

	tickets   *memo[ledger.Ticket]
	sellers   *memo[*invoice.Seller]
	ownSeller func() string // the digest of Config.Seller

	// reached, if set, is told each step before it is made. Tests end a worker
	// there, as a kill would.
	reached func(step string)
}

// New returns a worker; it starts nothing.
func New(c Config) *Worker {
	w := &Worker{Config: c.withDefaults(), epoch: rand.Text()[:10]}
	w.tickets = newMemo(w.Ledger.Ticket)
	w.sellers = newMemo(w.Ledger.Seller)
	w.ownSeller = sync.OnceValue(func() string { return w.Seller.Digest() })
	return w
}

var (
	// errStopped is the cause of the contexts that a stop cancels.
	errStopped = errors.New("worker is stopping")
	// errBusy is wrapped where another worker has the invoice in hand.
	errBusy = errors.New("invoice is in hand elsewhere")
)

// Run takes requests until the context ends, finishes the work in hand within
// the grace, and returns nil; what was cut is released and costs nothing. It
// returns early with an error where no request can succeed, as with refused
// credentials.
func (w *Worker) Run(ctx context.Context) error {
	if w.Seller != nil {
		if _, err := w.Ledger.SaveSeller(ctx, w.Seller); err != nil {
			return fmt.Errorf("run worker: %w", err)
		}
	}
	requests, err := w.Broker.Requests(ctx, w.Exclusive)
	if err != nil {
		return fmt.Errorf("run worker: %w", err)
	}
	take, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	context.AfterFunc(take, func() {
		timer := time.AfterFunc(w.Grace, func() { cut(errStopped) })
		context.AfterFunc(work, func() { timer.Stop() })
	})
	var hands sync.WaitGroup
	for range w.Concurrency {
		hands.Go(func() {
			if err := w.takeAll(take, work, requests); err != nil {
				stop(err)
			}
		})
	}
	if w.Renewal.Mode != RenewOff {
		hands.Go(func() {
			if err := w.watchDue(take, work); err != nil {
				stop(err)
			}
		})
		hands.Go(func() { w.sweepOften(take) })
	}
	hands.Wait()
	cause := context.Cause(take) // before the look at ctx, which may end in between
	if ctx.Err() != nil {
		return nil
	}
	return cause
}

// takeAll takes a slot's deliveries one after the other.
func (w *Worker) takeAll(take, work context.Context, c *broker.Consumer) error {
	for {
		d, err := c.Next(take)
		if take.Err() != nil {
			if d != nil {
				_ = d.Release() // the server gives it back after its wait otherwise
			}
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.serve(work, d); err != nil {
			return err
		}
	}
}

// serve carries one delivery to its fate. It returns an error only where the
// worker must stop.
func (w *Worker) serve(ctx context.Context, d *broker.Delivery) error {
	release := d.Hold()
	defer release()
	start := w.Now()
	ctx, span := traced(ctx, d)
	defer span.End()
	j := &job{Worker: w, d: d, token: fmt.Sprintf("%s.%d", w.epoch, w.serial.Add(1))}
	j.log = withTrace(w.Log.With("request", d.Sequence(), "subject", d.Subject()), span)
	w.active.Store(j.token, true)
	defer w.active.Delete(j.token)

	err := broker.Explain(j.attempt(ctx))
	v := decide(err, d.Attempt(), j.age(), w.GiveUpAfter, context.Cause(ctx))
	if v.pause > 0 {
		w.Pause(v.pause)
	}
	late, cancel := background(ctx)
	defer cancel()
	if ended := j.end(late, v, err); ended != nil {
		j.log.Warn("request not ended; it comes again", "error", ended)
	}
	j.endTrace(span, v, err)
	w.Report(Outcome{Number: j.number(), Batch: j.env.Batch, State: j.state(), Fate: string(v.fate),
		Repeated: j.repeated, Err: err, Duration: w.Now().Sub(start)})
	if v.fate == fateStop {
		return err
	}
	return nil
}

func (j *job) logFate(v verdict, err error) {
	level := slog.LevelInfo
	switch v.fate {
	case fateRetry, fateRelease, fateBury: // told in the event and to who asked
		level = slog.LevelWarn
	case fateStop:
		level = slog.LevelError
	case fateDone:
		j.log.Info("request done", "state", j.state(), "repeated", j.repeated)
		return
	}
	j.log.Log(context.Background(), level, "request "+string(v.fate), "state", j.state(), "error", err, "after", v.after)
}

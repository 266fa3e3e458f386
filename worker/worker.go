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
	"invoicelink/worker/announce"
	"invoicelink/worker/broker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/memo"
	"invoicelink/worker/settlement"
)

// Worker carries requests to their end.
type Worker struct {
	cfg     Config
	epoch   string // of this worker's life; begins its claims
	serial  atomic.Uint64
	active  sync.Map // tokens of claims that this worker holds
	numbers sync.Map // invoice numbers that this worker issues or renews now
	breaker *breaker
	pace    *pace

	refusals refusals

	specs       *memo.Memo[ledger.BatchSpec]
	sellers     *memo.Memo[*invoice.Seller]
	ownSeller   func() string // the digest of Config.Seller
	environment environment

	// reached, if set, is called with each step before it is made. Tests end a
	// worker there, as a kill would.
	reached func(step string)
}

// New returns a worker; it starts nothing.
func New(c Config) *Worker {
	c = c.withDefaults()
	w := &Worker{cfg: c, epoch: rand.Text()[:10], breaker: &breaker{now: c.Now}, pace: newPace(c.Concurrency)}
	w.specs = memo.New(c.Ledger.BatchSpec)
	w.sellers = memo.New(c.Ledger.Seller)
	w.ownSeller = sync.OnceValue(func() string { return c.Seller.Digest() })
	w.environment.client = c.Checkout
	return w
}

var (
	// errStopped is the cause of the contexts that a stop cancels.
	errStopped = errors.New("worker is stopping")
	// errBusy is wrapped where another attempt works on the invoice.
	errBusy = errors.New("another attempt works on the invoice")
)

// Trouble says what keeps calls to the checkout API back, and until when; nil
// while they are made.
func (w *Worker) Trouble() error { return w.breaker.trouble() }

// Run takes requests until the context ends, finishes the work in progress
// within the grace, and returns nil; what was cut is given back and costs
// nothing. It returns early with an error where no request can succeed, as with
// refused credentials.
func (w *Worker) Run(ctx context.Context) error {
	requests, err := w.open(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("run worker: %w", err)
	}
	take, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	context.AfterFunc(take, func() {
		timer := time.AfterFunc(w.cfg.Grace, func() { cut(errStopped) })
		context.AfterFunc(work, func() { timer.Stop() })
	})
	var wg sync.WaitGroup
	for range w.pace.slots() {
		wg.Go(func() {
			if err := w.takeAll(take, work, requests); err != nil {
				stop(err)
			}
		})
	}
	if w.cfg.Renewal.Mode != ledger.RenewOff {
		wg.Go(func() {
			if err := w.watchDue(take, work); err != nil {
				stop(err)
			}
		})
		wg.Go(func() { w.sweepOften(take) })
		wg.Go(func() { w.recheckOften(take) })
	}
	wg.Wait()
	cause := context.Cause(take) // before the look at ctx, which may end in between
	if ctx.Err() != nil {
		return nil
	}
	return cause
}

// open stores the seller and opens the requests.
func (w *Worker) open(ctx context.Context) (*broker.Consumer, error) {
	if w.cfg.Seller != nil {
		if _, err := w.cfg.Ledger.SaveSeller(ctx, w.cfg.Seller); err != nil {
			return nil, err
		}
	}
	return w.cfg.Broker.Requests(ctx, w.cfg.SingleWorker)
}

// takeAll takes a slot's deliveries one after the other, as long as the pace has
// room for it.
func (w *Worker) takeAll(take, work context.Context, c *broker.Consumer) error {
	for {
		if w.pace.requests.Enter(take) != nil {
			return nil
		}
		d, err := w.next(take, c)
		if err == nil && d != nil {
			w.pace.busy.Add(1)
			err = w.serve(work, d)
			w.pace.busy.Add(-1)
		}
		w.pace.requests.Leave()
		if err != nil {
			return err
		}
	}
}

// next waits for a delivery; without an error it is nil once no more are taken.
func (w *Worker) next(take context.Context, c *broker.Consumer) (*broker.Delivery, error) {
	if w.pace.takers.Enter(take) != nil {
		return nil, nil
	}
	defer w.pace.takers.Leave()
	d, err := c.Next(take)
	if take.Err() == nil {
		return d, err
	}
	if d != nil {
		_ = d.Release() // the server gives it back after its wait otherwise
	}
	return nil, nil
}

// serve carries one delivery to its end. It returns an error only where the
// worker must stop.
func (w *Worker) serve(ctx context.Context, d *broker.Delivery) error {
	release := d.Hold()
	defer release()
	start := w.cfg.Now()
	ctx, span := traced(ctx, d)
	defer span.End()
	j := &job{Worker: w, d: d, token: fmt.Sprintf("%s.%d", w.epoch, w.serial.Add(1))}
	j.log = withTrace(w.cfg.Log.With("request", d.Sequence(), "subject", d.Subject()), span)
	w.active.Store(j.token, true)
	defer w.active.Delete(j.token)
	defer j.unlock()

	err := broker.WrapStoreFull(j.attempt(ctx))
	disp := decide(err, d.Attempt(), j.age(), w.cfg.GiveUpAfter, context.Cause(ctx))
	if disp.pause > 0 {
		w.cfg.OnRetryAfter(disp.pause)
	}
	late, cancel := background(ctx)
	defer cancel()
	if ended := j.end(late, disp, err); ended != nil {
		j.log.Warn("request not ended; it comes again", "error", ended)
	}
	j.endTrace(span, disp, err)
	w.cfg.OnOutcome(Outcome{Number: j.number(), Batch: j.env.Batch, State: j.state(), Action: disp.action,
		Repeated: j.repeated, Err: err, Duration: w.cfg.Now().Sub(start)})
	if disp.action == ActionAbort {
		return err
	}
	return nil
}

func (j *job) logEnd(disp disposition, err error) {
	level := slog.LevelWarn
	switch disp.action {
	case ActionRetry, ActionRequeue, ActionDeadLetter: // whoever asked hears it as an event
	case ActionAbort:
		level = slog.LevelError
	case ActionDone:
		j.log.Info("request done", "state", j.state(), "repeated", j.repeated)
		return
	}
	j.log.Log(context.Background(), level, "request "+string(disp.action), "state", j.state(), "error", err, "after", disp.after)
}

func (w *Worker) publisher() announce.Publisher {
	return announce.Publisher{Broker: w.cfg.Broker, Source: w.cfg.Source, Now: w.cfg.Now}
}

func (w *Worker) recorder() *settlement.Recorder {
	return &settlement.Recorder{Broker: w.cfg.Broker, Ledger: w.cfg.Ledger, Ask: w.cfg.Checkout.Payments, Source: w.cfg.Source, Now: w.cfg.Now}
}

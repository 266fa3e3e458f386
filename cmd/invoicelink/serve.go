package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
	"invoicelink/worker/ops"
	"invoicelink/worker/telemetry"
)

// serveCmd is `invoicelink serve`.
type serveCmd struct {
	Seller string `type:"path" help:"Profile of the seller, a YAML file. It is printed on requests that come as events." placeholder:"FILE"`
	Out    string `type:"path" help:"Directory for PDFs beside the object store. Default: the object store alone." placeholder:"DIR"`
	storeFlags
	Replicas int `help:"Copies of each stream and bucket on a NATS cluster. 0 makes one where it is missing and takes what is there." default:"0" placeholder:"N"`
	checkoutFlags
	Concurrency int      `help:"Requests in hand at once." default:"8" placeholder:"N"`
	Strict      bool     `help:"Refuse events with members that the contract does not know."`
	GiveUpAfter duration `help:"Age at which temporary troubles count as final." default:"72h" placeholder:"DURATION"`
	Grace       duration `help:"How long work in hand may go on after a stop." default:"20s" placeholder:"DURATION"`
	renewFlags
	listenFlags
	natsListenFlags
	logFlags
}

// renewFlags say what becomes of links that are over.
type renewFlags struct {
	Renew      string   `enum:"auto,manual" default:"auto" help:"Renew links that are over by itself, or only announce them: ${enum}." placeholder:"WHO"`
	RenewMax   int      `help:"Most renewals of an invoice." default:"6" placeholder:"N"`
	RenewUntil duration `help:"How long past the due date links are renewed." default:"60d" placeholder:"DURATION"`
	RenewAhead duration `help:"Renew so long before a link is over. For that time two links can be paid." default:"0s" placeholder:"DURATION"`
}

func (f renewFlags) policy() worker.RenewalPolicy {
	return worker.RenewalPolicy{Mode: worker.RenewalMode(f.Renew), Max: f.RenewMax, Until: f.RenewUntil.value(), Ahead: f.RenewAhead.value()}
}

// serving is a running `serve`.
type serving struct {
	*serveCmd
	plan    *servePlan
	log     *slog.Logger
	metrics *ops.Metrics
	web     *front
	st      *store
	acc     *account

	ready    atomic.Pointer[serving] // itself once everything is open
	stopping atomic.Bool
}

// Run serves until it is told to stop, and then ends the work in hand.
func (c *serveCmd) Run(ctx context.Context, s streams) error {
	plan, err := c.prepare()
	if err != nil {
		return &exit{exitUsage, err}
	}
	log := c.logger(s.err, slog.LevelInfo)
	v := &serving{serveCmd: c, plan: plan, log: log, metrics: ops.NewMetrics(version(), log)}
	if plan.traces {
		stop, err := telemetry.Start(ctx, version(), log)
		if err != nil {
			return &exit{exitUsage, err}
		}
		defer func() {
			late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			closing(log, "tracing", func() error { return stop(late) })
		}()
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--listen (%s): %w", envOf("--listen"), err)}
	}
	v.web = v.openFront(listener)
	defer v.web.close()
	fmt.Fprintf(s.out, "listening on %s\n", v.web.url)
	err = v.open(ctx, s)
	defer v.close()
	if err == nil {
		err = v.work(ctx)
	}
	if stoppedEarly := ctx.Err() != nil && errors.Is(err, context.Canceled); stoppedEarly {
		err = nil
	}
	if err == nil {
		log.Info("stopped")
	}
	return err
}

// open opens store, account, archive and worker, in the order in which each
// needs the other. Until then the probes say why the worker is not ready.
func (v *serving) open(ctx context.Context, s streams) error {
	var err error
	if v.st, err = v.openServed(ctx, s.err); err != nil {
		return err
	}
	if v.acc, err = openAccount(&v.checkoutFlags, v.st, v.plan.dir, v.log, v.metrics.Call); err != nil {
		return &exit{exitUsage, err}
	}
	err = v.patiently(ctx, func() error {
		return v.st.ledger.Own(ctx, ledger.Owner{Seller: v.plan.seller.VATID, Account: v.acc.name})
	})
	if err != nil {
		return err
	}
	if err := v.acc.client.Authenticate(ctx); errors.Is(err, checkout.ErrCredentials) {
		return &exit{exitUsage, err}
	} else if err != nil && ctx.Err() == nil {
		v.log.Warn("checkout API does not answer yet; requests are taken and tried again", "error", err)
	}
	var pdfs *archives
	if err := v.patiently(ctx, func() (err error) {
		attempt, cancel := context.WithTimeout(ctx, 8*time.Second)
		defer cancel()
		pdfs, err = openArchives(attempt, v.st, v.Replicas)
		return err
	}); err != nil {
		return err
	}
	if err := pdfs.beside(v.Out); err != nil {
		return &exit{exitUsage, err}
	}
	v.metrics.Watch(ops.Store{Broker: v.st.broker, Ledger: v.st.ledger, Ahead: v.RenewAhead.value()})
	if err := v.mount(pdfs); err != nil {
		return &exit{exitUsage, err}
	}
	v.plan.worker = v.newWorker(pdfs)
	return ctx.Err()
}

func (v *serving) newWorker(pdfs *archives) *worker.Worker {
	links := v.links()
	links.Callbacks = v.plan.callbacks
	return worker.New(worker.Config{
		Broker: v.st.broker, Ledger: v.st.ledger, Checkout: v.acc.client, Archive: pdfs.of, Bucket: archive.Bucket,
		Seller: v.plan.seller, Links: links, Concurrency: v.Concurrency, GiveUpAfter: v.GiveUpAfter.value(), Grace: v.Grace.value(),
		Strict: v.Strict, Exclusive: v.st.exclusive, Source: eventSource, Renewal: v.policy(), Pause: v.acc.limit.Pause,
		Drawn: v.metrics.Drawn, Report: v.metrics.Job, Log: v.log,
	})
}

// eventSource is the CloudEvents source of what this program publishes.
const eventSource = "invoicelink"

// work lets the worker loose until the context ends. It returns early where no
// request can succeed.
func (v *serving) work(ctx context.Context) error {
	working, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	var hands sync.WaitGroup
	duties, end := context.WithCancel(context.WithoutCancel(ctx))
	if v.st.server != nil {
		hands.Go(func() { v.thaw(duties) })
	}
	context.AfterFunc(working, func() { v.stopping.Store(true) })
	v.st.onClosed(func(err error) { halt(fmt.Errorf("NATS server has closed the connection for good: %w", err)) })
	v.ready.Store(v)
	v.log.Info("serving", "url", v.web.url, "broker", v.brokerName(), "account", v.acc.name, "renew", v.Renew, "pid", os.Getpid())
	err := v.keepWorking(working)
	end()
	hands.Wait()
	switch {
	case err != nil:
		return &exit{exitLeft, err}
	case ctx.Err() == nil && working.Err() != nil:
		return &exit{exitLeft, context.Cause(working)}
	}
	return nil
}

// keepWorking runs the worker, again where the broker did not let it begin.
func (v *serving) keepWorking(ctx context.Context) error {
	for {
		err := v.plan.worker.Run(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, checkout.ErrCredentials) {
			return err
		}
		v.log.Warn("worker ended and begins again", "error", err)
		if ctxtime.Sleep(ctx, 2*time.Second) != nil {
			return nil
		}
	}
}

// close ends what open has begun, in the reverse order.
func (v *serving) close() {
	v.stopping.Store(true)
	v.web.unmount()
	if v.acc != nil {
		closing(v.log, "sandbox", v.acc.close)
	}
	if v.st != nil {
		closing(v.log, "broker", v.st.close)
	}
}

func (v *serving) brokerName() string {
	if v.st.outside {
		return redact(v.NATS)
	}
	return v.st.server.Dir()
}

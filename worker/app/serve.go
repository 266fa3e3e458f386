package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"invoicelink/worker/ledger"
	"invoicelink/worker/ops"
	"invoicelink/worker/paypage"
	"invoicelink/worker/requests"
	"invoicelink/worker/settlement"
	"invoicelink/worker/web"
)

// CallbackPath is where the gateway's payment notifications arrive.
const CallbackPath = "/callbacks/payment"

// DeskDir is where the finance desk keeps its uploads, below the data directory.
const DeskDir = "desk"

// Server is what Serve needs besides Config.
type Server struct {
	// Listener takes the HTTP connections. Serve closes it.
	Listener net.Listener
	// Certificate of the listener; nil serves plain HTTP.
	Certificate *web.Certificate
	// Desk says who may use the finance desk and how it reads files. Broker,
	// Ledger, Requests, Archive, Seller, Actions, Dir, Environment, Version and
	// Log are set by Serve.
	Desk web.Config
	// Pay is the public listener of the payment page.
	Pay PayServer
	// CallbackSecrets sign payment notifications; without any they are not
	// taken.
	CallbackSecrets [][]byte
	// CallbackTolerance is the oldest signature of a notification that is
	// believed; 0 looks at no age.
	CallbackTolerance time.Duration
	// Version of the program, shown on each page and in the metrics.
	Version string
	// OnListen, if set, is called with the URL once the probes answer.
	OnListen func(url string)
}

// ErrWork is wrapped by the error of Serve if the program was opened and then
// could not go on. What is left stays in the queue.
var ErrWork = errors.New("worker has ended")

// server is a running Serve.
type server struct {
	Server
	config  Config
	metrics *ops.Metrics

	waitingFor atomic.Pointer[error] // why app is not open yet
	app        atomic.Pointer[App]   // once everything is open
	handlers   atomic.Pointer[handlers]
	stopping   atomic.Bool
}

// Serve opens the program, works on requests and serves the finance desk,
// probes, metrics and callbacks until the context ends; then it finishes the
// work in progress and returns nil. The probes answer from the first moment on
// and say why the worker is not ready. Errors are those of Open, and of ErrWork.
func Serve(ctx context.Context, c Config, s Server) error {
	v := &server{Server: s, config: c, metrics: ops.NewMetrics(s.Version, c.Log)}
	v.config.Worker.OnOutcome, v.config.Worker.OnRender, v.config.OnCall = v.metrics.Job, v.metrics.Render, v.metrics.Call
	v.config.Store.OnWait = func(reason error) {
		v.waitingFor.Store(&reason)
		c.Log.Warn("waiting for the broker", "error", reason)
	}
	if c.Checkout.Sandbox {
		v.config.Checkout.SandboxURL = v.sandboxURL()
	}
	closeHTTP := v.startHTTP()
	defer closeHTTP()
	if s.Pay.Listener != nil {
		defer v.Pay.start(v.later(func(h *handlers) http.Handler { return h.pay }), &v.config)()
	}
	err := v.run(ctx)
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		c.Log.Info("stopped")
		return nil
	}
	return err
}

func (v *server) run(ctx context.Context) (err error) {
	a, err := Open(ctx, v.config)
	if err != nil {
		return err
	}
	defer func() {
		v.stopping.Store(true)
		if h := v.handlers.Swap(nil); h != nil {
			h.desk.Close() // its live connections would hold a shutdown up
			if h.closePay != nil {
				h.closePay()
			}
		}
		err = errors.Join(err, a.Close())
	}()
	log := v.config.Log
	if a.Unreachable != nil {
		log.Warn("checkout API does not answer yet; requests are taken and tried again", "error", a.Unreachable)
	}
	v.metrics.Watch(ops.Store{Broker: a.Broker, Ledger: a.Ledger, Renewal: v.config.Worker.Renewal})
	v.metrics.WatchWorker(a.worker)
	if err := v.mount(a); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { v.stopping.Store(true) })
	v.app.Store(a)
	log.Info("serving", "url", v.url(), "broker", a.store.name(v.config.Store), "account", a.Account(),
		"renew", v.config.Worker.Renewal.Mode, "pid", os.Getpid())
	if err := a.run(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrWork, err)
	}
	return nil
}

// mount opens the desk and what is served next to it.
func (v *server) mount(a *App) error {
	recorder := &settlement.Recorder{Broker: a.Broker, Ledger: a.Ledger, Ask: a.account.client.Payments}
	d := v.Desk
	d.Broker, d.Ledger, d.Requests, d.Archive = a.Broker, a.Ledger, requests.New(a.Broker, "invoicelink/desk"), a.archives.of
	d.Seller, d.Dir, d.Environment = v.config.Seller, filepath.Join(v.config.Store.Dir, DeskDir), string(a.account.client.Environment())
	d.Version, d.Log, d.Actions = v.Version, v.config.Log, deskActions(recorder)
	desk, err := web.New(d)
	if err != nil {
		return err
	}
	h := &handlers{desk: desk, metrics: desk.Protect(v.metrics.Handler())}
	if a.account.sandbox != nil {
		h.sandbox = a.account.sandbox
	}
	if v.Pay.Listener != nil {
		page, err := a.openPayPage(&v.Pay, a.archives.own, recorder, func(p paypage.Visit) { v.metrics.Visit(p.Action, string(p.State), p.Outcome) })
		if err != nil {
			desk.Close()
			return err
		}
		h.pay, h.closePay = page, page.Close
	}
	switch {
	case len(v.CallbackSecrets) > 0:
		h.callback = settlement.NewCallback(settlement.CallbackConfig{
			Recorder: recorder, Capture: v.config.Worker.Links.Capture, Secrets: v.CallbackSecrets, Tolerance: v.CallbackTolerance, Log: v.config.Log,
		})
	case d.Access.PublicURL != "":
		v.config.Log.Warn("payment notifications are not asked for: without --callback-secret-file none could be believed")
	}
	v.handlers.Store(h)
	return nil
}

// deskActions record what people say on the desk, as events and commands do.
func deskActions(recorder *settlement.Recorder) web.Actions {
	return web.Actions{
		Paid: func(ctx context.Context, p web.Payment, by string) ([]string, error) {
			out, err := recorder.Paid(ctx, settlement.Notice{
				Number: p.Number, Source: ledger.SourceDesk, Actor: by, Money: p.Money, At: p.At, Reference: p.Reference,
			})
			return out.Warnings, err
		},
		Resolve: func(ctx context.Context, review, note, by string) error {
			_, err := recorder.Resolve(ctx, review, ledger.Act{Source: ledger.SourceDesk, Actor: by}, note)
			return err
		},
		Cancel: func(ctx context.Context, number, reason, by string) error {
			_, err := recorder.Cancelled(ctx, settlement.Notice{Number: number, Source: ledger.SourceDesk, Actor: by, Reason: reason})
			return err
		},
	}
}

// handlers is what needs the store.
type handlers struct {
	desk     *web.Desk
	metrics  http.Handler
	callback http.Handler // nil if no notifications are taken
	sandbox  http.Handler // nil if a real API is called
	pay      http.Handler // nil if no payment page is served
	closePay func()
}

// closeWithin is how long calls in progress may take when the server stops.
const closeWithin = 5 * time.Second

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/worker"
	"invoicelink/worker/telemetry"
)

// account is the checkout account in use.
type account struct {
	client   *checkout.Client
	throttle limiter
	// name of the account in the ledger: its URL and user, or "sandbox".
	name    string
	sandbox *sandbox.Server // nil where a real server is called
	stop    func()          // ends what the throttle does beside the calls
}

// sandboxAccount is the account's name where the sandbox runs in this process.
const sandboxAccount = "sandbox"

// limiter is the rate of calls: this process's or the fleet's.
type limiter interface {
	Wait(context.Context) error
	Pause(time.Duration)
}

// hint is how long everybody waits where the API says "too many" and not for
// how long.
const hint = time.Second

// heeding pauses all calls as soon as the API asks one of them to wait, also
// where the client itself tries that one again.
func heeding(l limiter, observe func(checkout.Call)) func(checkout.Call) {
	return func(c checkout.Call) {
		switch {
		case c.RetryAfter > 0:
			l.Pause(c.RetryAfter)
		case c.Status == http.StatusTooManyRequests:
			l.Pause(hint)
		}
		observe(c)
	}
}

// openAccount makes the client of the API, or of a sandbox in this process
// whose state is kept in the data directory. It calls nothing. On a NATS server
// that others share, the rate of calls is the fleet's.
func openAccount(f *checkoutFlags, st *store, dir string, log *slog.Logger, observe func(checkout.Call)) (*account, error) {
	var l limiter = worker.NewThrottle(f.Rate)
	var fleet *worker.FleetThrottle
	if st.outside {
		fleet = worker.NewFleetThrottle(st.broker, f.Rate, log)
		l = fleet
	}
	a := &account{throttle: l, stop: func() {}}
	config := checkout.Config{
		BaseURL: f.CheckoutURL, Username: f.CheckoutUsername, AllowHTTP: f.CheckoutAllowHTTP,
		RateLimit: l.Wait, OnCall: heeding(l, observe), WrapTransport: telemetry.Transport, Now: time.Now,
	}
	if f.Sandbox {
		server, err := sandbox.Open(sandbox.Config{
			Dir: filepath.Join(dir, "sandbox"), Log: log,
			// Sessions in a sheet were opened by somebody else: here as there.
			Switches: sandbox.Switches{AdoptSessions: true},
		})
		if err != nil {
			return nil, err
		}
		a.sandbox, a.name = server, sandboxAccount
		config.BaseURL, config.Transport = sandbox.DefaultPublicURL, server.RoundTripper()
		config.Username, config.Password = sandbox.DefaultUsername, sandbox.DefaultPassword
	} else {
		password, err := f.password()
		if err != nil {
			return nil, err
		}
		config.Password = password
		a.name = fmt.Sprintf("%s as %s", strings.TrimRight(f.CheckoutURL, "/"), f.CheckoutUsername)
	}
	client, err := checkout.New(config)
	if err != nil {
		return nil, err
	}
	a.client = client
	if fleet != nil {
		a.heed(fleet)
	}
	return a, nil
}

// heed lets the throttle hear of the others' pauses until the account closes.
func (a *account) heed(fleet *worker.FleetThrottle) {
	ctx, cancel := context.WithCancel(context.Background())
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		fleet.Run(ctx)
	}()
	a.stop = func() {
		cancel()
		<-heard
	}
}

func (a *account) close() error {
	a.stop()
	if a.sandbox == nil {
		return nil
	}
	return a.sandbox.Close()
}

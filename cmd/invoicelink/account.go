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
// whose state is kept in the data directory. It calls nothing.
func openAccount(f *checkoutFlags, dir string, log *slog.Logger, observe func(checkout.Call)) (*account, error) {
	return openLimited(f, dir, log, observe, worker.NewThrottle(f.Rate))
}

func openLimited(f *checkoutFlags, dir string, log *slog.Logger, observe func(checkout.Call), l limiter) (*account, error) {
	a := &account{throttle: l}
	config := checkout.Config{
		BaseURL: f.CheckoutURL, Username: f.CheckoutUsername, AllowHTTP: f.CheckoutAllowHTTP,
		Wait: l.Wait, Observe: heeding(l, observe), Around: telemetry.Transport, Now: time.Now,
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
	return a, nil
}

func (a *account) close() error {
	if a.sandbox == nil {
		return nil
	}
	return a.sandbox.Close()
}

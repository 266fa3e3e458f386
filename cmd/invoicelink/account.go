package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/worker/ratelimit"
	"invoicelink/worker/telemetry"
)

// account is the checkout account in use.
type account struct {
	client *checkout.Client
	limit  *ratelimit.Limiter // of its calls
	// name of the account in the ledger: its URL and user, or "sandbox".
	name    string
	sandbox *sandbox.Server // nil where a real server is called
}

// sandboxAccount is the account's name where the sandbox runs in this process.
const sandboxAccount = "sandbox"

// hint is how long everybody waits where the API says "too many" and not for
// how long.
const hint = time.Second

// heeding pauses all calls as soon as the API asks one of them to wait, also
// where the client itself tries that one again.
func heeding(l *ratelimit.Limiter, observe func(checkout.Call)) func(checkout.Call) {
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
	l := ratelimit.New(f.Rate)
	if st.outside {
		l = ratelimit.NewShared(st.broker.SharedValue("rate.slots"), f.Rate, log)
	}
	report, err := readProbe("--checkout-report", f.CheckoutReport)
	if err != nil {
		return nil, err
	}
	a := &account{limit: l}
	config := checkout.Config{
		BaseURL: f.CheckoutURL, Username: f.CheckoutUsername, AllowHTTP: f.CheckoutAllowHTTP,
		RateLimit: l.Wait, OnCall: heeding(l, observe), WrapTransport: telemetry.Transport, Now: time.Now,
	}
	if report != nil {
		config.ErrorBodies = report.Client.ErrorBodies
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
	a.limit.Close()
	if a.sandbox == nil {
		return nil
	}
	return a.sandbox.Close()
}

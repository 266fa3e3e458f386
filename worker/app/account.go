package app

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/worker/paypage"
	"invoicelink/worker/ratelimit"
	"invoicelink/worker/telemetry"
)

// account is the checkout account in use.
type account struct {
	client *checkout.Client
	limit  *ratelimit.Limiter // of its calls
	// payer is the client of the payment page, with a share of the rate of its
	// own; nil without a payment page.
	payer      *checkout.Client
	payerLimit *ratelimit.Limiter
	// name of the account in the ledger: its URL and user, or "sandbox".
	name    string
	sandbox *sandbox.Server // nil if a real server is called
}

// sandboxAccount is the account's name if the sandbox runs in this process.
const sandboxAccount = "sandbox"

// openAccount makes the client of the API, or of a sandbox in this process. It
// calls nothing. On a NATS server that others share, the rate of calls is the
// fleet's.
func openAccount(c *Config, st *store, onCall func(checkout.Call)) (*account, error) {
	rate, share := c.Checkout.Rate, 0.0
	payPage := c.Worker.Links.PayPage.Base != ""
	if payPage {
		share = rate * payShare
		rate -= share
	}
	limit := openLimit(st, "rate.slots", rate, c)
	a := &account{limit: limit, name: fmt.Sprintf("%s as %s", strings.TrimRight(c.Checkout.URL, "/"), c.Checkout.Username)}
	if payPage {
		a.payerLimit = openLimit(st, "rate.payers", share, c)
	}
	config := checkout.Config{
		BaseURL: c.Checkout.URL, Username: c.Checkout.Username, Password: c.Checkout.Password, AllowHTTP: c.Checkout.AllowHTTP, ErrorBodies: c.Checkout.ErrorBodies,
		RateLimit: limit.Wait, OnCall: a.pauseOnRetryAfter(onCall), WrapTransport: telemetry.Transport, Now: time.Now,
	}
	if c.Checkout.Sandbox {
		server, err := sandbox.Open(sandbox.Config{
			Dir: filepath.Join(c.Store.Dir, "sandbox"), PublicURL: c.Checkout.SandboxURL, Log: c.Log,
			// Sessions in a sheet were opened by somebody else: here as there.
			Switches: sandbox.Switches{AdoptSessions: true},
		})
		if err != nil {
			return nil, err
		}
		a.sandbox, a.name = server, sandboxAccount
		config.BaseURL, config.Transport = sandbox.DefaultPublicURL, server.RoundTripper()
		config.Username, config.Password = sandbox.DefaultUsername, sandbox.DefaultPassword
	}
	client, err := checkout.New(config)
	if err != nil {
		return nil, err
	}
	a.client = client
	if payPage {
		config.RateLimit = a.payerLimit.Wait
		if a.payer, err = checkout.New(config); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// payShare is the part of the rate that belongs to the payment page: strangers
// cannot hold up the invoices that are being issued, nor these the payers.
const payShare = 0.2

// openLimit limits calls to a number a second, in this process or, on a NATS
// server that others share, of the fleet.
func openLimit(st *store, name string, rate float64, c *Config) *ratelimit.Limiter {
	if st.outside {
		return ratelimit.NewShared(st.broker.SharedValue(name), rate, c.Log)
	}
	return ratelimit.New(rate)
}

// pause keeps every call back for a while.
func (a *account) pause(d time.Duration) {
	a.limit.Pause(d)
	if a.payerLimit != nil {
		a.payerLimit.Pause(d)
	}
}

// linkOrigin is where payment links probably lead: the API's own origin.
func (a *account) linkOrigin(c *Config) string {
	switch {
	case a.sandbox == nil:
		return paypage.OriginOf(c.Checkout.URL)
	case c.Checkout.SandboxURL != "":
		return paypage.OriginOf(c.Checkout.SandboxURL)
	}
	return paypage.OriginOf(sandbox.DefaultPublicURL)
}

// retryAfterUnknown is how long everybody waits if the API says "too many" and
// not for how long.
const retryAfterUnknown = time.Second

// pauseOnRetryAfter pauses all calls as soon as the API asks one of them to
// wait, also if the client itself tries that one again.
func (a *account) pauseOnRetryAfter(next func(checkout.Call)) func(checkout.Call) {
	return func(c checkout.Call) {
		switch {
		case c.RetryAfter > 0:
			a.pause(c.RetryAfter)
		case c.Status == http.StatusTooManyRequests:
			a.pause(retryAfterUnknown)
		}
		next(c)
	}
}

func (a *account) close() error {
	a.limit.Close()
	if a.payerLimit != nil {
		a.payerLimit.Close()
	}
	if a.sandbox == nil {
		return nil
	}
	return a.sandbox.Close()
}

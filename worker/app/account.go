package app

import (
	"fmt"
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
	sandbox *sandbox.Server // nil if a real server is called
}

// sandboxAccount is the account's name if the sandbox runs in this process.
const sandboxAccount = "sandbox"

// openAccount makes the client of the API, or of a sandbox in this process. It
// calls nothing. On a NATS server that others share, the rate of calls is the
// fleet's.
func openAccount(c *Config, st *store, onCall func(checkout.Call)) (*account, error) {
	limit := ratelimit.New(c.Checkout.Rate)
	if st.outside {
		limit = ratelimit.NewShared(st.broker.SharedValue("rate.slots"), c.Checkout.Rate, c.Log)
	}
	a := &account{limit: limit, name: fmt.Sprintf("%s as %s", strings.TrimRight(c.Checkout.URL, "/"), c.Checkout.Username)}
	config := checkout.Config{
		BaseURL: c.Checkout.URL, Username: c.Checkout.Username, Password: c.Checkout.Password, AllowHTTP: c.Checkout.AllowHTTP, ErrorBodies: c.Checkout.ErrorBodies,
		RateLimit: limit.Wait, OnCall: pauseOnRetryAfter(limit, onCall), WrapTransport: telemetry.Transport, Now: time.Now,
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
	return a, nil
}

// retryAfterUnknown is how long everybody waits if the API says "too many" and
// not for how long.
const retryAfterUnknown = time.Second

// pauseOnRetryAfter pauses all calls as soon as the API asks one of them to
// wait, also if the client itself tries that one again.
func pauseOnRetryAfter(limit *ratelimit.Limiter, next func(checkout.Call)) func(checkout.Call) {
	return func(c checkout.Call) {
		switch {
		case c.RetryAfter > 0:
			limit.Pause(c.RetryAfter)
		case c.Status == http.StatusTooManyRequests:
			limit.Pause(retryAfterUnknown)
		}
		next(c)
	}
}

func (a *account) close() error {
	a.limit.Close()
	if a.sandbox == nil {
		return nil
	}
	return a.sandbox.Close()
}

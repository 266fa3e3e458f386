package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/worker"
)

// account is the checkout account in use.
type account struct {
	client   *checkout.Client
	throttle *worker.Throttle
	// name of the account in the ledger: its URL and user, or "sandbox".
	name    string
	sandbox *sandbox.Server // nil where a real server is called
}

// sandboxAccount is the account's name where the sandbox runs in this process.
const sandboxAccount = "sandbox"

// openAccount makes the client of the API, or of a sandbox in this process
// whose state is kept in the data directory. It calls nothing.
func openAccount(f *checkoutFlags, dir string, log *slog.Logger, observe func(checkout.Call)) (*account, error) {
	a := &account{throttle: worker.NewThrottle(f.Rate)}
	config := checkout.Config{
		BaseURL: f.CheckoutURL, Username: f.CheckoutUsername, AllowHTTP: f.CheckoutAllowHTTP,
		Wait: a.throttle.Wait, Observe: observe, Now: time.Now,
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

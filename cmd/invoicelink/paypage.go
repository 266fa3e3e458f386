package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/app"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/requests"
)

// payPageCmd is `invoicelink paypage`.
type payPageCmd struct {
	Serve  payServeCmd  `cmd:"" default:"withargs" help:"Serve the payment page alone, next to serve or on its NATS server. Several behind a balancer behave as one."`
	Export payExportCmd `cmd:"" help:"Write the pages of all invoices as static files with bank details, so that printed codes outlive this program."`
	Rotate payRotateCmd `cmd:"" help:"Give invoices a new address, as when one got into the wrong hands. A new PDF follows."`
}

// payServeCmd is `invoicelink paypage serve`.
type payServeCmd struct {
	storeFlags
	checkoutFlags
	payFlags
	PublicURL string `name:"public-url" help:"Where \"serve\" takes payment notifications; it is named in each session. Default: none are asked for." placeholder:"URL"`
	logFlags
}

// Run serves until the process is stopped.
func (c *payServeCmd) Run(ctx context.Context, s streams) error {
	var all problems
	config := all.config(s.err, c.logger(s.err, slog.LevelInfo), c.storeFlags, &c.checkoutFlags)
	if c.Sandbox {
		all.flag("--sandbox", "each process would have an imitation of its own; use \"serve --sandbox --pay-listen\", or run \"invoicelink sandbox\" and name it with --checkout-url")
	}
	if c.PayListen == "" {
		all.flag("--pay-listen", "is missing")
	}
	if c.PublicURL != "" {
		if err := checkPublicURL(c.PublicURL); err != nil {
			all.flag("--public-url", "%w", err)
		}
		config.Worker.Links.Callbacks = &checkout.Callbacks{Notification: strings.TrimRight(c.PublicURL, "/") + app.CallbackPath}
	}
	server, err := c.payFlags.server(c.PayURL)
	all.add(err)
	if err := all.err(); err != nil {
		return &exit{exitUsage, err}
	}
	if server, err = c.openPay(server, config.Log); err != nil {
		return &exit{exitUsage, err}
	}
	server.OnListen = func(address string) { fmt.Fprintf(s.out, "payment page on %s\n", address) }
	if err := app.ServePayPage(ctx, config, server); err != nil {
		return &exit{exitUsage, errors.Join(err, server.Listener.Close())}
	}
	return nil
}

// payExportCmd is `invoicelink paypage export`.
type payExportCmd struct {
	Dir     string `arg:"" type:"path" help:"Directory to write into."`
	Sandbox bool   `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// Run writes the pages.
func (c *payExportCmd) Run(ctx context.Context, s streams) error {
	log := c.logger(s.err, slog.LevelError)
	a, err := c.openLedger(ctx, c.Sandbox, true, log)
	if err != nil {
		return err
	}
	defer closeAndLog(log, a)
	n, err := paypage.Export(ctx, a.Ledger, c.Dir, time.Now())
	if err != nil {
		return &exit{exitUsage, err}
	}
	fmt.Fprintf(s.out, "%s in %s; have a web server serve it below the path of --pay-url, without listing it\n", plural(n, "page is", "pages are"), c.Dir)
	return nil
}

// payRotateCmd is `invoicelink paypage rotate`.
type payRotateCmd struct {
	Numbers []string `arg:"" name:"number" help:"Invoice numbers."`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// Run gives each invoice a new token and asks for its next page.
func (c *payRotateCmd) Run(ctx context.Context, s streams) error {
	log := c.logger(s.err, slog.LevelError)
	a, err := c.openLedger(ctx, c.Sandbox, true, log)
	if err != nil {
		return err
	}
	defer closeAndLog(log, a)
	client, refused := requests.New(a.Broker, commandSource), 0
	for _, number := range c.Numbers {
		r, err := rotate(ctx, a.Ledger, number, time.Now().UTC())
		_, no := errors.AsType[*ledger.RefusedError](err)
		switch {
		case no, errors.Is(err, ledger.ErrUnknown):
			fmt.Fprintf(s.err, "refused   %s: %v\n", number, err)
			refused++
			continue
		case err != nil:
			return &exit{exitLeft, err}
		}
		fmt.Fprintf(s.out, "rotated   %s → %s\n", number, r.PayPage.Address())
		if r.OnPayPage() && r.Printed < r.NextPage() {
			id := fmt.Sprintf("rotation-%d-%s", r.PayPage.Rotated, number)
			if err := client.Send(ctx, requests.Request{ID: id, Payload: event.Renew{Number: number, Reason: "the address of the payment page was rotated"}, Actor: whoami()}); err != nil {
				return &exit{exitLeft, fmt.Errorf("%s is rotated and its new PDF is not asked for: %w; \"invoicelink renew %s\" does", number, err, number)}
			}
		}
	}
	fmt.Fprintln(s.out, "the old addresses ask payers to ask the sender; new PDFs are made by the next worker that has --pay-url")
	if refused > 0 {
		return &exit{code: exitRejected}
	}
	return nil
}

// rotate gives an invoice a new token: written first, then referred to.
func rotate(ctx context.Context, l *ledger.Ledger, number string, at time.Time) (ledger.Record, error) {
	for {
		e, err := l.Read(ctx, number)
		if err != nil {
			return ledger.Record{}, err
		}
		token := ledger.NewToken()
		if _, err := e.RotateToken(token, at); err != nil {
			return ledger.Record{}, err
		}
		if err := l.TakeToken(ctx, token, number); err != nil {
			return ledger.Record{}, err
		}
		err = l.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.RotateToken(token, at) })
		if !errors.Is(err, ledger.ErrChanged) {
			return e.Record, err
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"invoicelink/worker/app"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// renewCmd is `invoicelink renew`.
type renewCmd struct {
	Numbers []string `arg:"" optional:"" name:"number" help:"Invoice numbers."`
	Due     bool     `help:"Renew all expired links, the invoice with the oldest due date first."`
	Force   bool     `help:"Renew a link that has not expired, as after somebody opened it and did not pay. Both can then be paid."`
	Reason  string   `help:"Why; kept with the link. Needed with --force." placeholder:"TEXT"`
	storeFlags
	checkoutFlags
	workFlags
	legalFlag
	logFlags
}

// Run asks for the renewals and waits for their answers. If another process
// holds the directory, that process makes the links; otherwise this one does.
func (c *renewCmd) Run(ctx context.Context, s streams) error {
	if c.Due == (len(c.Numbers) > 0) {
		return &exit{exitUsage, errors.New("renew: give invoice numbers, or --due for all expired links")}
	}
	var all problems
	if c.Force && c.Reason == "" {
		all.add(errors.New("renew: --force needs a --reason, which is kept with the link"))
	}
	config := all.config(s.err, c.logger(s.err, slog.LevelError), c.storeFlags, &c.checkoutFlags)
	all.work(&config, c.workFlags)
	config.Worker.Legal = c.Legal // of requests that an interrupted run left in the queue
	if err := all.err(); err != nil {
		return &exit{exitUsage, err}
	}
	config.Store.Join = true
	a, err := app.Open(ctx, config)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer closeAndLog(config.Log, a)
	if c.Due {
		if c.Numbers, err = dueNumbers(ctx, a.Ledger, time.Now()); err != nil {
			if len(c.Numbers) == 0 {
				return &exit{exitUsage, err}
			}
			fmt.Fprintln(s.err, "invoicelink:", err)
		}
		if len(c.Numbers) == 0 {
			fmt.Fprintln(s.out, "no link is due")
			return nil
		}
	}
	memory.Store(&printing)
	return a.RunWhile(ctx, func(ctx context.Context) error { return c.renew(ctx, requests.New(a.Broker, commandSource), s) })
}

// commandSource is the CloudEvents source of requests that commands send.
const commandSource = "invoicelink/command"

// dueNumbers are the invoices whose link has expired, oldest due date first. An
// error with numbers is about other invoices.
func dueNumbers(ctx context.Context, l *ledger.Ledger, now time.Time) ([]string, error) {
	x, err := l.Index(ctx)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, b := range x.Due(onDemand, now) {
		numbers = append(numbers, b.Number)
	}
	return numbers, x.Unread()
}

// renew sends the requests and reports each answer.
func (c *renewCmd) renew(ctx context.Context, client *requests.Client, s streams) error {
	asked := make([]requests.Request, len(c.Numbers))
	for i, number := range c.Numbers {
		asked[i].Payload, asked[i].Actor = event.Renew{Number: number, Force: c.Force, Reason: c.Reason}, whoami()
	}
	left, refused := len(asked), 0
	for a, err := range client.Ask(ctx, asked...) {
		if errors.Is(err, requests.ErrNotSent) {
			return &exit{exitLeft, err}
		}
		if err != nil {
			return &exit{exitLeft, fmt.Errorf("%s left in the queue; run the same command again to resume: %w", plural(left, "renewal is", "renewals are"), err)}
		}
		left--
		if !reportRenewal(s.out, s.err, a) {
			refused++
		}
	}
	if refused > 0 {
		return &exit{code: exitRejected}
	}
	return nil
}

// reportRenewal shows one answer; false is a refusal.
func reportRenewal(out, errs io.Writer, a requests.Answer) bool {
	switch {
	case a.Error == "" && ledger.State(a.State) == ledger.Issued && a.ExpiresAt.IsZero():
		fmt.Fprintf(out, "renewed   %s → %s, revision %d, payable at its payment page\n", a.Number, a.PDF, a.Revision)
	case a.Error == "" && ledger.State(a.State) == ledger.Issued:
		fmt.Fprintf(out, "renewed   %s → %s, revision %d, payable until %s\n", a.Number, a.PDF, a.Revision, a.ExpiresAt.Format(time.RFC3339))
	case a.Error == "" && ledger.State(a.State) == ledger.Paid:
		fmt.Fprintf(out, "paid      %s: the gateway says so; it needs no new link\n", a.Number)
	default:
		fmt.Fprintf(errs, "refused   %s: %s\n", a.Number, a.Error)
		return false
	}
	return true
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
)

// renewCmd is `invoicelink renew`.
type renewCmd struct {
	Numbers []string `arg:"" optional:"" name:"number" help:"Invoice numbers."`
	Due     bool     `help:"Renew every link that is over, the invoice that was due first at the front."`
	Force   bool     `help:"Renew a link that by the clock still lives, as after somebody opened it and did not pay. Both can then be paid."`
	Reason  string   `help:"Why; kept with the link. Needed with --force." placeholder:"TEXT"`
	storeFlags
	checkoutFlags
	Concurrency int      `help:"Invoices in hand at once." default:"8" placeholder:"N"`
	Patience    duration `help:"End with work left when no call succeeded for so long." default:"5m" placeholder:"DURATION"`
	logFlags
}

// Run asks for the renewals and waits for their answers. Where another process
// holds the directory, that process makes the links; otherwise this one does.
func (c *renewCmd) Run(ctx context.Context, s streams) error {
	if err := c.usage(); err != nil {
		return &exit{exitUsage, err}
	}
	dir, err := c.directory(c.Sandbox)
	if err != nil {
		return &exit{exitUsage, err}
	}
	log := c.logger(s.err, slog.LevelError)
	st, err := joinStore(ctx, c.storeFlags, dir, log)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer func() { closing(log, "broker", st.close) }()
	if c.Due {
		if c.Numbers, err = dueNumbers(ctx, st.ledger, time.Now()); err != nil {
			return &exit{exitUsage, err}
		}
	}
	if len(c.Numbers) == 0 {
		fmt.Fprintln(s.out, "no link is due")
		return nil
	}
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	calls := &lastSuccess{}
	calls.touch()
	end := func() {}
	if st.works() {
		if end, err = c.work(ctx, st, dir, log, calls, stop); err != nil {
			return &exit{exitUsage, err}
		}
		go calls.watch(waiting, c.Patience.value(), func() { stop(errPatience) })
	}
	err = c.renew(waiting, st, s)
	stop(err)
	end()
	return err
}

func (c *renewCmd) usage() error {
	switch {
	case c.Due == (len(c.Numbers) > 0):
		return errors.New("renew: give invoice numbers, or --due for every link that is over")
	case c.Force && c.Reason == "":
		return errors.New("renew: --force needs a --reason, which is kept with the link")
	}
	return c.problems()
}

// dueNumbers are the invoices whose link is over, oldest due date first.
func dueNumbers(ctx context.Context, l *ledger.Ledger, now time.Time) ([]string, error) {
	var due []ledger.Record
	for r, err := range l.All(ctx) {
		if err != nil {
			return nil, err
		}
		if r.State == ledger.Issued && r.Link != nil && r.Link.Over(now) {
			due = append(due, r)
		}
	}
	slices.SortStableFunc(due, func(a, b ledger.Record) int {
		return cmp.Or(cmp.Compare(a.DueDate, b.DueDate), cmp.Compare(a.Number, b.Number))
	})
	numbers := make([]string, len(due))
	for i, r := range due {
		numbers[i] = r.Number
	}
	return numbers, nil
}

// work lets a worker loose on the account that the ledger belongs to.
func (c *renewCmd) work(ctx context.Context, st *store, dir string, log *slog.Logger, calls *lastSuccess, stop context.CancelCauseFunc) (end func(), err error) {
	acc, err := openAccount(&c.checkoutFlags, st, dir, log, calls.observe)
	if err != nil {
		return nil, err
	}
	owner, err := st.ledger.Owner(ctx)
	if err == nil && owner != (ledger.Owner{}) && owner.Account != acc.name {
		err = &ledger.OwnerError{Have: owner, Want: ledger.Owner{Seller: owner.Seller, Account: acc.name}}
	}
	if err == nil {
		if err = acc.client.Authenticate(ctx); !errors.Is(err, checkout.ErrCredentials) {
			err = nil // an API that does not answer is waited for
		}
	}
	if err != nil {
		return nil, errors.Join(err, acc.close())
	}
	pdfs, err := openArchives(ctx, st, 0)
	if err != nil {
		return nil, errors.Join(err, acc.close())
	}
	w := worker.New(worker.Config{
		Broker: st.broker, Ledger: st.ledger, Checkout: acc.client, Archive: pdfs.of, Links: c.links(),
		Concurrency: c.Concurrency, Exclusive: st.exclusive, Pause: acc.limit.Pause, Log: log,
	})
	working, halt := context.WithCancel(context.WithoutCancel(ctx))
	var hands sync.WaitGroup
	hands.Go(func() {
		if err := w.Run(working); err != nil {
			stop(err)
		}
	})
	return func() {
		halt()
		hands.Wait()
		closing(log, "sandbox", acc.close)
	}, nil
}

// renew sends the requests and reports each answer.
func (c *renewCmd) renew(ctx context.Context, st *store, s streams) error {
	asked := make([]requests.Request, len(c.Numbers))
	for i, number := range c.Numbers {
		asked[i].Payload = event.Renew{Number: number, Force: c.Force, Reason: c.Reason}
	}
	left, refused := len(asked), 0
	for a, err := range requests.New(st.broker, "invoicelink/command").Ask(ctx, asked...) {
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
	switch ledger.State(a.State) {
	case ledger.Issued:
		if a.Error == "" {
			fmt.Fprintf(out, "renewed   %s → %s, revision %d, payable until %s\n", a.Number, a.PDF.Name, a.Revision, a.Link.ExpiresAt.Format(time.RFC3339))
			return true
		}
	case ledger.Paid:
		if a.Error == "" {
			fmt.Fprintf(out, "paid      %s: the gateway says so; it needs no new link\n", a.Number)
			return true
		}
	}
	fmt.Fprintf(errs, "refused   %s: %s\n", a.Number, a.Error)
	return false
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"invoicelink/worker"
)

// wordFlags are those of the commands that say something of invoices and call
// no API.
type wordFlags struct {
	Numbers []string `arg:"" name:"number" help:"Invoice numbers."`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// paidCmd is `invoicelink paid`.
type paidCmd struct {
	wordFlags
	At        string `help:"When it was paid: a day or an RFC 3339 time. Default: now." placeholder:"TIME"`
	Amount    string `help:"What was paid, if it has to be compared with the payable amount." placeholder:"AMOUNT"`
	Currency  string `help:"Currency of --amount. Default: the invoice's." placeholder:"CODE"`
	Reference string `help:"Name of the payment, such as a bank entry." placeholder:"TEXT"`
}

// Run records that the invoices are paid.
func (c *paidCmd) Run(ctx context.Context, s streams) error {
	at, err := parseMoment(c.At)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--at: %w", err)}
	}
	return c.say(ctx, s, "paid", func(ctx context.Context, settler *worker.Settler, number string) (worker.Settlement, error) {
		return settler.Paid(ctx, worker.Word{Number: number, By: "command", At: at, Amount: c.Amount, Currency: c.Currency, Reference: c.Reference})
	})
}

// cancelCmd is `invoicelink cancel`.
type cancelCmd struct {
	wordFlags
	Reason string `help:"Why it is withdrawn." placeholder:"TEXT"`
}

// Run records that the invoices are cancelled.
func (c *cancelCmd) Run(ctx context.Context, s streams) error {
	return c.say(ctx, s, "cancelled", func(ctx context.Context, settler *worker.Settler, number string) (worker.Settlement, error) {
		return settler.Cancelled(ctx, worker.Word{Number: number, By: "command", Reason: c.Reason})
	})
}

// say tells the ledger one thing about each invoice. When it returns, all of
// it is written.
func (f *wordFlags) say(ctx context.Context, s streams, what string, word func(context.Context, *worker.Settler, string) (worker.Settlement, error)) error {
	a, err := f.openLedger(ctx, f.Sandbox, false, f.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	settler := &worker.Settler{Broker: a.Broker, Ledger: a.Ledger}
	refused := 0
	for _, number := range f.Numbers {
		out, err := word(ctx, settler, number)
		var no *worker.RefusedError
		switch {
		case errors.As(err, &no):
			refused++
			fmt.Fprintf(s.err, "refused   %s: %v\n", number, err)
			continue
		case err != nil:
			return &exit{exitLeft, errors.Join(fmt.Errorf("%s %s: %w", what, number, err), a.Close())}
		}
		again := ""
		if out.Repeated {
			again = " (was so before)"
		}
		fmt.Fprintf(s.out, "%-9s %s%s\n", what, number, again)
		for _, warning := range out.Warnings {
			fmt.Fprintf(s.err, "warning: %s: %s\n", number, warning)
		}
	}
	if err := a.Close(); err != nil {
		return &exit{exitUsage, err}
	}
	if refused > 0 {
		return &exit{code: exitRejected}
	}
	return nil
}

func parseMoment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a day (2026-01-31) nor an RFC 3339 time", s)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// settleFlags are those of the commands that state something of invoices and
// call no API.
type settleFlags struct {
	Numbers []string `arg:"" name:"number" help:"Invoice numbers."`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// paidCmd is `invoicelink paid`.
type paidCmd struct {
	settleFlags
	At        string `help:"When it was paid: a day or an RFC 3339 time. Default: now." placeholder:"TIME"`
	Amount    string `help:"What was paid, with a decimal point. Default: what is left to pay." placeholder:"AMOUNT"`
	Currency  string `help:"Currency of --amount. Default: the invoice's." placeholder:"CODE"`
	Reference string `help:"Name of the payment, such as a bank entry; the same one again is the same payment." placeholder:"TEXT"`
}

// Run records that the invoices are paid. An amount that cannot be read is
// refused before anything is written.
func (c *paidCmd) Run(ctx context.Context, s streams) error {
	at, err := parseMoment(c.At)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--at: %w", err)}
	}
	if _, err := invoice.ParseMoney(c.Amount, c.Currency); err != nil && (c.Amount == "" || c.Currency != "") {
		return &exit{exitUsage, fmt.Errorf("--amount, --currency: %w", err)}
	}
	amounts := map[string]invoice.Money{}
	prepare := func(ctx context.Context, r *settlement.Recorder) error {
		for _, number := range c.Numbers {
			money, err := r.Money(ctx, number, c.Amount, c.Currency)
			if err != nil {
				return fmt.Errorf("--amount, --currency: %s: %w", number, err)
			}
			amounts[number] = money
		}
		return nil
	}
	return c.record(ctx, s, "paid", prepare, func(ctx context.Context, r *settlement.Recorder, number string) (settlement.Outcome, error) {
		return r.Paid(ctx, settlement.Notice{Number: number, Source: ledger.SourceCommand, Actor: whoami(), At: at, Money: amounts[number], Reference: c.Reference})
	})
}

// cancelCmd is `invoicelink cancel`.
type cancelCmd struct {
	settleFlags
	Reason string `help:"Why it is withdrawn." placeholder:"TEXT"`
}

// Run records that the invoices are cancelled.
func (c *cancelCmd) Run(ctx context.Context, s streams) error {
	prepare := func(context.Context, *settlement.Recorder) error { return nil }
	return c.record(ctx, s, "cancelled", prepare, func(ctx context.Context, r *settlement.Recorder, number string) (settlement.Outcome, error) {
		return r.Cancelled(ctx, settlement.Notice{Number: number, Source: ledger.SourceCommand, Actor: whoami(), Reason: c.Reason})
	})
}

// whoami is the user of the operating system, for the record.
func whoami() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}

// record states one thing about each invoice. When it returns, all of it is
// written.
func (f *settleFlags) record(ctx context.Context, s streams, what string, prepare func(context.Context, *settlement.Recorder) error,
	state func(context.Context, *settlement.Recorder, string) (settlement.Outcome, error)) error {
	a, err := f.openLedger(ctx, f.Sandbox, false, f.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	recorder := &settlement.Recorder{Broker: a.Broker, Ledger: a.Ledger}
	if err := prepare(ctx, recorder); err != nil {
		return &exit{exitUsage, errors.Join(err, a.Close())}
	}
	refused := 0
	for _, number := range f.Numbers {
		out, err := state(ctx, recorder, number)
		if no, ok := errors.AsType[*ledger.RefusedError](err); ok {
			refused++
			fmt.Fprintf(s.err, "refused   %s: %v\n", number, no)
			continue
		}
		if err != nil {
			return &exit{exitLeft, errors.Join(fmt.Errorf("%s %s: %w", what, number, err), a.Close())}
		}
		if !tellSettlement(s, what, number, out) {
			refused++
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

// tellSettlement shows what came of one statement; false means that a person
// has to look at it.
func tellSettlement(s streams, what, number string, out settlement.Outcome) bool {
	again := ""
	if out.Repeated {
		again = " (was so before)"
	}
	done := string(out.Record.State) == what
	if done {
		fmt.Fprintf(s.out, "%-9s %s%s\n", what, number, again)
	} else {
		fmt.Fprintf(s.err, "recorded  %s%s: the payment is kept, the invoice is %s (%s)\n", number, again, out.Record.State, out.Record.PaymentStatus())
	}
	for _, warning := range out.Warnings {
		fmt.Fprintf(s.err, "warning: %s: %s\n", number, warning)
	}
	return done
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

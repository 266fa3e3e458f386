package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"invoicelink/worker/app"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// reviewCmd is `invoicelink review`.
type reviewCmd struct {
	List    reviewListCmd    `cmd:"" default:"withargs" help:"List what a person has to decide."`
	Resolve reviewResolveCmd `cmd:"" help:"Resolve a review with a note."`
}

// reviewFlags are those of both.
type reviewFlags struct {
	Sandbox bool `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

func (f *reviewFlags) open(ctx context.Context, s streams) (*app.App, error) {
	return f.openLedger(ctx, f.Sandbox, true, f.logger(s.err, slog.LevelError))
}

type reviewListCmd struct {
	JSON bool `name:"json" help:"One JSON object a line."`
	reviewFlags
}

// reviewLine is one line of review --json.
type reviewLine struct {
	event.Review
	Number        string `json:"number"`
	State         string `json:"state"`
	PaymentStatus string `json:"paymentStatus"`
}

// Run lists the open reviews, oldest first.
func (c *reviewListCmd) Run(ctx context.Context, s streams) error {
	a, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	open, err := a.Ledger.OpenReviews(ctx)
	if err := errors.Join(err, a.Close()); err != nil {
		return &exit{exitUsage, err}
	}
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetEscapeHTML(false)
		for _, v := range open {
			one := reviewLine{v.View(), v.Record.Number, string(v.Record.State), string(v.Record.PaymentStatus())}
			if err := enc.Encode(one); err != nil {
				return &exit{exitUsage, err}
			}
		}
		return nil
	}
	if len(open) == 0 {
		fmt.Fprintln(s.out, "nothing needs review")
		return nil
	}
	tab := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "REVIEW\tSINCE\tSTATE\tPAID\tKIND\tWHAT")
	for _, v := range open {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\n", v.ID, v.At.Format(time.DateTime+"Z"), v.Record.State, v.Record.PaymentStatus(), v.Kind, v.What)
	}
	return tab.Flush()
}

type reviewResolveCmd struct {
	ID   string `arg:"" name:"id" help:"The review, as \"invoicelink review\" lists it."`
	Note string `required:"" help:"What was decided; kept with the invoice." placeholder:"TEXT"`
	reviewFlags
}

// Run resolves one review.
func (c *reviewResolveCmd) Run(ctx context.Context, s streams) error {
	if strings.TrimSpace(c.Note) == "" {
		return &exit{exitUsage, errors.New("--note: say what was decided")}
	}
	a, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	recorder := &settlement.Recorder{Broker: a.Broker, Ledger: a.Ledger}
	out, err := recorder.Resolve(ctx, c.ID, ledger.Act{Source: ledger.SourceCommand, Actor: whoami()}, c.Note)
	closed := a.Close()
	if no, ok := errors.AsType[*ledger.RefusedError](err); ok {
		fmt.Fprintf(s.err, "refused   %s: %v\n", c.ID, no)
		return &exit{code: exitRejected}
	}
	if err := errors.Join(err, closed); err != nil {
		return &exit{exitLeft, err}
	}
	again := ""
	if out.Repeated {
		again = " (was so before)"
	}
	fmt.Fprintf(s.out, "resolved  %s%s: invoice %s is %s (%s)\n", c.ID, again, out.Record.Number, out.Record.State, out.Record.PaymentStatus())
	for _, warning := range out.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", warning)
	}
	return nil
}

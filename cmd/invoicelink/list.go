package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"invoicelink/worker/ledger"
)

// listCmd is `invoicelink list`. It needs neither seller nor account.
type listCmd struct {
	Numbers []string `arg:"" optional:"" name:"number" help:"Invoice numbers; all if none is given."`
	JSON    bool     `name:"json" help:"One JSON object a line."`
	Sandbox bool     `help:"The sandbox's ledger, where --data is not given."`
	storeFlags
	logFlags
}

// row is one line of list --json. Money is decimal text in major units, times
// are RFC 3339 in UTC.
type row struct {
	Number      string `json:"number"`
	State       string `json:"state"`
	Revision    int    `json:"revision"`
	SessionID   string `json:"sessionId"`
	LinkID      string `json:"linkId"`
	PaymentLink string `json:"paymentLink"`
	CreatedAt   string `json:"createdAt"`
	ExpiresAt   string `json:"expiresAt"`
	PDF         string `json:"pdf"`
	SHA256      string `json:"sha256"`
	Currency    string `json:"currency"`
	Total       string `json:"total"`
	Payable     string `json:"payable"`
	Error       string `json:"error"`
}

func rowOf(r ledger.Record) row {
	out := row{
		Number: r.Number, State: string(r.State), Revision: r.Revision(), SessionID: r.SessionID, PDF: r.PDF, SHA256: r.SHA256,
		Currency: r.Currency, Total: r.Total, Payable: r.Payable, Error: r.Error,
	}
	if l := r.Link; l != nil {
		out.LinkID, out.PaymentLink = l.ID, l.URL
		out.CreatedAt, out.ExpiresAt = l.CreatedAt.UTC().Format(time.RFC3339), l.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return out
}

// Run lists the invoices by number.
func (c *listCmd) Run(ctx context.Context, s streams) error {
	a, err := c.openLedger(ctx, c.Sandbox, true, c.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	records, missing, err := c.records(ctx, a.Ledger)
	if err := errors.Join(err, a.Close()); err != nil {
		return &exit{exitUsage, err}
	}
	if err := c.write(s.out, records); err != nil {
		return &exit{exitUsage, err}
	}
	if len(missing) > 0 {
		return &exit{exitRejected, fmt.Errorf("not in this ledger: %s", strings.Join(missing, ", "))}
	}
	return nil
}

func (c *listCmd) records(ctx context.Context, l *ledger.Ledger) (records []ledger.Record, missing []string, err error) {
	if len(c.Numbers) == 0 {
		for r, err := range l.All(ctx) {
			if err != nil {
				return nil, nil, err
			}
			records = append(records, r)
		}
		slices.SortFunc(records, func(a, b ledger.Record) int { return strings.Compare(a.Number, b.Number) })
		return records, nil, nil
	}
	for _, number := range c.Numbers {
		e, err := l.Read(ctx, number)
		if errors.Is(err, ledger.ErrUnknown) {
			missing = append(missing, number)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		records = append(records, e.Record)
	}
	return records, missing, nil
}

func (c *listCmd) write(w io.Writer, records []ledger.Record) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, r := range records {
			if err := enc.Encode(rowOf(r)); err != nil {
				return err
			}
		}
		return nil
	}
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "NUMBER\tSTATE\tREV\tPAYABLE\tDUE\tLINK UNTIL\tPDF\t")
	for _, r := range records {
		until := ""
		if r.Link != nil {
			until = r.Link.ExpiresAt.UTC().Format("2006-01-02 15:04Z")
			if r.State == ledger.Issued && r.Link.Over(time.Now()) {
				until += " (expired)"
			}
		}
		fmt.Fprintf(tab, "%s\t%s\t%d\t%s %s\t%s\t%s\t%s\t%s\n", r.Number, r.State, r.Revision(), r.Payable, r.Currency, r.DueDate, until, r.PDF, r.Error)
	}
	return tab.Flush()
}

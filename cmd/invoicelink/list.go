package main

import (
	"bytes"
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

	"invoicelink/worker/event"
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

// always are the members of list --json that are there also where they do not
// apply: then they are empty.
var always = []string{"sessionId", "linkId", "paymentLink", "createdAt", "expiresAt", "pdf", "sha256", "currency", "total", "payable", "error"}

// line is an invoice's status as one line of JSON.
func line(s event.Status) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	var have map[string]json.RawMessage
	if err := json.Unmarshal(b.Bytes(), &have); err != nil {
		return nil, err
	}
	out := bytes.TrimSuffix(bytes.TrimSpace(b.Bytes()), []byte("}"))
	for _, name := range always {
		if _, ok := have[name]; !ok {
			out = fmt.Appendf(out, `,%q:""`, name)
		}
	}
	if _, ok := have["revision"]; !ok {
		out = append(out, `,"revision":0`...)
	}
	return append(out, "}\n"...), nil
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
		for _, r := range records {
			data, err := line(r.Status())
			if err != nil {
				return err
			}
			if _, err := w.Write(data); err != nil {
				return err
			}
		}
		return nil
	}
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "NUMBER\tSTATE\tREV\tPAYABLE\tPAID\tDUE\tLINK UNTIL\tPDF\t")
	for _, r := range records {
		until := ""
		if r.Link != nil {
			until = r.Link.ValidUntil.UTC().Format("2006-01-02 15:04Z")
			if r.State == ledger.Issued && r.Link.Expired(time.Now()) {
				until += " (expired)"
			}
		}
		payable := ""
		if !r.Payable.IsZero() {
			payable = r.Payable.String()
		}
		notes := r.Error
		for _, v := range r.OpenReviews() {
			notes = strings.TrimPrefix(notes+"; needs review ("+v.ID+"): "+v.What, "; ")
		}
		fmt.Fprintf(tab, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.State, r.PageRevision(), payable, r.PaymentStatus(), r.DueDate, until, r.PDF, notes)
	}
	return tab.Flush()
}

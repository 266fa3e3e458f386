package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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

// line is an invoice's status as one line of JSON. Some members are there also
// if they do not apply: then they are empty.
func line(s event.Status) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	out := bytes.TrimSuffix(bytes.TrimSpace(b.Bytes()), []byte("}"))
	for _, member := range []struct {
		name    string
		missing bool
	}{
		{"sessionId", s.SessionID == ""}, {"linkId", s.LinkID == ""}, {"paymentLink", s.PaymentLink == ""},
		{"createdAt", s.CreatedAt.IsZero()}, {"expiresAt", s.ExpiresAt.IsZero()}, {"pdf", s.PDF == ""}, {"sha256", s.SHA256 == ""},
		{"currency", s.Currency == ""}, {"total", s.Total == ""}, {"payable", s.Payable == ""}, {"error", s.Error == ""},
	} {
		if member.missing {
			out = fmt.Appendf(out, `,%q:""`, member.name)
		}
	}
	if s.Revision == 0 {
		out = append(out, `,"revision":0`...)
	}
	return append(out, "}\n"...), nil
}

// Run lists the invoices by number.
func (c *listCmd) Run(ctx context.Context, s streams) (err error) {
	a, err := c.openLedger(ctx, c.Sandbox, true, c.logger(s.err, slog.LevelError))
	if err != nil {
		return err
	}
	var lines sortedLines
	defer func() { err = errors.Join(err, lines.close()) }()
	var table table
	table.fit(listHeader)
	var missing []string
	for r, err := range c.records(ctx, a.Ledger, &missing) {
		if err == nil {
			err = c.add(&lines, &table, r)
		}
		if err != nil {
			return &exit{exitUsage, errors.Join(err, a.Close())}
		}
	}
	if err := a.Close(); err != nil {
		return &exit{exitUsage, err}
	}
	if err := c.write(s.out, &lines, &table); err != nil {
		return &exit{exitUsage, err}
	}
	if len(missing) > 0 {
		return &exit{exitRejected, fmt.Errorf("not in this ledger: %s", strings.Join(missing, ", "))}
	}
	return nil
}

// records yields the invoices that are asked for, in any order, and notes the
// numbers that the ledger does not have.
func (c *listCmd) records(ctx context.Context, l *ledger.Ledger, missing *[]string) iter.Seq2[ledger.Record, error] {
	if len(c.Numbers) == 0 {
		return l.All(ctx)
	}
	return func(yield func(ledger.Record, error) bool) {
		for _, number := range c.Numbers {
			e, err := l.Read(ctx, number)
			switch {
			case errors.Is(err, ledger.ErrUnknown):
				*missing = append(*missing, number)
			case err != nil:
				yield(ledger.Record{}, err)
				return
			case !yield(e.Record, nil):
				return
			}
		}
	}
}

// add takes an invoice into the list. Named ones keep the order in which they
// were named.
func (c *listCmd) add(lines *sortedLines, t *table, r ledger.Record) error {
	key := r.Number
	if len(c.Numbers) > 0 {
		key = fmt.Sprintf("%09d", len(lines.places))
	}
	if c.JSON {
		data, err := line(r.Status())
		if err != nil {
			return err
		}
		return lines.add(key, data)
	}
	cells := listCells(&r, time.Now())
	t.fit(cells)
	return lines.add(key, []byte(strings.Join(cells, cellEnd)))
}

func (c *listCmd) write(w io.Writer, lines *sortedLines, t *table) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if !c.JSON {
		t.row(out, listHeader)
	}
	err := lines.each(func(line []byte) error {
		if c.JSON {
			_, err := out.Write(line)
			return err
		}
		t.row(out, strings.Split(string(line), cellEnd))
		return nil
	})
	return errors.Join(err, out.Flush())
}

var listHeader = []string{"NUMBER", "STATE", "REV", "PAYABLE", "PAID", "DUE", "LINK UNTIL", "PDF", ""}

// cellEnd separates cells while they wait; no cell holds it.
const cellEnd = "\x00"

func listCells(r *ledger.Record, now time.Time) []string {
	until := ""
	if r.Link != nil {
		until = r.Link.ValidUntil.UTC().Format("2006-01-02 15:04Z")
		if r.State == ledger.Issued && r.Link.Expired(now) {
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
	return []string{r.Number, string(r.State), strconv.Itoa(r.PageRevision()), payable, string(r.PaymentStatus()), string(r.DueDate), until, r.PDF, notes}
}

// table writes rows with aligned columns. Unlike text/tabwriter it holds the
// widths alone; every row is fitted before the first is written.
type table struct{ widths []int }

func (t *table) fit(cells []string) {
	for i, cell := range cells {
		if i == len(t.widths) {
			t.widths = append(t.widths, 0)
		}
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
	}
}

// row writes a row; errors stay with the writer until it is flushed.
func (t *table) row(w *bufio.Writer, cells []string) {
	for i, cell := range cells {
		_, _ = w.WriteString(cell)
		if i < len(cells)-1 {
			_, _ = w.WriteString(strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(cell)+2))
		}
	}
	_ = w.WriteByte('\n')
}

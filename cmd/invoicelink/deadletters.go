package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"invoicelink/worker/app"
	"invoicelink/worker/broker"
)

// deadCmd is `invoicelink dead`.
type deadCmd struct {
	List   deadListCmd   `cmd:"" help:"List the requests that failed."`
	Show   deadShowCmd   `cmd:"" help:"Show one: where it came from, its headers and its bytes."`
	Replay deadReplayCmd `cmd:"" help:"Publish them again as they came, after the cause is fixed."`
}

// deadFlags say in which store.
type deadFlags struct {
	Sandbox bool `help:"The sandbox's store, where --data is not given."`
	storeFlags
	logFlags
}

func (f *deadFlags) open(ctx context.Context, s streams) (*app.App, error) {
	return f.openLedger(ctx, f.Sandbox, true, f.logger(s.err, slog.LevelError))
}

// deadListCmd is `invoicelink dead list`.
type deadListCmd struct {
	JSON bool `name:"json" help:"One JSON object a line."`
	deadFlags
}

// deadLetterRow is one line of dead list --json. Times are RFC 3339 in UTC; bytes
// is the size of the message without its headers.
type deadLetterRow struct {
	Sequence  uint64   `json:"sequence"`
	ID        string   `json:"id"`
	Key       string   `json:"key"`
	Subject   string   `json:"subject"`
	Reason    string   `json:"reason"`
	Published string   `json:"published"`
	At        string   `json:"at"`
	Bytes     int      `json:"bytes"`
	Replayed  []string `json:"replayed"`
}

func deadLetterRowOf(l broker.DeadLetter) deadLetterRow {
	row := deadLetterRow{
		Sequence: l.Sequence, ID: l.ID, Key: l.Key, Subject: l.Subject, Reason: l.Reason, Bytes: len(l.Data),
		Published: moment(l.Published), At: moment(l.At), Replayed: []string{},
	}
	for _, t := range l.Replays {
		row.Replayed = append(row.Replayed, moment(t))
	}
	return row
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Run lists the dead letters, oldest first.
func (c *deadListCmd) Run(ctx context.Context, s streams) error {
	a, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	tab := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	if !c.JSON {
		fmt.Fprintln(tab, "SEQ\tKEY\tWHEN\tSUBJECT\tREPLAYED\tREASON")
	}
	for l, err := range a.Broker.DeadLetters(ctx) {
		if err == nil && c.JSON {
			err = enc.Encode(deadLetterRowOf(l))
		}
		if err != nil {
			return &exit{exitUsage, errors.Join(err, a.Close())}
		}
		if !c.JSON {
			again := ""
			if n := len(l.Replays); n > 0 {
				again = moment(l.Replays[n-1])
			}
			fmt.Fprintf(tab, "%d\t%s\t%s\t%s\t%s\t%s\n", l.Sequence, l.Key, moment(l.At), l.Subject, again, printable(l.Reason))
		}
	}
	if err := errors.Join(tab.Flush(), a.Close()); err != nil {
		return &exit{exitUsage, err}
	}
	return nil
}

// deadShowCmd is `invoicelink dead show`.
type deadShowCmd struct {
	Sequence uint64 `arg:"" name:"seq" help:"Its number in dead list."`
	deadFlags
}

// Run shows a dead letter: headers as lines, an empty line, and the bytes as
// they came.
func (c *deadShowCmd) Run(ctx context.Context, s streams) error {
	a, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	l, err := a.Broker.DeadLetter(ctx, c.Sequence)
	if err := errors.Join(err, a.Close()); errors.Is(err, broker.ErrNoDeadLetter) {
		return &exit{exitRejected, err}
	} else if err != nil {
		return &exit{exitUsage, err}
	}
	w := s.out
	fmt.Fprintf(w, "sequence: %d\nid: %s\nsubject: %s\npublished: %s\nrefused: %s\nreason: %s\n",
		l.Sequence, l.ID, l.Subject, moment(l.Published), moment(l.At), printable(l.Reason))
	for _, t := range l.Replays {
		fmt.Fprintf(w, "replayed: %s\n", moment(t))
	}
	for _, name := range slices.Sorted(maps.Keys(l.Header)) {
		for _, value := range l.Header[name] {
			fmt.Fprintf(w, "header %s: %s\n", printable(name), printable(value))
		}
	}
	fmt.Fprintln(w)
	if _, err := w.Write(l.Data); err != nil {
		return &exit{exitUsage, err}
	}
	if len(l.Data) > 0 && l.Data[len(l.Data)-1] != '\n' {
		fmt.Fprintln(w)
	}
	return nil
}

// deadReplayCmd is `invoicelink dead replay`.
type deadReplayCmd struct {
	Sequences []uint64 `arg:"" name:"seq" help:"Their numbers in dead list."`
	deadFlags
}

// Run publishes the dead letters again. An unknown one is reported, and the others go
// on.
func (c *deadReplayCmd) Run(ctx context.Context, s streams) error {
	a, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	var unknown []error
	for _, n := range c.Sequences {
		l, err := a.Broker.DeadLetter(ctx, n)
		if errors.Is(err, broker.ErrNoDeadLetter) {
			unknown = append(unknown, err)
			continue
		}
		if err == nil {
			err = a.Broker.Replay(ctx, l)
		}
		if err != nil {
			return &exit{exitLeft, errors.Join(err, a.Close())}
		}
		fmt.Fprintf(s.out, "replayed %d: %s about %s\n", n, l.Subject, l.Key)
	}
	if err := a.Close(); err != nil {
		return &exit{exitUsage, err}
	}
	if err := errors.Join(unknown...); err != nil {
		return &exit{exitRejected, err}
	}
	return nil
}

// printable keeps what a stranger wrote from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '·'
		}
		return r
	}, s)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"invoicelink/worker/app"
	"invoicelink/worker/batch"
	"invoicelink/worker/ledger"
)

// summary is what a run ends with, besides the upload itself.
type summary struct {
	out         string
	results     []string
	left        int   // requests in the queue; below zero if the broker did not say
	expired     int   // expired links
	ended       error // why the run ended early
	idleTimeout time.Duration
	listed      bool // each failure has been shown as it came
}

// mostFailures bounds the list at the end; the results hold all of them.
const mostFailures = 20

func summarize(w io.Writer, u *batch.Upload, s summary) {
	c := u.Count()
	fmt.Fprintf(w, "\n%d issued", c.Good)
	if c.Repeated > 0 {
		fmt.Fprintf(w, " (%d of them before)", c.Repeated)
	}
	fmt.Fprintf(w, ", %d rejected or failed", c.Bad+c.Refused)
	if c.Open > 0 {
		fmt.Fprintf(w, ", %d left", c.Open)
	}
	fmt.Fprintf(w, " in %s\n", s.out)
	if !s.listed {
		listFailures(w, u)
	}
	for _, path := range s.results {
		fmt.Fprintf(w, "results: %s\n", path)
	}
	if s.expired > 0 {
		fmt.Fprintf(w, "%s expired; \"invoicelink renew --due\" makes new ones\n", plural(s.expired, "payment link has", "payment links have"))
	}
	switch {
	case s.ended == nil:
		return
	case errors.Is(s.ended, app.ErrIdle):
		fmt.Fprintf(w, "no call to the checkout API succeeded for %v; %s. Run the same command again to resume\n", s.idleTimeout, s.queued())
	case errors.Is(s.ended, context.Canceled):
		fmt.Fprintf(w, "stopped; %s. Run the same command again to resume\n", s.queued())
	default:
		fmt.Fprintf(w, "ended early: %v; %s. Run the same command again to resume\n", s.ended, s.queued())
	}
}

// queued says what the next run finds.
func (s summary) queued() string {
	if s.left < 0 {
		return "what was requested stays queued"
	}
	return plural(s.left, "request stays", "requests stay") + " queued"
}

func listFailures(w io.Writer, u *batch.Upload) {
	first, more, err := u.Failures(mostFailures)
	for _, o := range first {
		fmt.Fprintf(w, "  %s %s (%s): %s\n", o.State, o.Number, u.Place(o.RequestID), o.Error)
	}
	switch {
	case err != nil:
		fmt.Fprintf(w, "  failures are not listed: %v\n", err)
	case more > 0:
		fmt.Fprintf(w, "  … and %d more: see the results\n", more)
	}
}

// writeProblems lists what the files' reader found: every problem, by cell.
func writeProblems(w io.Writer, u *batch.Upload) (problems int) {
	for _, book := range u.Books {
		var lines []string
		for _, p := range book.Problems {
			lines = append(lines, p.String())
		}
		for _, e := range book.Entries {
			for _, p := range e.Problems {
				if p.Question == "" { // printQuestions has the others, once each
					lines = append(lines, p.String())
				}
			}
		}
		problems += len(lines)
		if len(lines) > 0 {
			fmt.Fprintf(w, "%s: %s\n  %s\n", book.Name, plural(len(lines), "problem", "problems"), strings.Join(lines, "\n  "))
		}
	}
	return problems
}

// countExpired counts the issued invoices whose link has expired.
func countExpired(ctx context.Context, l *ledger.Ledger, now time.Time) (int, error) {
	x, err := l.Index(ctx)
	if err != nil {
		return 0, err
	}
	return x.Count(onDemand, now).Due, x.Unread()
}

// onDemand asks whether a link has expired, whoever renews it.
var onDemand = ledger.RenewalPolicy{Mode: ledger.RenewManual}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

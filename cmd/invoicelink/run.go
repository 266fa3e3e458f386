package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/app"
	"invoicelink/worker/batch"
	"invoicelink/worker/event"
)

// runCmd is `invoicelink run`.
type runCmd struct {
	Files  []string `arg:"" name:"file" type:"path" help:"Spreadsheets (.xlsx, .csv) in the layout that \"invoicelink template\" writes."`
	Seller string   `type:"path" help:"Profile of the seller, a YAML file." placeholder:"FILE"`
	Out    string   `type:"path" help:"Directory for PDFs and results." default:"out" placeholder:"DIR"`
	storeFlags
	checkoutFlags
	sheetFlags
	workFlags
	logFlags
}

// Run reads and checks the files, publishes their invoices as requests, waits
// for the answers and writes the results.
func (c *runCmd) Run(ctx context.Context, s streams) error {
	memory.Store(&printing)
	config, upload, err := c.prepare(ctx, s)
	if err != nil {
		return &exit{exitUsage, err}
	}
	for _, book := range upload.Books {
		printNotes(s.err, book)
		printQuestions(s.err, book)
	}
	writeProblems(s.err, upload)
	show := newProgress(s.out, upload.Len(), upload.Place)
	config.Worker.OnOutcome = show.retried
	a, err := app.Open(ctx, config)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer closeAndLog(config.Log, a)
	if a.Unreachable != nil {
		fmt.Fprintf(s.err, "checkout API does not answer yet; invoices are queued and tried again: %v\n", a.Unreachable)
	}
	order := batch.PublishOptions{Seller: config.Seller, By: whoami(), AcceptRounding: c.AcceptRounding}
	if a.LocalDirectories() {
		order.Out = c.Out
	}
	if err := upload.Publish(ctx, a.Broker, a.Ledger, order); err != nil {
		return &exit{exitLeft, err}
	}
	ended := a.RunWhile(ctx, func(ctx context.Context) error {
		answered := 0
		if err := upload.Wait(ctx, a.Broker, func(o event.Status) {
			show.answered(o)
			if answered++; answered%indexEvery == 0 {
				_, _ = a.Ledger.Index(ctx) // what goes wrong goes wrong at the end again, see countExpired
			}
		}); err != nil {
			return err
		}
		return a.Drain(ctx)
	})
	show.end()
	if !a.LocalDirectories() {
		ended = errors.Join(ended, c.collect(context.WithoutCancel(ctx), a, upload))
	}
	return c.finish(s, a, upload, ended)
}

// indexEvery is after how many answers the index of the ledger is brought up to
// date, which counts the expired links at the end of a run. All records of
// 100,000 invoices read at the end take 130 MB of the broker's and the client's
// memory, and no less time.
const indexEvery = 2000

// prepare checks all that can be checked before anything is started, and
// reports everything that is wrong at once.
func (c *runCmd) prepare(ctx context.Context, s streams) (app.Config, *batch.Upload, error) {
	var all problems
	config := all.config(s.err, c.logger(s.err, slog.LevelError), c.storeFlags, &c.checkoutFlags)
	all.work(&config, c.workFlags)
	seller, err := c.seller(c.Seller, s.err)
	all.add(err)
	config.Seller, config.Worker.Legal = seller, c.Legal
	currency := ""
	if seller != nil {
		currency = seller.Currency
	}
	options, err := c.options(currency, seller)
	all.add(err)
	if err != nil {
		return config, nil, all.err()
	}
	upload, err := batch.Read(ctx, c.Files, options)
	all.add(err)
	if all.err() == nil { // last, since it makes the directory
		all.add(writable(c.Out))
	}
	return config, upload, all.err()
}

// writable creates the directory if it is missing and tries to write there, so
// that it is known before the first link is made.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	probe, err := os.CreateTemp(dir, ".invoicelink-probe-*")
	if err != nil {
		return fmt.Errorf("--out: cannot write into %s: %w", dir, errors.Unwrap(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// collect brings the PDFs that a fleet has made into the directory.
func (c *runCmd) collect(ctx context.Context, a *app.App, upload *batch.Upload) error {
	return a.Collect(ctx, upload.WithPage(), c.Out)
}

// countTimeout bounds the questions to the broker at the end of a run, which
// does not answer if the disk is full.
const countTimeout = 20 * time.Second

// finish writes the results and the summary, and decides the exit code.
func (c *runCmd) finish(s streams, a *app.App, upload *batch.Upload, ended error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // also after ^C: the results are owed
	defer cancel()
	paths, err := upload.WriteResults(ctx, c.Out)
	if err != nil {
		fmt.Fprintln(s.err, "invoicelink:", err)
	}
	out, absErr := filepath.Abs(c.Out)
	if absErr != nil {
		out = c.Out
	}
	asking, stop := context.WithTimeout(ctx, countTimeout)
	defer stop()
	left, leftErr := a.Broker.Waiting(asking)
	if leftErr != nil {
		left = -1
	}
	expired, expiredErr := countExpired(asking, a.Ledger, time.Now())
	for _, e := range []error{leftErr, expiredErr} {
		if e != nil {
			fmt.Fprintln(s.err, "invoicelink:", e)
		}
	}
	summarize(s.out, upload, summary{out: out, results: paths, left: left, expired: expired, ended: ended, listed: !isTerminal(s.out), idleTimeout: c.IdleTimeout.value()})
	count := upload.Count()
	switch {
	case errors.Is(ended, checkout.ErrCredentials):
		return &exit{exitLeft, ended}
	case ended != nil || count.Open > 0 || err != nil:
		return &exit{code: exitLeft}
	case count.Bad > 0 || count.Refused > 0:
		return &exit{code: exitRejected}
	}
	return nil
}

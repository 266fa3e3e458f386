package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/invoice/sheet"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/batch"
	"invoicelink/worker/ledger"
)

// runCmd is `invoicelink run`.
type runCmd struct {
	Files  []string `arg:"" name:"file" type:"path" help:"Spreadsheets (.xlsx, .csv) in the layout that \"invoicelink template\" writes."`
	Seller string   `type:"path" help:"Profile of the seller, a YAML file." placeholder:"FILE"`
	Out    string   `type:"path" help:"Directory for PDFs and results." default:"out" placeholder:"DIR"`
	storeFlags
	checkoutFlags
	sheetFlags
	Concurrency int      `help:"Invoices in hand at once." default:"8" placeholder:"N"`
	Patience    duration `help:"End with work left when no call succeeded for so long." default:"5m" placeholder:"DURATION"`
	GiveUpAfter duration `help:"Age at which temporary troubles count as final." default:"72h" placeholder:"DURATION"`
	logFlags
}

// sheetFlags say how spreadsheets are read.
type sheetFlags struct {
	MaxRows        int               `help:"Most rows a spreadsheet may have." default:"100000" placeholder:"N"`
	AcceptRounding bool              `help:"Take over claimed totals that differ by at most 0.01 a line, as rounding."`
	Column         map[string]string `help:"Read a column as one of ours: --column \"Bill ref=Invoice number\". \"-\" leaves it alone. Repeatable." placeholder:"HEADER=FIELD"`
	SheetName      string            `name:"sheet" help:"Sheet to read. Default: the first." placeholder:"NAME"`
}

func (f sheetFlags) options(currency string) sheet.Options {
	return sheet.Options{
		MaxRows: f.MaxRows, AcceptRounding: f.AcceptRounding, Columns: f.Column, Sheet: f.SheetName,
		Currency: currency, Check: pdf.Printable,
	}
}

// errPatience is the cause of a wait that ended because nothing succeeded.
var errPatience = errors.New("no call to the checkout API succeeded")

// Run is the whole way of the files: read, publish, wait, annotate.
func (c *runCmd) Run(ctx context.Context, s streams) error {
	seller, upload, dir, err := c.prepare(ctx)
	if err != nil {
		return &exit{exitUsage, err}
	}
	log := c.logger(s.err, slog.LevelError)
	tellProblems(s.err, upload)

	calls := &lastSuccess{}
	st, err := openStore(ctx, c.storeFlags, dir, log, s.err)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer func() { closing(log, "broker", st.close) }()
	acc, err := openAccount(&c.checkoutFlags, st, dir, log, calls.observe)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer func() { closing(log, "sandbox", acc.close) }()
	if err := st.ledger.Own(ctx, ledger.Owner{Seller: seller.VATID, Account: acc.name}); err != nil {
		return &exit{exitUsage, err}
	}
	if err := acc.client.Authenticate(ctx); errors.Is(err, checkout.ErrCredentials) {
		return &exit{exitUsage, err}
	} else if err != nil {
		fmt.Fprintf(s.err, "checkout API does not answer yet; invoices are queued and tried again: %v\n", err)
	}
	pdfs, err := openArchives(ctx, st, 0)
	if err != nil {
		return &exit{exitUsage, err}
	}
	order := batch.Order{Seller: seller, AcceptRounding: c.AcceptRounding}
	if st.exclusive {
		order.Out = c.Out
	}
	if err := upload.Publish(ctx, st.broker, st.ledger, order); err != nil {
		return &exit{exitLeft, err}
	}
	calls.touch()
	waited := c.work(ctx, s, st, acc, pdfs, seller, upload, calls, log)
	if !st.exclusive {
		if err := collect(context.WithoutCancel(ctx), st, pdfs, upload, c.Out); err != nil {
			waited = errors.Join(waited, err)
		}
	}
	return c.finish(s, st, upload, waited)
}

// prepare checks all that can be checked before anything is started, and says
// everything that is wrong at once.
func (c *runCmd) prepare(ctx context.Context) (*invoice.Seller, *batch.Upload, string, error) {
	var all []error
	if err := c.checkoutFlags.problems(); err != nil {
		all = append(all, err)
	}
	dir, err := c.directory(c.Sandbox)
	if err != nil {
		all = append(all, err)
	}
	seller, err := readSeller(c.Seller)
	if err != nil {
		all = append(all, err)
	}
	currency := ""
	if seller != nil {
		currency = seller.Currency
	}
	upload, err := batch.Read(ctx, c.Files, c.options(currency))
	if err != nil {
		all = append(all, err)
	}
	if len(all) == 0 { // last, since it makes the directory
		if err := writable(c.Out); err != nil {
			all = append(all, err)
		}
	}
	return seller, upload, dir, errors.Join(all...)
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

// work lets a worker loose until every invoice of the files, and what an
// earlier run left in the queue, has its answer. It returns why it ended
// early, or nil.
func (c *runCmd) work(ctx context.Context, s streams, st *store, acc *account, pdfs *archives, seller *invoice.Seller, upload *batch.Upload, calls *lastSuccess, log *slog.Logger) error {
	show := newProgress(s.out, upload.Len(), upload.Place)
	defer show.end()
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := worker.New(worker.Config{
		Broker: st.broker, Ledger: st.ledger, Checkout: acc.client, Archive: pdfs.of, Seller: seller,
		Links: c.links(), Concurrency: c.Concurrency, GiveUpAfter: c.GiveUpAfter.value(),
		Exclusive: st.exclusive, Pause: acc.limit.Pause, Log: log,
		Report: func(o worker.Outcome) { show.note(o) },
	})
	working, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	var hands sync.WaitGroup
	hands.Go(func() {
		if err := w.Run(working); err != nil {
			stop(err)
		}
	})
	if st.server != nil {
		hands.Go(func() { watchHealth(waiting, st.server.Health, stop) })
	}
	hands.Go(func() { calls.watch(waiting, c.Patience.value(), func() { stop(errPatience) }) })

	err := upload.Wait(waiting, st.broker, show.answer)
	if err == nil {
		err = drain(waiting, st)
	}
	stop(err)
	halt()
	hands.Wait()
	return err
}

// drain waits until what earlier runs left in the queue has ended too.
func drain(ctx context.Context, st *store) error {
	for {
		n, err := st.broker.Waiting(ctx)
		if err != nil || n == 0 || !st.exclusive {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// collect brings the PDFs from the object store into the directory, where a
// fleet has made them: its workers do not know this machine's directories.
func collect(ctx context.Context, st *store, pdfs *archives, upload *batch.Upload, out string) error {
	dir, err := archive.Dir(out)
	if err != nil {
		return err
	}
	for _, o := range upload.Issued() {
		if err := fetch(ctx, st.ledger, pdfs.objects, dir, o.Number); err != nil {
			return fmt.Errorf("fetch the PDF of invoice %q: %w; the same command again fetches it", o.Number, err)
		}
	}
	return nil
}

func fetch(ctx context.Context, l *ledger.Ledger, from, to archive.Archive, number string) error {
	e, err := l.Read(ctx, number)
	if err != nil {
		return err
	}
	if has, err := to.Has(ctx, number, e.SHA256); err != nil || has {
		return err
	}
	r, _, err := from.Open(ctx, number, 0)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(r, archive.MaxBytes))
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	_, err = to.Put(ctx, archive.Document{Number: number, Revision: max(e.Printed, 1), Data: data}, e.KnownPDF)
	return err
}

// finish writes the results and says how it went.
func (c *runCmd) finish(s streams, st *store, upload *batch.Upload, waited error) error {
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
	left, leftErr := st.broker.Waiting(ctx)
	over, overErr := expired(ctx, st.ledger, time.Now())
	for _, e := range []error{leftErr, overErr} {
		if e != nil {
			fmt.Fprintln(s.err, "invoicelink:", e)
		}
	}
	summarize(s.out, upload, summary{out: out, results: paths, left: left, expired: over, waited: waited, told: !isTerminal(s.out), patience: c.Patience.value()})
	count := upload.Count()
	switch {
	case errors.Is(waited, checkout.ErrCredentials):
		return &exit{exitLeft, waited}
	case waited != nil || count.Open > 0 || err != nil:
		return &exit{code: exitLeft}
	case count.Bad > 0 || count.Refused > 0:
		return &exit{code: exitRejected}
	}
	return nil
}

func closing(log *slog.Logger, what string, close func() error) {
	if err := close(); err != nil {
		log.Error("close "+what, "error", err)
	}
}

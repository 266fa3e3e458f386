package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// progress shows how a run proceeds: a bar on a terminal, a line per invoice
// elsewhere.
type progress struct {
	mu      sync.Mutex
	out     io.Writer
	bar     *progressbar.ProgressBar
	waiting map[string]bool // shown once
	place   func(request string) string
}

func newProgress(out io.Writer, total int, place func(string) string) *progress {
	p := &progress{out: out, waiting: map[string]bool{}, place: place}
	if isTerminal(out) && total > 0 {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(out), progressbar.OptionShowCount(),
			progressbar.OptionSetDescription("invoices"), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth())
	}
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// answered shows the end of one invoice.
func (p *progress) answered(o event.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Add(1) // a bar that cannot be drawn is no reason to stop
		return
	}
	line := fmt.Sprintf("%-9s %s", o.State, o.Number)
	switch {
	case !o.Succeeded():
		line += " (" + p.place(o.RequestID) + "): " + o.Error
	case o.PDF != "":
		line += " → " + o.PDF
		if o.Repeated {
			line += " (issued before)"
		}
	}
	fmt.Fprintln(p.out, line)
}

// retried says, once per invoice, that one has to wait.
func (p *progress) retried(o worker.Outcome) {
	if o.Action != worker.ActionRetry || o.Number == "" || o.State == ledger.Issued {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil || p.waiting[o.Number] {
		return
	}
	p.waiting[o.Number] = true
	fmt.Fprintf(p.out, "%-9s %s: %v\n", "waiting", o.Number, o.Err)
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
		fmt.Fprintln(p.out)
	}
}

package worker_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"

	"invoicelink/worker/testkit/tool"
)

// TestBacklogAfterADayWithoutTheAPI lets many links expire at once while the
// API does not answer; when it does, each is renewed once and nothing is lost.
func TestBacklogAfterADayWithoutTheAPI(t *testing.T) {
	t.Parallel()
	many := 150
	if tool.IsLong() {
		many = 10_000
	}
	var waiting atomic.Int64
	down := make(chan struct{})
	r := newHarness(t, func(c *worker.Config) {
		short(c)
		c.Concurrency = 16
		c.OnOutcome = func(o worker.Outcome) {
			if o.Action == worker.ActionRetry && waiting.Add(1) == 50 {
				close(down)
			}
		}
	})
	r.sandboxAdopts()
	r.issuedYesterday(many)
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultServerError, Status: 503}))
	r.Start()
	select {
	case <-down:
	case <-time.After(time.Minute):
		t.Fatal("no renewal was tried while the API was down")
	}
	if n := len(r.Sandbox.Links()); n != 0 {
		t.Fatalf("%d links were made by an API that is down", n)
	}
	testkit.Must(t, r.Sandbox.SetFaults())
	renewed := map[string]int{}
	r.AwaitFor(8*time.Minute, func(s string, _ event.Status) bool {
		if strings.HasPrefix(s, "invoices.renewed.") {
			renewed[s]++
		} else {
			t.Errorf("event on %s", s)
		}
		return len(renewed) == many
	})
	if n := len(r.Sandbox.Links()); n != many {
		t.Errorf("%d links for %d renewals", n, many)
	}
	for subject, n := range renewed {
		if n != 1 {
			t.Errorf("%s: %d events", subject, n)
		}
	}
}

func (r *harness) sandboxAdopts() {
	testkit.Must(r.T, r.Sandbox.SetSwitches(sandbox.Switches{AdoptSessions: true, PollStatus: 501}))
}

// issuedYesterday writes records of invoices whose link expired a day ago.
func (r *harness) issuedYesterday(many int) {
	digest, err := r.Ledger.SaveSeller(r.T.Context(), r.Config.Seller)
	testkit.Must(r.T, err)
	over := r.Clock.Now().Add(-24 * time.Hour).UTC()
	var wg sync.WaitGroup
	for hand := range 8 {
		wg.Go(func() {
			for i := hand; i < many; i += 8 {
				inv := testkit.Invoice(fmt.Sprintf("N-%05d", i))
				inv.DueDate = invoice.Date(fmt.Sprintf("2026-12-%02d", 1+i%28))
				if err := r.Ledger.SaveInvoice(r.T.Context(), &inv); err != nil {
					r.T.Error(err)
					return
				}
				err := r.Put(ledger.Record{
					Number: inv.Number, State: ledger.Issued, Kind: invoice.KindInvoice, Digest: inv.Digest(), Seller: digest,
					Total: invoice.Money{Amount: "387.31", Currency: "EUR"}, Payable: invoice.Money{Amount: "387.31", Currency: "EUR"}, DueDate: inv.DueDate,
					SessionID: fmt.Sprintf("5f0c9a52-6f3e-4c7b-9d15-%012x", i), SessionFor: inv.Digest(), Environment: "sandbox",
					PDF: inv.Number + ".pdf", SHA256: strings.Repeat("0", 64), PDFBytes: 1, Printed: 1, IssuedAt: over.Add(-time.Hour), Requested: &ledger.Act{At: over.Add(-time.Hour)},
					Link: &ledger.Link{Revision: 1, ID: "1", URL: "https://pay.example.com/" + inv.Number, By: ledger.Act{Reason: "issue"},
						CreatedAt: over.Add(-time.Hour), ValidUntil: over, ExpiredBy: over},
				})
				if err != nil {
					r.T.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

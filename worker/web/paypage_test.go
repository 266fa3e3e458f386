package web_test

import (
	"strings"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// TestPaymentPageIsShown issues an invoice whose page shows the seller's own
// payment page instead of a link.
func TestPaymentPageIsShown(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Config.Links.PayPage = worker.PayPagePolicy{Base: "https://pay.example.com"}
	r.Start()
	p := r.person()
	path := p.issues("list.csv", list("A", 1)).Request.URL.Path
	shown := p.get("/invoices/A-0001")
	shown.has(t, `href="https://pay.example.com/I/`, "It does not expire.", `class="qr"`)
	if strings.Contains(shown.text, "/renew") {
		t.Error("a page that does not expire can be renewed")
	}
	p.get(path+"/links.csv").has(t, "https://pay.example.com/I/")
	eventually(t, "list", func() bool { return strings.Contains(p.get("/invoices").text, `data-copy="https://pay.example.com/I/`) })
}

// TestAttemptsToPayAreShown looks at an invoice that somebody wanted to pay.
func TestAttemptsToPayAreShown(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Config.Links.PayPage = worker.PayPagePolicy{Base: "https://pay.example.com"}
	r.Start()
	p := r.person()
	p.issues("list.csv", list("A", 1))
	e, err := r.Ledger.Read(t.Context(), "A-0001")
	testkit.Must(t, err)
	now := time.Now()
	testkit.Must(t, r.Ledger.Update(t.Context(), e, func(rec ledger.Record) (ledger.Record, error) {
		return rec.BeginAttempt(ledger.Attempt{ID: "a1", At: now, Until: now.Add(time.Hour), Amount: rec.AmountDue()})
	}))
	p.get("/invoices/A-0001").has(t, "Attempts to pay online: 1")
}

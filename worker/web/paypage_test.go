package web_test

import (
	"strings"
	"testing"

	"invoicelink/worker"
)

// TestPaymentPageIsShown issues an invoice whose page shows the seller's own
// payment page instead of a link.
func TestPaymentPageIsShown(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.work.Links.PayPage = worker.PayPagePolicy{Base: "https://pay.example.com"}
	r.startWorker()
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

package worker_test

import (
	"strings"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

const payBase = "https://pay.example.com"

func onPayPage(c *worker.Config) { c.Links.PayPage.Base = payBase }

// With a payment page nothing is made at the API: the page shows the address,
// and so do event and record.
func TestPayPageIsPrintedInsteadOfALink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, onPayPage)
	r.Start()
	r.Publish("invoices.requested", testkit.Invoice("2026-0001"))
	e := r.Subject("invoices.issued.2026-0001", 1)
	rec := r.Record("2026-0001")
	want := payBase + "/I/" + rec.PayPage.Token
	if e.PayPage != want || e.PaymentLink != want || !e.ExpiresAt.IsZero() || e.QRSource != "drawn" {
		t.Errorf("event has payPage %q, paymentLink %q until %s, QR code %s; want %s, which does not expire", e.PayPage, e.PaymentLink, e.ExpiresAt, e.QRSource, want)
	}
	if rec.State != ledger.Issued || rec.Link != nil || rec.PayPage.Size != 29 {
		t.Errorf("record is %s with link %v and a code of %d modules; want issued, none, 29", rec.State, rec.Link, rec.PayPage.Size)
	}
	if n := len(r.Sandbox.Sessions()) + len(r.Sandbox.Links()); n != 0 {
		t.Errorf("%d sessions and links were made, want none", n)
	}
	if got, err := r.Ledger.ReadByToken(t.Context(), rec.PayPage.Token); err != nil || got.Number != "2026-0001" {
		t.Errorf("token names %v, %v", got, err)
	}
	// The same request again is the same page.
	r.Publish("invoices.requested", testkit.Invoice("2026-0001"))
	if again := r.Subject("invoices.issued.2026-0001", 2); again.SHA256 != e.SHA256 || !again.Repeated || again.PayPage != want {
		t.Errorf("again: %s, repeated %t, %s; want %s, true, %s", again.SHA256, again.Repeated, again.PayPage, e.SHA256, want)
	}
	// Nothing is to be renewed.
	r.Publish("invoices.renew", event.Renew{Number: "2026-0001"})
	if refused := r.Subject("invoices.rejected.2026-0001", 1); refused.Code != "pay-page" {
		t.Errorf("a renewal is refused with code %q, want pay-page", refused.Code)
	}
}

func TestLinksAndPayPageTakeTurns(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	stop := r.Start()
	r.Publish("invoices.requested", testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	stop()
	onPayPage(&r.Config)
	r.Clock.Advance(90 * 24 * time.Hour)
	stop = r.Start()
	r.Publish("invoices.renew", event.Renew{Number: "A-1"})
	second := r.Subject("invoices.renewed.A-1", 1)
	if second.Revision != 2 || second.PayPage == "" || second.PaymentLink != second.PayPage || second.PreviousPaymentLink != first.PaymentLink {
		t.Errorf("revision %d shows %s (page %s), before it %s", second.Revision, second.PaymentLink, second.PayPage, second.PreviousPaymentLink)
	}
	stop()
	r.Config.Links.PayPage = worker.PayPagePolicy{}
	r.Start()
	r.Publish("invoices.renew", event.Renew{Number: "A-1"})
	third := r.Subject("invoices.renewed.A-1", 2)
	if third.Revision != 3 || third.PayPage != second.PayPage || third.PaymentLink == third.PayPage || third.ExpiresAt.IsZero() {
		t.Errorf("revision %d shows %s (page %s)", third.Revision, third.PaymentLink, third.PayPage)
	}
}

// Via the link's url: the returned code is printed if it leads to our page.
func TestPayPageViaURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, source string }{{"page", "returned"}, {"provider", "drawn"}} {
		t.Run(c.target, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, func(c *worker.Config) { c.Links.PayPage = worker.PayPagePolicy{Base: payBase, ViaURL: true} })
			testkit.Must(t, r.Sandbox.SetSwitches(sandbox.Switches{LinkTarget: c.target}))
			r.Start()
			r.Publish("invoices.requested", testkit.Invoice("B-1"))
			e := r.Subject("invoices.issued.B-1", 1)
			if e.QRSource != c.source || !strings.HasPrefix(e.PaymentLink, e.PayPage) || (c.source == "drawn") != (e.QRNote != "") {
				t.Errorf("printed %s with a code that is %s (%s), want %s", e.PaymentLink, e.QRSource, e.QRNote, c.source)
			}
			if links := r.Sandbox.Links(); len(links) != 1 || links[0].PageURL != e.PayPage {
				t.Errorf("links are %+v, want one with the url %s", links, e.PayPage)
			}
			if rec := r.Record("B-1"); rec.SessionID == "" || rec.State != ledger.Issued {
				t.Errorf("record is %s with session %q", rec.State, rec.SessionID)
			}
		})
	}
}

// A worker dies before each step; the next one issues the invoice with one
// token.
func TestPayPageSurvivesKills(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"record accepted", "take token", "record payment page", "store page", "record page", "publish event"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, onPayPage)
			w := worker.New(r.Config)
			ended := make(chan struct{})
			w.EndAt(step, func() { close(ended) })
			r.StartWorker(w)
			r.Publish("invoices.requested", testkit.Invoice("C-1"))
			<-ended
			r.Start()
			e := r.Subject("invoices.issued.C-1", 1)
			if rec := r.Record("C-1"); rec.PayPage.Address() != e.PayPage || rec.Printed != 1 || rec.SHA256 != e.SHA256 {
				t.Errorf("record has %s and page %d, the event %s", rec.PayPage.Address(), rec.Printed, e.PayPage)
			}
		})
	}
}

func TestCreditNoteTakesTheInvoiceBack(t *testing.T) {
	t.Parallel()
	r := newHarness(t, onPayPage)
	r.Start()
	r.Publish("invoices.requested", testkit.Invoice("D-1"))
	r.Subject("invoices.issued.D-1", 1)
	note := testkit.Invoice("D-2")
	note.Kind, note.OriginalInvoice = invoice.KindCreditNote, "D-1"
	note.DueDate = ""
	r.Publish("invoices.requested", note)
	r.Subject("invoices.issued.D-2", 1)
	rec := r.Record("D-1")
	if got := rec.PayState(r.Clock.Now()); got != ledger.PayReplaced || len(rec.Credits) != 1 {
		t.Errorf("page says %s with %+v, want %s", got, rec.Credits, ledger.PayReplaced)
	}
}

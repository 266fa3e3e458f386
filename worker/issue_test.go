package worker_test

import (
	"invoicelink/worker/settlement"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

func TestRequestBecomesAPublishedPage(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	r.publish(event.SubjectRequested, sample("2026/1"))
	e := r.subject("invoices.issued.2026=2F1", 1)

	links := r.sandbox.Links()
	if len(links) != 1 {
		t.Fatalf("%d links were made, want 1", len(links))
	}
	rec := r.record("2026/1")
	if rec.State != ledger.Issued || rec.Link.URL != links[0].URL || e.PaymentLink != links[0].URL {
		t.Errorf("record %s %s, event %s, sandbox %s", rec.State, rec.Link.URL, e.PaymentLink, links[0].URL)
	}
	if e.Payable != "387.31" || rec.Payable.Fixed() != "387.31" || string(r.sandbox.Sessions()[0].Amount) != "387.31" {
		t.Errorf("payable: event %s, record %s, session %s", e.Payable, rec.Payable, r.sandbox.Sessions()[0].Amount)
	}
	if _, err := os.Stat(filepath.Join(r.out, e.PDF)); err != nil {
		t.Error(err)
	}
	if e.Repeated || e.SHA256 != rec.SHA256 || e.Revision != 1 || e.Environment != "sandbox" {
		t.Errorf("event: %+v", e)
	}
}

func TestSameRequestAgainGivesTheSameResult(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	first := r.subject("invoices.issued.A-1", 1)
	path := filepath.Join(r.out, first.PDF)
	before, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Remove(path))

	r.publish(event.SubjectRequested, sample("A-1"))
	second := r.subject("invoices.issued.A-1", 2)
	after, err := os.ReadFile(path)
	must(t, err)
	if string(before) != string(after) {
		t.Error("the page drawn again differs")
	}
	if !second.Repeated || second.PaymentLink != first.PaymentLink || len(r.sandbox.Links()) != 1 {
		t.Errorf("second answer %+v, %d links", second, len(r.sandbox.Links()))
	}
}

func TestOtherContentUnderANumberThatIsOutIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	r.subject("invoices.issued.A-1", 1)
	other := sample("A-1")
	other.Lines[0].UnitPrice = "1"
	r.publish(event.SubjectRequested, other)
	e := r.subject("invoices.rejected.A-1", 1)
	if !strings.Contains(e.Error, "387.31 EUR") || !strings.Contains(e.Error, "16.25 EUR") {
		t.Errorf("the refusal does not name both amounts: %s", e.Error)
	}
	if rec := r.record("A-1"); rec.State != ledger.Issued || rec.Error != "" || rec.Payable.Fixed() != "387.31" {
		t.Errorf("the refusal touched the record: %+v", rec)
	}
}

func TestRejectedInvoiceIsCorrectedAndSentAgain(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	wrong := sample("A-1")
	wrong.Currency = "XXQ"
	r.publish(event.SubjectRequested, wrong)
	e := r.subject("invoices.rejected.A-1", 1)
	if len(e.Problems) != 1 || e.Problems[0].Path != "$.currency" {
		t.Errorf("problems: %+v", e.Problems)
	}
	if rec := r.record("A-1"); rec.State != ledger.Rejected {
		t.Errorf("state %s", rec.State)
	}
	r.publish(event.SubjectRequested, sample("A-1"))
	r.subject("invoices.issued.A-1", 1)
	if rec := r.record("A-1"); rec.State != ledger.Issued || rec.Error != "" {
		t.Errorf("record after the correction: %+v", rec)
	}
}

func TestCreditNoteAndNothingPayableHaveNoLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	credit := sample("C-1")
	credit.Kind, credit.DueDate, credit.OriginalInvoice = invoice.KindCreditNote, "", "A-1"
	prepaid := sample("A-2")
	prepaid.Prepaid = "387.31"
	r.publish(event.SubjectRequested, credit)
	r.publish(event.SubjectRequested, prepaid)
	for _, number := range []string{"C-1", "A-2"} {
		e := r.subject("invoices.issued."+number, 1)
		if e.PaymentLink != "" || e.PDF == "" || e.SessionID != "" {
			t.Errorf("%s: %+v", number, e)
		}
	}
	if n := len(r.sandbox.Sessions()); n != 0 {
		t.Errorf("%d sessions were made", n)
	}
}

func TestSessionIdBelongsToOneInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	session := r.subject("invoices.issued.A-1", 1).SessionID
	thief := sample("A-2")
	thief.SessionID = session
	r.publish(event.SubjectRequested, thief)
	e := r.subject("invoices.rejected.A-2", 1)
	if !strings.Contains(e.Error, `"A-1"`) || !strings.Contains(e.Error, `"A-2"`) {
		t.Errorf("the refusal does not name both: %s", e.Error)
	}
}

func TestWrongQRCode(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]bool{"refused": false, "drawn": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, func(c *worker.Config) { c.Links.DrawOnMismatch = draw })
			must(t, r.sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultWrongQR, Op: sandbox.OpLink}))
			r.start()
			r.publish(event.SubjectRequested, sample("A-1"))
			if !draw {
				e := r.subject("invoices.failed.A-1", 1)
				link := r.sandbox.Links()[0]
				if !strings.Contains(e.Error, link.URL) || !strings.Contains(e.Error, link.QR) {
					t.Errorf("the reason does not name both links: %s", e.Error)
				}
				return
			}
			e := r.subject("invoices.issued.A-1", 1)
			if e.QRSource != "drawn" || e.QRNote == "" {
				t.Errorf("QR %+v", e.QRNote)
			}
		})
	}
}

func TestTemporaryTroubleEndsInAnIssuedInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	must(t, r.sandbox.SetFaults(
		sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpSession, Next: 1},
		sandbox.Fault{Kind: sandbox.FaultTruncate, Op: sandbox.OpLink, Next: 1},
	))
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	e := r.subject("invoices.issued.A-1", 1)
	links := r.sandbox.Links()
	if e.PaymentLink != links[len(links)-1].URL {
		t.Errorf("issued %s, the last link is %s", e.PaymentLink, links[len(links)-1].URL)
	}
}

func TestForeignFileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	path := filepath.Join(r.out, "A-1.pdf")
	must(t, os.WriteFile(path, []byte("somebody else's"), 0o600))
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	e := r.subject("invoices.failed.A-1", 1)
	data, err := os.ReadFile(path)
	must(t, err)
	if string(data) != "somebody else's" || !strings.Contains(e.Error, path) {
		t.Errorf("file %q, error %s", data, e.Error)
	}
}

func TestPaidWhileInHandPrintsNoLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { c.Links.Validity = time.Hour })
	r.publish(event.SubjectRequested, sample("A-1"))
	r.endAt("record page") // the page with the link lies there, and nobody knows
	settler := settlement.Recorder{Broker: r.broker, Ledger: r.ledger, Now: r.clock.now}
	_, err := settler.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCommand})
	must(t, err)
	r.clock.advance(2 * time.Hour) // and its link is over
	r.start()
	r.await(func(s string, e event.Status) bool { return s == "invoices.settled.A-1" && e.PDF != "" })
	rec := r.record("A-1")
	if rec.State != ledger.Paid || rec.LinkRevision() != 1 || len(r.sandbox.Links()) != 1 {
		t.Errorf("a paid invoice got another link: revision %d, %d links", rec.LinkRevision(), len(r.sandbox.Links()))
	}
	before, err := os.ReadFile(filepath.Join(r.out, rec.PDF))
	must(t, err)
	if strings.Contains(string(before), rec.Link.URL) {
		t.Error("the page of a paid invoice shows the link")
	}
	must(t, os.Remove(filepath.Join(r.out, rec.PDF)))
	r.publish(event.SubjectRequested, sample("A-1"))
	r.await(func(s string, e event.Status) bool { return s == "invoices.settled.A-1" && e.Repeated })
	after, err := os.ReadFile(filepath.Join(r.out, rec.PDF))
	must(t, err)
	if string(before) != string(after) {
		t.Error("the page drawn again differs")
	}
}

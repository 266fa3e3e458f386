package worker_test

import (
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
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
)

func TestRequestBecomesAPublishedPage(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("2026/1"))
	e := r.Subject("invoices.issued.2026=2F1", 1)

	links := r.Sandbox.Links()
	if len(links) != 1 {
		t.Fatalf("%d links were made, want 1", len(links))
	}
	rec := r.Record("2026/1")
	if rec.State != ledger.Issued || rec.Link.URL != links[0].URL || e.PaymentLink != links[0].URL {
		t.Errorf("record %s %s, event %s, sandbox %s", rec.State, rec.Link.URL, e.PaymentLink, links[0].URL)
	}
	if e.Payable != "387.31" || rec.Payable.Fixed() != "387.31" || string(r.Sandbox.Sessions()[0].Amount) != "387.31" {
		t.Errorf("payable: event %s, record %s, session %s", e.Payable, rec.Payable, r.Sandbox.Sessions()[0].Amount)
	}
	if _, err := os.Stat(filepath.Join(r.Out, e.PDF)); err != nil {
		t.Error(err)
	}
	if e.Repeated || e.SHA256 != rec.SHA256 || e.Revision != 1 || e.Environment != "sandbox" {
		t.Errorf("event: %+v", e)
	}
}

func TestSameRequestAgainGivesTheSameResult(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	path := filepath.Join(r.Out, first.PDF)
	before, err := os.ReadFile(path)
	testkit.Must(t, err)
	testkit.Must(t, os.Remove(path))

	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	second := r.Subject("invoices.issued.A-1", 2)
	after, err := os.ReadFile(path)
	testkit.Must(t, err)
	if string(before) != string(after) {
		t.Error("the page drawn again differs")
	}
	if !second.Repeated || second.PaymentLink != first.PaymentLink || len(r.Sandbox.Links()) != 1 {
		t.Errorf("second answer %+v, %d links", second, len(r.Sandbox.Links()))
	}
}

func TestOtherContentUnderANumberThatIsOutIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	other := testkit.Invoice("A-1")
	other.Lines[0].UnitPrice = "1"
	r.Publish(event.SubjectRequested, other)
	e := r.Subject("invoices.rejected.A-1", 1)
	if !strings.Contains(e.Error, "387.31 EUR") || !strings.Contains(e.Error, "16.25 EUR") {
		t.Errorf("the refusal does not name both amounts: %s", e.Error)
	}
	if rec := r.Record("A-1"); rec.State != ledger.Issued || rec.Error != "" || rec.Payable.Fixed() != "387.31" {
		t.Errorf("the refusal touched the record: %+v", rec)
	}
}

func TestRejectedInvoiceIsCorrectedAndSentAgain(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	wrong := testkit.Invoice("A-1")
	wrong.Currency = "XXQ"
	r.Publish(event.SubjectRequested, wrong)
	e := r.Subject("invoices.rejected.A-1", 1)
	if len(e.Problems) != 1 || e.Problems[0].Path != "$.currency" {
		t.Errorf("problems: %+v", e.Problems)
	}
	if rec := r.Record("A-1"); rec.State != ledger.Rejected {
		t.Errorf("state %s", rec.State)
	}
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	if rec := r.Record("A-1"); rec.State != ledger.Issued || rec.Error != "" {
		t.Errorf("record after the correction: %+v", rec)
	}
}

func TestCreditNoteAndNothingPayableHaveNoLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	credit := testkit.Invoice("C-1")
	credit.Kind, credit.DueDate, credit.OriginalInvoice = invoice.KindCreditNote, "", "A-1"
	prepaid := testkit.Invoice("A-2")
	prepaid.Prepaid = "387.31"
	r.Publish(event.SubjectRequested, credit)
	r.Publish(event.SubjectRequested, prepaid)
	for _, number := range []string{"C-1", "A-2"} {
		e := r.Subject("invoices.issued."+number, 1)
		if e.PaymentLink != "" || e.PDF == "" || e.SessionID != "" {
			t.Errorf("%s: %+v", number, e)
		}
	}
	if n := len(r.Sandbox.Sessions()); n != 0 {
		t.Errorf("%d sessions were made", n)
	}
}

func TestSessionIdBelongsToOneInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	session := r.Subject("invoices.issued.A-1", 1).SessionID
	thief := testkit.Invoice("A-2")
	thief.SessionID = session
	r.Publish(event.SubjectRequested, thief)
	e := r.Subject("invoices.rejected.A-2", 1)
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
			testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultWrongQR, Op: sandbox.OpLink}))
			r.Start()
			r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
			if !draw {
				e := r.Subject("invoices.failed.A-1", 1)
				link := r.Sandbox.Links()[0]
				if !strings.Contains(e.Error, link.URL) || !strings.Contains(e.Error, link.QR) {
					t.Errorf("the reason does not name both links: %s", e.Error)
				}
				return
			}
			e := r.Subject("invoices.issued.A-1", 1)
			if e.QRSource != "drawn" || e.QRNote == "" {
				t.Errorf("QR %+v", e.QRNote)
			}
		})
	}
}

func TestTemporaryTroubleEndsInAnIssuedInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	testkit.Must(t, r.Sandbox.SetFaults(
		sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpSession, Next: 1},
		sandbox.Fault{Kind: sandbox.FaultTruncate, Op: sandbox.OpLink, Next: 1},
	))
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	e := r.Subject("invoices.issued.A-1", 1)
	links := r.Sandbox.Links()
	if e.PaymentLink != links[len(links)-1].URL {
		t.Errorf("issued %s, the last link is %s", e.PaymentLink, links[len(links)-1].URL)
	}
}

func TestForeignFileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	path := filepath.Join(r.Out, "A-1.pdf")
	testkit.Must(t, os.WriteFile(path, []byte("somebody else's"), 0o600))
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	e := r.Subject("invoices.failed.A-1", 1)
	data, err := os.ReadFile(path)
	testkit.Must(t, err)
	if string(data) != "somebody else's" || !strings.Contains(e.Error, path) {
		t.Errorf("file %q, error %s", data, e.Error)
	}
}

func TestPaidWhileInHandPrintsNoLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { c.Links.Validity = time.Hour })
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.endAt("record page") // the page with the link lies there, and nobody knows
	settler := settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Now: r.Clock.Now}
	_, err := settler.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCommand})
	testkit.Must(t, err)
	r.Clock.Advance(2 * time.Hour) // and its link is over
	r.Start()
	r.Await(func(s string, e event.Status) bool { return s == "invoices.settled.A-1" && e.PDF != "" })
	rec := r.Record("A-1")
	if rec.State != ledger.Paid || rec.LinkRevision() != 1 || len(r.Sandbox.Links()) != 1 {
		t.Errorf("a paid invoice got another link: revision %d, %d links", rec.LinkRevision(), len(r.Sandbox.Links()))
	}
	before, err := os.ReadFile(filepath.Join(r.Out, rec.PDF))
	testkit.Must(t, err)
	if strings.Contains(string(before), rec.Link.URL) {
		t.Error("the page of a paid invoice shows the link")
	}
	testkit.Must(t, os.Remove(filepath.Join(r.Out, rec.PDF)))
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Await(func(s string, e event.Status) bool { return s == "invoices.settled.A-1" && e.Repeated })
	after, err := os.ReadFile(filepath.Join(r.Out, rec.PDF))
	testkit.Must(t, err)
	if string(before) != string(after) {
		t.Error("the page drawn again differs")
	}
}

package worker_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// short makes links of an hour that are renewed by the worker itself.
func short(c *worker.Config) {
	c.Links.Validity = time.Hour
	c.Renewal.Mode = ledger.RenewAuto
}

// fire moves time past the link's end and lets a sweep set the timer, which
// fires at once since the server's own clock was not moved with it.
func (r *harness) fire(number string, d time.Duration) {
	r.T.Helper()
	r.Clock.Advance(d)
	testkit.Must(r.T, r.Broker.SetTimer(r.T.Context(), number, time.Now(), nil))
}

func TestLinkThatIsOverIsMadeAgainUntilPaid(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	page, err := os.ReadFile(filepath.Join(r.Out, first.PDF))
	testkit.Must(t, err)

	r.fire("A-1", 2*time.Hour)
	second := r.Subject("invoices.renewed.A-1", 1)
	if second.Revision != 2 || second.PaymentLink == first.PaymentLink || second.PreviousPaymentLink != first.PaymentLink {
		t.Errorf("renewed: %+v", second)
	}
	if second.SessionID != first.SessionID {
		t.Errorf("session %s became %s", first.SessionID, second.SessionID)
	}
	old, err := os.ReadFile(filepath.Join(r.Out, "superseded", "A-1.r1.pdf"))
	testkit.Must(t, err)
	if string(old) != string(page) {
		t.Error("the superseded page is not the first one")
	}

	r.Publish(event.SubjectPaid, event.Paid{Number: "A-1"})
	r.Subject("invoices.settled.A-1", 1)
	r.fire("A-1", 2*time.Hour)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-2")) // comes after the timer
	r.Subject("invoices.issued.A-2", 1)
	if n := len(r.Sandbox.Links()); n != 3 {
		t.Errorf("%d links were made, want 2 and that of the other invoice", n)
	}
	if rec := r.Record("A-1"); rec.State != ledger.Paid || rec.LinkRevision() != 2 {
		t.Errorf("record: %s, revision %d", rec.State, rec.LinkRevision())
	}
}

func TestGatewaySaysPaidBeforeRenewal(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	_, err := r.Sandbox.Pay(first.PaymentLink)
	testkit.Must(t, err)
	r.fire("A-1", 2*time.Hour)
	e := r.Subject("invoices.settled.A-1", 1)
	if e.State != "paid" || len(e.Payments) != 1 || e.Payments[0].Source != "poll" || len(r.Sandbox.Links()) != 1 {
		t.Errorf("settled %+v, %d links", e, len(r.Sandbox.Links()))
	}
}

func TestRenewalPolicyEnds(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { short(c); c.Renewal.Max = 1 })
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	r.fire("A-1", 2*time.Hour)
	r.Subject("invoices.renewed.A-1", 1)
	r.fire("A-1", 2*time.Hour)
	e := r.Subject("invoices.lapsed.A-1", 1)
	if rec := r.Record("A-1"); rec.State != ledger.Lapsed || e.State != "lapsed" {
		t.Errorf("state %s, event %s", rec.State, e.State)
	}
	// On demand it goes on, and the word "paid" is taken after the lapse too.
	r.Publish(event.SubjectRenew, event.Renew{Number: "A-1"})
	r.Subject("invoices.renewed.A-1", 2)
	r.Publish(event.SubjectPaid, event.Paid{Number: "A-1"})
	r.Subject("invoices.settled.A-1", 1)
}

func TestManualModeOnlyAnnounces(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { short(c); c.Renewal.Mode = ledger.RenewManual })
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	r.fire("A-1", 2*time.Hour)
	r.Subject("invoices.expired.A-1", 1)
	if n := len(r.Sandbox.Links()); n != 1 {
		t.Errorf("%d links", n)
	}
}

func TestRenewalThatIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	credit := testkit.Invoice("C-1")
	credit.Kind = "credit-note"
	r.Publish(event.SubjectRequested, credit)
	r.Subject("invoices.issued.C-1", 1)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-2"))
	r.Subject("invoices.issued.A-2", 1)
	r.Publish(event.SubjectCancelled, event.Cancelled{Number: "A-2"})
	if e := r.Subject("invoices.settled.A-2", 1); len(e.Warnings) == 0 || !strings.Contains(e.Warnings[0], "can be paid until") {
		t.Errorf("cancelling does not warn of the live link: %+v", e.Warnings)
	}
	for number, want := range map[string]string{"C-1": "credit note", "A-1": "lives until", "A-2": "cancelled", "A-9": "not in this ledger"} {
		r.Publish(event.SubjectRenew, event.Renew{Number: number})
		if e := r.Subject("invoices.rejected."+number, 1); !strings.Contains(e.Error, want) {
			t.Errorf("%s: %s", number, e.Error)
		}
	}
	r.Publish(event.SubjectRenew, event.Renew{Number: "A-1", Force: true, Reason: "opened by a mail scanner"})
	if e := r.Subject("invoices.renewed.A-1", 1); e.Reason != "opened by a mail scanner" {
		t.Errorf("reason %q", e.Reason)
	}
}

func TestClockThatJumpsBackRenewsNothing(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	r.fire("A-1", -time.Hour)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-2"))
	r.Subject("invoices.issued.A-2", 1)
	if n := len(r.Sandbox.Links()); n != 2 {
		t.Errorf("%d links, want one an invoice", n)
	}
}

func TestSessionThatIsGoneIsReplacedOnlyIfOurs(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 410, Op: sandbox.OpLink, Next: 1}))
	r.fire("A-1", 2*time.Hour)
	second := r.Subject("invoices.renewed.A-1", 1)
	if second.SessionID == first.SessionID {
		t.Error("the session that is gone was not replaced")
	}

	theirs := testkit.Invoice("A-2")
	theirs.SessionID = "3f2c0a54-9d1b-4f7e-8a61-5b7d2c9e4f10" // the sandbox knows no such session
	r.Publish(event.SubjectRequested, theirs)
	if e := r.Subject("invoices.failed.A-2", 1); !strings.Contains(e.Error, theirs.SessionID) {
		t.Errorf("the failure does not name the session: %s", e.Error)
	}
}

func TestPaidBeforeRequested(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectPaid, event.Paid{Number: "A-1", Amount: "387.31", Currency: "EUR"})
	r.Subject("invoices.settled.A-1", 1)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	e := r.Subject("invoices.settled.A-1", 2)
	if e.PDF == "" || e.PaymentLink != "" || e.State != "paid" || len(r.Sandbox.Links()) != 0 {
		t.Errorf("answer %+v, %d links", e, len(r.Sandbox.Links()))
	}
}

func TestPaidWithAnotherAmountIsTold(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	r.Publish(event.SubjectPaid, event.Paid{Number: "A-1", Amount: "10", Currency: "EUR"})
	e := r.Subject("invoices.payment.A-1", 1)
	if e.State != "issued" || e.PaymentStatus != "partly-paid" || e.Received != "10.00" || len(e.Reviews) != 1 || !strings.Contains(e.Reviews[0].What, "387.31") {
		t.Errorf("got %+v, want an issued invoice, partly paid, with a review", e)
	}
}

func TestSweepFindsLinksWithoutATimer(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	stop := r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	testkit.Must(t, r.Broker.CancelTimer(t.Context(), "A-1"))
	stop()
	r.Clock.Advance(2 * time.Hour)
	r.Start() // sweeps first
	r.Subject("invoices.renewed.A-1", 1)
}

func TestManyDueAtOnceAreRenewedByDueDate(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { short(c); c.Concurrency = 1 })
	stop := r.Start()
	const many = 40
	for i := range many {
		inv := testkit.Invoice(fmt.Sprintf("N-%02d", i))
		inv.DueDate = invoice.Date(fmt.Sprintf("2026-12-%02d", 1+(i*7)%28))
		r.Publish(event.SubjectRequested, inv)
	}
	r.Subject(fmt.Sprintf("invoices.issued.N-%02d", many-1), 1)
	stop()
	r.Clock.Advance(24 * time.Hour) // nobody was there for a day
	r.Start()
	renewed := 0
	r.Await(func(s string, _ event.Status) bool {
		if strings.HasPrefix(s, "invoices.renewed.") {
			renewed++
		}
		return renewed == many
	})
	numbers := map[string]string{}
	for _, s := range r.Sandbox.Sessions() {
		numbers[s.ID] = s.OrderID
	}
	last := invoice.Date("")
	for _, l := range r.Sandbox.Links()[many:] {
		due := r.Record(numbers[l.SessionID]).DueDate
		if due < last {
			t.Fatalf("a link for the due date %s was made after one for %s", due, last)
		}
		last = due
	}
	if n := len(r.Sandbox.Links()); n != 2*many {
		t.Errorf("%d links for %d invoices renewed once", n, many)
	}
}

// TestRenewedPageReadsAsTheNewLink lets other people's programs read the code
// on both pages.
func TestRenewedPageReadsAsTheNewLink(t *testing.T) {
	t.Parallel()
	pdftoppm, zbarimg := tool.Path(t, "pdftoppm"), tool.Path(t, "zbarimg")
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	first := r.Subject("invoices.issued.A-1", 1)
	r.fire("A-1", 2*time.Hour)
	second := r.Subject("invoices.renewed.A-1", 1)
	for page, want := range map[string]string{"superseded/A-1.r1.pdf": first.PaymentLink, "A-1.pdf": second.PaymentLink} {
		path := filepath.Join(r.Out, page)
		if out, err := exec.Command(pdftoppm, "-r", "150", "-gray", "-singlefile", path, path).CombinedOutput(); err != nil {
			t.Fatalf("pdftoppm: %v %s", err, out)
		}
		out, err := exec.Command(zbarimg, "-q", "--raw", path+".pgm").Output()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s reads %q (%v), want %q", page, out, err, want)
		}
	}
}

func TestPollBeforeRenewal(t *testing.T) {
	t.Parallel()
	t.Run("not offered", func(t *testing.T) {
		t.Parallel()
		r := newHarness(t, short)
		testkit.Must(t, r.Sandbox.SetSwitches(sandbox.Switches{PollStatus: 501}))
		r.Start()
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		r.Subject("invoices.issued.A-1", 1)
		r.fire("A-1", 2*time.Hour)
		if e := r.Subject("invoices.renewed.A-1", 1); !strings.Contains(strings.Join(e.Warnings, " "), "no payments poll") {
			t.Errorf("nothing is noted: %q", e.Warnings)
		}
	})
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		r := newHarness(t, short)
		r.Start()
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		r.Subject("invoices.issued.A-1", 1)
		testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpPayments, Next: 2}))
		r.fire("A-1", 2*time.Hour)
		r.Subject("invoices.renewed.A-1", 1) // after two tries that made no link
		if n := len(r.Sandbox.Links()); n != 2 {
			t.Errorf("%d links, want 2", n)
		}
	})
	t.Run("another amount", func(t *testing.T) {
		t.Parallel()
		r := newHarness(t, short)
		r.Start()
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		first := r.Subject("invoices.issued.A-1", 1)
		_, err := r.Sandbox.PayOther(first.PaymentLink, "10.00", "EUR")
		testkit.Must(t, err)
		r.fire("A-1", 2*time.Hour)
		e := r.Subject("invoices.payment.A-1", 1)
		if e.PaymentStatus != "partly-paid" || len(e.Reviews) != 1 || e.Reviews[0].Kind != "amount-differs" || e.Payments[0].Source != "poll" || len(r.Sandbox.Links()) != 1 {
			t.Errorf("got %+v, %d links, want a payment to review and one link", e, len(r.Sandbox.Links()))
		}
		if rec := r.Record("A-1"); rec.State != ledger.Issued || rec.Renew != nil {
			t.Errorf("record %s, renewal %+v, want issued and none", rec.State, rec.Renew)
		}
	})
}

// TestSendersSessionThatIsGone: a session that came with the invoice is never
// replaced, and no failure makes the invoice lapse.
func TestSendersSessionThatIsGone(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	testkit.Must(t, r.Sandbox.SetSwitches(sandbox.Switches{AdoptSessions: true}))
	r.Start()
	theirs := testkit.Invoice("A-1")
	theirs.SessionID = "5f0c9a52-6f3e-4c7b-9d15-0a4a1d0e7b01"
	r.Publish(event.SubjectRequested, theirs)
	r.Subject("invoices.issued.A-1", 1)
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 410, Op: sandbox.OpLink}))
	r.fire("A-1", 2*time.Hour)
	e := r.Subject("invoices.failed.A-1", 1)
	if rec := r.Record("A-1"); rec.State != ledger.Issued || !rec.RetryAt.After(r.Clock.Now().Add(50*time.Minute)) || !strings.Contains(e.Error, theirs.SessionID) || rec.SessionID != theirs.SessionID {
		t.Errorf("record %s %s, error %s", rec.State, rec.SessionID, e.Error)
	}
}

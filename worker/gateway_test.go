package worker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// TestLinkThatWasGivenBeforeFailsTheInvoice: by URL and by id.
func TestLinkThatWasGivenBeforeFailsTheInvoice(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.FaultKind{sandbox.FaultRepeatLink, sandbox.FaultRepeatLinkID} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, nil)
			r.Start()
			r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
			r.Subject("invoices.issued.A-1", 1)
			testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: kind, Op: sandbox.OpLink, Next: 1}))
			r.Publish(event.SubjectRequested, testkit.Invoice("A-2"))
			e := r.Subject("invoices.failed.A-2", 1)
			if !strings.Contains(e.Error, `"A-1" (link 1)`) || !strings.Contains(e.Error, `"A-2" (link 1)`) {
				t.Errorf("error does not name both: %s", e.Error)
			}
			if _, err := os.Stat(filepath.Join(r.Out, "A-2.pdf")); err == nil {
				t.Error("the page of the second owner is printed")
			}
		})
	}
}

func TestWrongEchoFailsTheInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultWrongEcho, Op: sandbox.OpSession, Next: 1}))
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	if e := r.Subject("invoices.failed.A-1", 1); !strings.Contains(e.Error, `"XXX"`) || !strings.Contains(e.Error, `"EUR"`) {
		t.Errorf("error does not name both currencies: %s", e.Error)
	}
}

// TestAMinuteOfAFirewallEndsNoRenewal: systemic trouble pauses calls; when it
// has ended everything goes on.
func TestAMinuteOfAFirewallEndsNoRenewal(t *testing.T) {
	t.Parallel()
	waiting := make(chan struct{}, 100)
	r := newHarness(t, func(c *worker.Config) {
		short(c)
		c.OnOutcome = func(o worker.Outcome) {
			if o.Action == worker.ActionRetry {
				waiting <- struct{}{}
			}
		}
	})
	w := worker.New(r.Config)
	r.StartWorker(w)
	for _, n := range []string{"A-1", "A-2", "A-3"} {
		r.Publish(event.SubjectRequested, testkit.Invoice(n))
		r.Subject("invoices.issued."+n, 1)
	}
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultFirewall, Op: sandbox.OpLink}))
	for _, n := range []string{"A-1", "A-2", "A-3"} {
		r.fire(n, time.Hour)
	}
	<-waiting
	if err := w.Trouble(); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("trouble: got %v, want the 403 and the pause", err)
	}
	testkit.Must(t, r.Sandbox.SetFaults())
	r.Clock.Advance(time.Hour) // the pause is over
	for _, n := range []string{"A-1", "A-2", "A-3"} {
		r.AwaitFor(3*time.Minute, func(s string, _ event.Status) bool { return s == "invoices.renewed."+n })
	}
	if err := w.Trouble(); err != nil {
		t.Errorf("trouble after a success: %v", err)
	}
	for s := range r.seen() {
		if !strings.HasPrefix(s, "invoices.issued.") && !strings.HasPrefix(s, "invoices.renewed.") {
			t.Errorf("event on %s", s)
		}
	}
}

// seen are the subjects of all events.
func (r *harness) seen() map[string]int {
	r.T.Helper()
	all := map[string]int{}
	next, err := r.Broker.NextEventSeq(r.T.Context())
	testkit.Must(r.T, err)
	for e, err := range r.Broker.Events(r.T.Context(), 1) {
		testkit.Must(r.T, err)
		if all[e.Subject]++; e.Sequence+1 == next {
			break
		}
	}
	return all
}

// TestEarlyRenewalWaits: a worker whose clock is behind gets the request of a
// timer early; nothing is refused.
func TestEarlyRenewalWaits(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]time.Duration{"two seconds": 2 * time.Second, "half an hour": 30 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, short)
			r.Start()
			r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
			e := r.Subject("invoices.issued.A-1", 1)
			r.Clock.Advance(e.ExpiredBy.Sub(r.Clock.Now()) - early)
			r.Publish(event.SubjectRenew, event.Renew{Number: "A-1", Replaces: 1})
			if early < time.Minute {
				r.Subject("invoices.renewed.A-1", 1)
			} else if again := r.Subject("invoices.issued.A-1", 2); !again.Repeated || again.LinkRevision != 1 {
				t.Errorf("got %+v, want the present link again", again)
			}
			if n := r.seen()["invoices.rejected.A-1"]; n > 0 {
				t.Errorf("%d rejections of a good invoice", n)
			}
			for l, err := range r.Broker.DeadLetters(t.Context()) {
				t.Errorf("dead letter %+v (%v)", l, err)
			}
		})
	}
}

// TestEveryPageOfTheSandboxIsMarked: also those that have no link.
func TestEveryPageOfTheSandboxIsMarked(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	credit, zero := testkit.Invoice("C-1"), testkit.Invoice("A-2")
	credit.Kind, credit.DueDate, credit.OriginalInvoice = invoice.KindCreditNote, "", "A-1"
	zero.Prepaid = "387.31"
	r.Publish(event.SubjectPaid, event.Paid{Number: "A-3"})
	for _, inv := range []invoice.Invoice{credit, zero, testkit.Invoice("A-3")} {
		r.Publish(event.SubjectRequested, inv)
	}
	for _, number := range []string{"C-1", "A-2", "A-3"} {
		e := r.Await(func(_ string, e event.Status) bool { return e.Number == number && e.PDF != "" })
		if rec := r.Record(number); rec.Environment != "sandbox" || e.Environment != "sandbox" {
			t.Errorf("%s: environment of record %q, event %q, want sandbox", number, rec.Environment, e.Environment)
		}
		if got := pageText(t, filepath.Join(r.Out, e.PDF)); !strings.Contains(strings.ToUpper(got), "SANDBOX") {
			t.Errorf("%s carries no mark:\n%s", number, got)
		}
	}
}

// TestDamagedPageInTheOutput: what was cut is written again; what is somebody
// else's fails and is named, until it is right again.
func TestDamagedPageInTheOutput(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	path := filepath.Join(r.Out, r.Subject("invoices.issued.A-1", 1).PDF)
	good, err := os.ReadFile(path)
	testkit.Must(t, err)

	testkit.Must(t, os.WriteFile(path, good[:len(good)/2], 0o644))
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 2)
	if data, err := os.ReadFile(path); err != nil || string(data) != string(good) {
		t.Errorf("the page that was cut is not repaired: %d bytes, %v", len(data), err)
	}

	testkit.Must(t, os.WriteFile(path, []byte("somebody else's"), 0o644))
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	e := r.Subject("invoices.failed.A-1", 1)
	if e.Succeeded() || !strings.Contains(e.Error, path) || r.Record("A-1").Error == "" {
		t.Errorf("got %+v, want a failure that names %s", e, path)
	}
	testkit.Must(t, os.WriteFile(path, good, 0o644))
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	if e := r.Subject("invoices.issued.A-1", 3); !e.Succeeded() || r.Record("A-1").Error != "" || r.Record("A-1").State != ledger.Issued {
		t.Errorf("the error stays: %+v", e)
	}
}

// TestCallbackWithoutAnAmount settles nothing: the gateway is asked.
func TestCallbackWithoutAnAmount(t *testing.T) {
	t.Parallel()
	form := func(transaction string) map[string][]string {
		return map[string][]string{"shop_orderid": {"A-1"}, "transaction_id": {transaction}, "status": {"succeeded"}}
	}
	t.Run("the gateway answers", func(t *testing.T) {
		t.Parallel()
		r := newHarness(t, nil)
		r.Start()
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		p, err := r.Sandbox.Pay(r.Subject("invoices.issued.A-1", 1).PaymentLink)
		testkit.Must(t, err)
		r.callback()(secret, form(p.TransactionID))
		if rec := r.Record("A-1"); rec.State != ledger.Paid || rec.Payments[0].Source != ledger.SourcePoll {
			t.Errorf("got %s %+v, want paid by the poll", rec.State, rec.Payments)
		}
	})
	t.Run("later", func(t *testing.T) {
		t.Parallel()
		r := newHarness(t, nil)
		r.Start()
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		p, err := r.Sandbox.Pay(r.Subject("invoices.issued.A-1", 1).PaymentLink)
		testkit.Must(t, err)
		testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpPayments}))
		r.callback()(secret, form(p.TransactionID))
		rec := r.Record("A-1")
		if rec.State != ledger.Issued || rec.PaymentStatus() != ledger.NeedsReview || rec.OpenReviews()[0].Kind != ledger.ReviewAmountUnknown {
			t.Fatalf("got %s, %s, want an issued invoice to review", rec.State, rec.PaymentStatus())
		}
		testkit.Must(t, r.Sandbox.SetFaults())
		testkit.Must(t, worker.New(r.Config).Recheck(t.Context()))
		rec = r.Record("A-1")
		if rec.State != ledger.Paid || len(rec.OpenReviews()) != 0 || len(rec.Payments) != 1 {
			t.Errorf("got %s, reviews %+v, want paid and none", rec.State, rec.OpenReviews())
		}
		if open, err := r.Ledger.OpenReviews(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("got %+v, %v on the list, want nothing", open, err)
		}
	})
}

// pageText is what a page says.
func pageText(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command(tool.Path(t, "pdftotext"), path, "-").Output()
	testkit.Must(t, err)
	return string(out)
}

// TestClocksThatDiffer are reported, since printed ends of links follow ours.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	client := r.NewClient(func(c *checkout.Config) { c.Now = func() time.Time { return time.Now().Add(time.Hour) } })
	w := worker.New(r.Config)
	testkit.Must(t, r.Client.Authenticate(t.Context()))
	if err := w.ClockTrouble(t.Context()); err != nil {
		t.Errorf("clocks that agree: %v", err)
	}
	r.Config.Checkout = client
	w = worker.New(r.Config)
	testkit.Must(t, client.Authenticate(t.Context()))
	if err := w.ClockTrouble(t.Context()); err == nil || !strings.Contains(err.Error(), "1h0m0s ahead of") {
		t.Errorf("an hour ahead: got %v", err)
	}
	r.Config.Checkout, r.Config.Now = r.Client, func() time.Time { return time.Now().Add(-time.Hour) }
	w = worker.New(r.Config)
	if err := w.ClockTrouble(t.Context()); err == nil || !strings.Contains(err.Error(), "1h0m0s behind the broker's") {
		t.Errorf("an hour behind the broker: got %v", err)
	}
}

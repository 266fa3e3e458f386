package worker_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// endAt runs a worker of one hand until it is ended before the step.
func (r *harness) endAt(step string) {
	r.t.Helper()
	config := r.config
	config.Concurrency = 1
	w := worker.New(config)
	ended := make(chan struct{})
	w.EndAt(step, func() { close(ended) })
	stop := r.startWorker(w)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		r.t.Fatalf("the worker never came to %q", step)
	}
	stop()
}

// TestEndedBetweenAnyTwoStepsOfAnIssue ends the worker before each step in
// turn; the next one carries on, and the outcome is always the same.
func TestEndedBetweenAnyTwoStepsOfAnIssue(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"save document", "record accepted", "create session", "take session",
		"create link", "take link", "record link", "set timer", "store page", "record page", "publish event", "acknowledge"} {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, nil)
			r.publish(event.SubjectRequested, sample("A-1"))
			r.endAt(step)
			r.start()
			e := r.subject("invoices.issued.A-1", 1)
			r.held("A-1", e)
			if e.Revision != 1 || e.Repeated {
				t.Errorf("issued: %+v", e)
			}
			r.settled(t, "invoices.issued.A-1")
			// An orphan can only be left between the call and the record.
			if n := len(r.sandbox.Links()) - 1; n > 2 || (n == 2 && step != "take link" && step != "record link") {
				t.Errorf("%d links were made", n)
			}
		})
	}
}

// TestEndedBetweenAnyTwoStepsOfARenewal is the same for the next link.
func TestEndedBetweenAnyTwoStepsOfARenewal(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"record renewal", "ask payments", "create link", "take link", "record link", "set timer",
		"store page", "record page", "publish event", "acknowledge"} {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, short)
			stop := r.start()
			r.publish(event.SubjectRequested, sample("A-1"))
			first := r.subject("invoices.issued.A-1", 1)
			stop()
			r.clock.advance(2 * time.Hour)
			r.publish(event.SubjectRenew, event.Renew{Number: "A-1"})
			r.config.Renewal.Mode = ledger.RenewOff // one request, not the sweep's as well
			r.endAt(step)
			r.start()
			e := r.subject("invoices.renewed.A-1", 1)
			r.held("A-1", e)
			if e.Revision != 2 || e.PreviousPaymentLink != first.PaymentLink {
				t.Errorf("renewed: %+v", e)
			}
			r.settled(t, "invoices.renewed.A-1")
			if _, err := os.Stat(filepath.Join(r.out, "superseded", "A-1.r1.pdf")); err != nil {
				t.Error(err)
			}
			if n := len(r.sandbox.Links()) - 1; n > 3 || (n == 3 && step != "take link" && step != "record link") {
				t.Errorf("%d links were made", n)
			}
		})
	}
}

// held checks that the page is what the ledger says, and the ledger what the
// event says.
func (r *harness) held(number string, e event.Status) {
	r.t.Helper()
	rec := r.record(number)
	data, err := os.ReadFile(filepath.Join(r.out, rec.PDF))
	must(r.t, err)
	if got := digest(data); got != rec.SHA256 || got != e.SHA256 || rec.Link.SHA256 != got {
		r.t.Errorf("page %s, record %s, event %s", got, rec.SHA256, e.SHA256)
	}
	if rec.State != ledger.Issued || rec.Claim != nil || rec.Renew != nil || rec.Link.URL != e.PaymentLink {
		r.t.Errorf("record: %+v", rec)
	}
}

// settled checks, once the queue is empty, that exactly one event is out. It
// issues one more invoice to know when.
func (r *harness) settled(t *testing.T, subject string) {
	t.Helper()
	r.publish(event.SubjectRequested, sample("Z-9")) // comes after everything else
	n := 0
	r.await(func(s string, _ event.Status) bool {
		if s == subject {
			n++
		}
		return s == "invoices.issued.Z-9"
	})
	if n != 1 {
		t.Errorf("%d events on %s, want 1", n, subject)
	}
	if waiting, err := r.broker.Waiting(t.Context()); err != nil || waiting > 1 {
		t.Errorf("%d requests are waiting (%v)", waiting, err)
	}
}

// TestTwoWorkersWithTheSameRenewalMakeOneLink lets two workers that share a
// broker race for one invoice.
func TestTwoWorkersWithTheSameRenewalMakeOneLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { short(c); c.SingleWorker = false; c.Renewal.Mode = ledger.RenewOff })
	r.start()
	r.start()
	r.publish(event.SubjectRequested, sample("A-1"))
	r.publish(event.SubjectRequested, sample("A-1"))
	r.subject("invoices.issued.A-1", 2)
	if n := len(r.sandbox.Links()); n != 1 {
		t.Errorf("%d links for two requests at once", n)
	}
	r.clock.advance(2 * time.Hour)
	for range 4 {
		r.publish(event.SubjectRenew, event.Renew{Number: "A-1"})
	}
	answers := 0
	r.await(func(s string, _ event.Status) bool {
		if s == "invoices.renewed.A-1" || s == "invoices.rejected.A-1" {
			answers++
		}
		return answers == 4
	})
	if n, rec := len(r.sandbox.Links()), r.record("A-1"); n != 2 || rec.LinkRevision() != 2 {
		t.Errorf("%d links, revision %d, want 2 and 2", n, rec.LinkRevision())
	}
}

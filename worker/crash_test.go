package worker_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// endAt runs a worker of one hand until it is ended before the step.
func (r *harness) endAt(step string) {
	r.T.Helper()
	config := r.Config
	config.Concurrency = 1
	w := worker.New(config)
	ended := make(chan struct{})
	w.EndAt(step, func() { close(ended) })
	stop := r.StartWorker(w)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		r.T.Fatalf("the worker never came to %q", step)
	}
	stop()
}

// TestEndedBetweenAnyTwoStepsOfAnIssue ends the worker before each step in
// turn; the next one carries on, and the outcome is always the same.
func TestEndedBetweenAnyTwoStepsOfAnIssue(t *testing.T) {
	t.Parallel()
	for _, step := range issueSteps {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, nil)
			r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
			r.endAt(step)
			r.Start()
			e := r.Subject("invoices.issued.A-1", 1)
			r.held("A-1", e)
			if e.Revision != 1 || e.Repeated {
				t.Errorf("issued: %+v", e)
			}
			r.settled(t, "invoices.issued.A-1")
			// An orphan can only be left between the call and the record.
			if n := len(r.Sandbox.Links()) - 1; n > 2 || (n == 2 && step != "take link" && step != "record link") {
				t.Errorf("%d links were made", n)
			}
		})
	}
}

// TestEndedBetweenAnyTwoStepsOfARenewal is the same for the next link.
func TestEndedBetweenAnyTwoStepsOfARenewal(t *testing.T) {
	t.Parallel()
	for _, step := range renewalSteps {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, short)
			issued := r.expired("A-1")
			r.endAt(step)
			r.Start()
			r.renewedOnce(t, issued)
			if n := len(r.Sandbox.Links()) - 1; n > 3 || (n == 3 && step != "take link" && step != "record link") {
				t.Errorf("%d links were made", n)
			}
		})
	}
}

// A worker that is told to stop while it starts has not failed.
func TestStoppedDuringItsStart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := worker.New(r.Config).Run(ctx); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

// held checks that the page is what the ledger says, and the ledger what the
// event says.
func (r *harness) held(number string, e event.Status) {
	r.T.Helper()
	rec := r.Record(number)
	data, err := os.ReadFile(filepath.Join(r.Out, rec.PDF))
	testkit.Must(r.T, err)
	if got := digest(data); got != rec.SHA256 || got != e.SHA256 || rec.Link.SHA256 != got {
		r.T.Errorf("page %s, record %s, event %s", got, rec.SHA256, e.SHA256)
	}
	if rec.State != ledger.Issued || rec.Claim != nil || rec.Renew != nil || rec.Link.URL != e.PaymentLink {
		r.T.Errorf("record: %+v", rec)
	}
}

// settled checks, once the queue is empty, that exactly one event is out. It
// issues one more invoice to know when.
func (r *harness) settled(t *testing.T, subject string) {
	t.Helper()
	r.Publish(event.SubjectRequested, testkit.Invoice("Z-9")) // comes after everything else
	n := 0
	r.Await(func(s string, _ event.Status) bool {
		if s == subject {
			n++
		}
		return s == "invoices.issued.Z-9"
	})
	if n != 1 {
		t.Errorf("%d events on %s, want 1", n, subject)
	}
	if waiting, err := r.Broker.Waiting(t.Context()); err != nil || waiting > 1 {
		t.Errorf("%d requests are waiting (%v)", waiting, err)
	}
}

// TestTwoWorkersWithTheSameRenewalMakeOneLink lets two workers that share a
// broker race for one invoice.
func TestTwoWorkersWithTheSameRenewalMakeOneLink(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { short(c); c.SingleWorker = false; c.Renewal.Mode = ledger.RenewOff })
	r.Start()
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 2)
	if n := len(r.Sandbox.Links()); n != 1 {
		t.Errorf("%d links for two requests at once", n)
	}
	r.Clock.Advance(2 * time.Hour)
	for range 4 {
		r.Publish(event.SubjectRenew, event.Renew{Number: "A-1"})
	}
	answers := 0
	r.Await(func(s string, _ event.Status) bool {
		if s == "invoices.renewed.A-1" || s == "invoices.rejected.A-1" {
			answers++
		}
		return answers == 4
	})
	if n, rec := len(r.Sandbox.Links()), r.Record("A-1"); n != 2 || rec.LinkRevision() != 2 {
		t.Errorf("%d links, revision %d, want 2 and 2", n, rec.LinkRevision())
	}
}

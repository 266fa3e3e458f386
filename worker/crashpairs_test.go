package worker_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// issueSteps and renewalSteps are those of an issue and of a renewal, in their
// order.
var (
	issueSteps = []string{"save document", "record accepted", "create session", "take session",
		"create link", "take link", "record link", "set timer", "store page", "record page", "publish event", "acknowledge"}
	renewalSteps = []string{"record renewal", "ask payments", "create link", "take link", "record link", "set timer",
		"store page", "record page", "publish event", "acknowledge"}
)

// endAtOrFinish runs a worker until it is ended before the step, or has finished
// the one request without coming to it. It reports whether it was ended.
func (r *harness) endAtOrFinish(step string) bool {
	r.T.Helper()
	config := r.Config
	config.Concurrency = 1
	finished := make(chan struct{}, 1)
	config.OnOutcome = func(o worker.Outcome) {
		if o.Action == worker.ActionDone {
			finished <- struct{}{}
		}
	}
	w := worker.New(config)
	ended := make(chan struct{})
	w.EndAt(step, func() { close(ended) })
	defer r.StartWorker(w)()
	select {
	case <-ended:
		return true
	case <-finished:
		return false
	case <-time.After(30 * time.Second):
		r.T.Fatalf("the worker neither came to %q nor finished the request", step)
		return false
	}
}

// eachPair runs a test for each two steps. The short form takes each step once
// as the first and once as the second.
func eachPair(t *testing.T, steps []string, test func(t *testing.T, first, second string)) {
	for i, first := range steps {
		for j, second := range steps {
			if !tool.IsLong() && j != (i*7+3)%len(steps) {
				continue
			}
			t.Run(strings.ReplaceAll(first+"/"+second, " ", "-"), func(t *testing.T) {
				t.Parallel()
				test(t, first, second)
			})
		}
	}
}

// endTwice ends a worker before one step and the one that carries on before
// another.
func (r *harness) endTwice(steps []string, first, second string) {
	r.T.Helper()
	r.endAt(first)
	if !r.endAtOrFinish(second) && slices.Index(steps, second) > slices.Index(steps, first) {
		r.T.Errorf("the second worker never came to %q", second)
	}
}

// TestIssueEndedTwice ends the worker before one step, and the one that carries
// on before any other: the third issues what the first would have issued.
func TestIssueEndedTwice(t *testing.T) {
	t.Parallel()
	eachPair(t, issueSteps, func(t *testing.T, first, second string) {
		r := newHarness(t, nil)
		r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
		r.endTwice(issueSteps, first, second)
		r.Start()
		e := r.Subject("invoices.issued.A-1", 1)
		r.held("A-1", e)
		if e.Revision != 1 {
			t.Errorf("issued: %+v", e)
		}
		r.settled(t, "invoices.issued.A-1")
		if n := len(r.Sandbox.Links()) - 1; n > 3 {
			t.Errorf("%d links were made, want at most one for each worker", n)
		}
	})
}

// TestRenewalEndedTwice is the same for the next link.
func TestRenewalEndedTwice(t *testing.T) {
	t.Parallel()
	eachPair(t, renewalSteps, func(t *testing.T, first, second string) {
		r := newHarness(t, short)
		issued := r.expired("A-1")
		r.endTwice(renewalSteps, first, second)
		r.Start()
		r.renewedOnce(t, issued)
		if n := len(r.Sandbox.Links()) - 1; n > 4 {
			t.Errorf("%d links were made, want at most one for each worker", n)
		}
	})
}

// expired issues an invoice, moves time past its link's end and asks for
// another link.
func (r *harness) expired(number string) (issued event.Status) {
	r.T.Helper()
	stop := r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice(number))
	issued = r.Subject("invoices.issued."+number, 1)
	stop()
	r.Clock.Advance(2 * time.Hour)
	r.Publish(event.SubjectRenew, event.Renew{Number: number})
	r.Config.Renewal.Mode = ledger.RenewOff // one request, not the sweep's as well
	return issued
}

// renewedOnce checks that the invoice has one second link and page.
func (r *harness) renewedOnce(t *testing.T, issued event.Status) {
	t.Helper()
	e := r.Subject("invoices.renewed."+issued.Number, 1)
	r.held(issued.Number, e)
	if e.Revision != 2 || e.PreviousPaymentLink != issued.PaymentLink {
		t.Errorf("renewed: %+v", e)
	}
	r.settled(t, "invoices.renewed."+issued.Number)
	if _, err := os.Stat(filepath.Join(r.Out, "superseded", issued.Number+".r1.pdf")); err != nil {
		t.Error(err)
	}
}

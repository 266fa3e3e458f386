package worker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"

	"invoicelink/worker/testkit/tool"
)

// issueSteps are those of an issue, in their order.
var issueSteps = []string{"save document", "record accepted", "create session", "take session",
	"create link", "take link", "record link", "set timer", "store page", "record page", "publish event", "acknowledge"}

// endAtOrIssue runs a worker until it is ended before the step, or has issued
// the invoice without coming to it. It reports whether it was ended.
func (r *harness) endAtOrIssue(step, number string) bool {
	r.T.Helper()
	config := r.Config
	config.Concurrency = 1
	w := worker.New(config)
	ended := make(chan struct{})
	w.EndAt(step, func() { close(ended) })
	stop := r.StartWorker(w)
	defer stop()
	limit := time.After(30 * time.Second)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-ended:
			return true
		case <-poll.C:
			if n, err := r.Broker.Waiting(r.T.Context()); err == nil && n == 0 {
				return false
			}
		case <-limit:
			r.T.Fatalf("the worker neither came to %q nor issued %s", step, number)
		}
	}
}

// TestEndedTwice ends the worker before one step, and the one that carries on
// before any other: the third issues what the first would have issued.
func TestEndedTwice(t *testing.T) {
	t.Parallel()
	for i, first := range issueSteps {
		for j, second := range issueSteps {
			// The short form takes each step once as the first and once as the
			// second end.
			if !tool.IsLong() && j != (i*5+3)%len(issueSteps) {
				continue
			}
			t.Run(strings.ReplaceAll(first+"/"+second, " ", "-"), func(t *testing.T) {
				t.Parallel()
				r := newHarness(t, nil)
				r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
				r.endAt(first)
				again := r.endAtOrIssue(second, "A-1")
				if !again && slices.Index(issueSteps, second) > slices.Index(issueSteps, first) {
					t.Errorf("the second worker never came to %q", second)
				}
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
	}
}

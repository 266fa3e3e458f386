package worker_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// issueMany has a worker carry out n requests and returns how long that took
// and the most requests that the worker allowed at once.
func (r *harness) issueMany(prefix string, n int) (took time.Duration, most int) {
	r.T.Helper()
	msgs := make([]*nats.Msg, n)
	for i := range msgs {
		data, err := json.Marshal(testkit.Invoice(fmt.Sprintf("%s-%06d", prefix, i)))
		testkit.Must(r.T, err)
		msgs[i] = &nats.Msg{Subject: event.SubjectRequested, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {fmt.Sprint(prefix, i)}}}
	}
	testkit.Must(r.T, r.Broker.PublishAll(r.T.Context(), msgs))
	w := worker.New(r.Config)
	start := time.Now()
	stop := r.StartWorker(w)
	defer stop()
	r.AwaitFor(5*time.Minute, func(_ string, s event.Status) bool {
		limit, _ := w.Concurrency()
		most = max(most, limit)
		if len(s.Number) > len(prefix) && s.Number[:len(prefix)] == prefix {
			n--
		}
		return n == 0
	})
	return time.Since(start), most
}

// TestConcurrencyFollowsTheAPI: with calls of 100 ms the limit grows to at
// least three times the eight that used to be fixed.
func TestConcurrencyFollowsTheAPI(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	testkit.Must(t, r.Sandbox.SetSwitches(sandbox.Switches{Latency: 100 * time.Millisecond}))
	took, most := r.issueMany("A", 150)
	t.Logf("150 invoices in %v", took)
	if want := 24; most < want {
		t.Errorf("at most %d requests at once, want at least %d", most, want)
	}
}

// TestConcurrencyShrinksOnRefusals: an API that answers 503 is called less.
func TestConcurrencyShrinksOnRefusals(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	testkit.Must(t, r.Sandbox.SetFaults(sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpSession}))
	for i := range 12 {
		r.Publish(event.SubjectRequested, testkit.Invoice(fmt.Sprintf("A-%d", i)))
	}
	ended := make(chan struct{}, 1000)
	r.Config.OnOutcome = func(worker.Outcome) { ended <- struct{}{} }
	w := worker.New(r.Config)
	r.StartWorker(w)
	timeout := time.After(20 * time.Second)
	for limit, _ := w.Concurrency(); limit > 4; limit, _ = w.Concurrency() {
		select {
		case <-ended:
		case <-timeout:
			t.Fatalf("%d requests at once while every call is refused, want at most 4", limit)
		}
	}
}

// TestConcurrencyIsShown: what a worker says of itself is what it does.
func TestConcurrencyIsShown(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	storing, release := make(chan struct{}), make(chan struct{})
	r.Config.Concurrency = 3
	r.Config.Archive = func(string) (archive.Archive, error) {
		storing <- struct{}{}
		<-release
		return r.Archive, nil
	}
	for i := range 4 {
		r.Publish(event.SubjectRequested, testkit.Invoice(fmt.Sprintf("A-%d", i)))
	}
	w := worker.New(r.Config)
	stop := r.StartWorker(w)
	for range 3 {
		<-storing
	}
	if limit, inProgress := w.Concurrency(); limit != 3 || inProgress != 3 {
		t.Errorf("limit %d and %d in progress, want 3 and 3", limit, inProgress)
	}
	close(release)
	<-storing
	r.Subject("invoices.issued.A-3", 1)
	stop()
	if _, inProgress := w.Concurrency(); inProgress != 0 {
		t.Errorf("%d in progress after the end, want none", inProgress)
	}
}

// BenchmarkAuto compares the rate at an API latency of 100 ms with that of
// eight requests at once, in one run.
func BenchmarkAuto(b *testing.B) {
	rate := func(concurrency, n int) float64 {
		r := newHarness(b, func(c *worker.Config) { c.Concurrency = concurrency })
		testkit.Must(b, r.Sandbox.SetSwitches(sandbox.Switches{Latency: 100 * time.Millisecond}))
		took, _ := r.issueMany("A", n)
		return float64(n) / took.Seconds()
	}
	for b.Loop() {
		eight, auto := rate(8, 150), rate(0, 1500)
		b.ReportMetric(eight, "eight/s")
		b.ReportMetric(auto, "auto/s")
		b.ReportMetric(auto/eight, "ratio")
	}
}

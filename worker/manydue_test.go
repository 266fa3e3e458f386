package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
	kit "invoicelink/worker/testkit/harness"
)

// fillIssued writes issued invoices whose links expire in a day, as fast as the
// broker takes them, and a message about each: "" for none.
func (r *harness) fillIssued(js jetstream.JetStream, n int, subject string) {
	r.T.Helper()
	over := r.Clock.Now().Add(24 * time.Hour).UTC()
	for i := range n {
		number := fmt.Sprintf("N-%06d", i)
		due := invoice.Date(over.AddDate(0, 0, (i*7)%30).Format(time.DateOnly)) // in another order than the numbers
		data, err := json.Marshal(ledger.Record{Number: number, State: ledger.Issued, DueDate: due, Printed: 1,
			Link: &ledger.Link{Revision: 1, ID: number, URL: "https://pay.example.com/" + number, CreatedAt: over.Add(-time.Hour), ValidUntil: over, ExpiredBy: over}})
		testkit.Must(r.T, err)
		_, err = js.PublishAsync("$KV."+broker.BucketLedger+".i."+number, data, jetstream.WithStallWait(time.Minute))
		testkit.Must(r.T, err)
	}
	<-js.PublishAsyncComplete()
	for i := range n {
		if subject != "" {
			_, err := js.PublishAsync(subject+fmt.Sprintf("N-%06d", i), nil, jetstream.WithStallWait(time.Minute))
			testkit.Must(r.T, err)
		}
	}
	<-js.PublishAsyncComplete()
}

// renewalsAsked checks that so many requests are in the stream and returns the
// numbers of the first ones.
func (r *harness) renewalsAsked(n int) []string {
	r.T.Helper()
	if waiting, err := r.Broker.Waiting(r.T.Context()); err != nil || waiting != n {
		r.T.Errorf("%d requests wait (%v), want %d: each once", waiting, err, n)
	}
	s, err := r.Broker.JetStream().Stream(r.T.Context(), broker.StreamRequests)
	testkit.Must(r.T, err)
	var numbers []string
	for i := range 200 {
		m, err := s.GetMsg(r.T.Context(), uint64(i+1))
		testkit.Must(r.T, err)
		var asked struct{ Number string }
		testkit.Must(r.T, json.Unmarshal(m.Data, &asked))
		numbers = append(numbers, asked.Number)
	}
	return numbers
}

// oldestFirst checks that the requests come by due date.
func (r *harness) oldestFirst(numbers []string) {
	r.T.Helper()
	seen, before := map[string]bool{}, invoice.Date("")
	for _, number := range numbers {
		due := r.Record(number).DueDate
		if due < before || seen[number] {
			r.T.Fatalf("%s, due %s, comes after one due %s, or twice: %v", number, due, before, seen[number])
		}
		before, seen[number] = due, true
	}
}

// TestManyDueAtOnce: thousands of timers that fire together become requests in
// a few batches, each once, the oldest due date first.
func TestManyDueAtOnce(t *testing.T) {
	t.Parallel()
	const n = 10_000
	conn, b := brokertest.Open(t)
	r := &harness{kit.On(t, b, func(c *worker.Config) { c.Renewal.Mode = ledger.RenewAuto })}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(512))
	testkit.Must(t, err)
	r.fillIssued(js, n, "due.renew.")
	r.Clock.Advance(25 * time.Hour)
	acks, err := conn.SubscribeSync("$JS.ACK." + broker.StreamTimers + ".>")
	testkit.Must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	start := time.Now()
	go func() { done <- worker.New(r.Config).WatchDue(ctx) }()
	for ended := 0; ended < n; {
		m, err := acks.NextMsg(time.Minute)
		if err != nil {
			t.Fatalf("%d timers of %d are ended: %v", ended, n, err)
		}
		if string(m.Data) != "+WPI" { // work in progress
			ended++
		}
	}
	t.Logf("%d renewals requested and their timers ended in %v", n, time.Since(start))
	cancel()
	testkit.Must(t, <-done)
	s, err := b.JetStream().Stream(t.Context(), broker.StreamTimers)
	testkit.Must(t, err)
	if left := s.CachedInfo().State.Msgs; left != 0 {
		t.Errorf("%d timers are left, want none", left)
	}
	r.oldestFirst(r.renewalsAsked(n))
}

// TestSweepFindsManyDue: the same from the index, without timers.
func TestSweepFindsManyDue(t *testing.T) {
	t.Parallel()
	const n = 3000
	conn, b := brokertest.Open(t)
	r := &harness{kit.On(t, b, func(c *worker.Config) { c.Renewal.Mode = ledger.RenewAuto })}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(512))
	testkit.Must(t, err)
	r.fillIssued(js, n, "")
	r.Clock.Advance(25 * time.Hour)
	_, err = b.LedgerBucket().PutString(t.Context(), "i.broken", "{")
	testkit.Must(t, err)
	found, err := worker.New(r.Config).Sweep(t.Context(), time.Hour)
	if found != n || err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("%d found, %v; want %d, and an error that names the record that cannot be read", found, err, n)
	}
	r.oldestFirst(r.renewalsAsked(n))
}

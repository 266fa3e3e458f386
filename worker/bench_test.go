package worker_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// BenchmarkIssue carries requests all the way: session and link at the
// imitated API in this process, page, event, acknowledgement; every write
// synced. The API's own work, mostly its QR images, is in the figure.
func BenchmarkIssue(b *testing.B) {
	r := newHarness(b, func(c *worker.Config) { c.Concurrency = 16 })
	msgs := make([]*nats.Msg, b.N)
	for i := range msgs {
		data, err := json.Marshal(testkit.Invoice(fmt.Sprintf("N-%06d", i)))
		testkit.Must(b, err)
		msgs[i] = &nats.Msg{Subject: event.SubjectRequested, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {fmt.Sprint(i)}}}
	}
	testkit.Must(b, r.Broker.PublishAll(b.Context(), msgs))
	b.ResetTimer()
	stop := r.Start()
	n := 0
	r.Await(func(string, event.Status) bool { n++; return n == b.N })
	b.StopTimer()
	stop()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "invoices/s")
}

package ops_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/ops"
	"invoicelink/worker/testkit"
)

func scrape(t *testing.T, m *ops.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("metrics: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func expect(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}

func TestMetricsCount(t *testing.T) {
	t.Parallel()
	m := ops.NewMetrics("v1", nil)
	m.Job(worker.Outcome{Action: worker.ActionDone, State: ledger.Issued, Duration: 70 * time.Millisecond})
	m.Job(worker.Outcome{Action: worker.ActionDeadLetter, Duration: time.Millisecond})
	m.Call(checkout.Call{Op: "create link", Status: 200, Duration: 30 * time.Millisecond})
	m.Call(checkout.Call{Op: "create link", Status: 429, Kind: checkout.KindStatus})
	m.Call(checkout.Call{Op: "create link", Kind: checkout.KindTimeout})
	m.Render(3 * time.Millisecond)
	text := scrape(t, m)
	expect(t, text,
		`invoicelink_jobs_total{action="done",state="issued"} 1`,
		`invoicelink_jobs_total{action="deadLetter",state="none"} 1`,
		`invoicelink_job_seconds_bucket{action="done",le="0.1"} 1`,
		`invoicelink_api_calls_total{kind="ok",op="create_link",status="200"} 1`,
		`invoicelink_api_calls_total{kind="status",op="create_link",status="429"} 1`,
		`invoicelink_api_calls_total{kind="timeout",op="create_link",status="none"} 1`,
		`invoicelink_api_call_seconds_count{op="create_link"} 3`,
		`invoicelink_pdf_seconds_count 1`,
		`invoicelink_build_info{version="v1"} 1`)
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "invoicelink_") && !strings.HasPrefix(line, "go_") && !strings.HasPrefix(line, "process_") {
			t.Errorf("a name that is not ours: %s", line)
		}
	}
}

func put(t *testing.T, l *ledger.Ledger, rec ledger.Record) {
	t.Helper()
	testkit.Must(t, l.Update(t.Context(), ledger.New(rec.Number), func(ledger.Record) (ledger.Record, error) { return rec, nil }))
}

func TestMetricsOfTheStore(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	l := ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	_, err := b.JetStream().Publish(t.Context(), "invoices.requested", []byte("{}"))
	testkit.Must(t, err)
	oldest, err := b.OldestWaiting(t.Context())
	testkit.Must(t, err)
	now := oldest.Add(90 * time.Second)
	for i, over := range []time.Duration{-2 * time.Hour, -time.Minute, time.Hour} {
		put(t, l, ledger.Record{Number: fmt.Sprint("N-", i), State: ledger.Issued, Kind: invoice.KindInvoice, DueDate: "2026-12-01",
			Link: &ledger.Link{Revision: 1, ExpiredBy: now.Add(over)}})
	}
	put(t, l, ledger.Record{Number: "P-1", State: ledger.Paid})
	m := ops.NewMetrics("v1", nil)
	m.Watch(ops.Store{Broker: b, Ledger: l, Now: func() time.Time { return now }})
	text := scrape(t, m)
	expect(t, text,
		`invoicelink_oldest_request_seconds 90`,
		`invoicelink_set_aside 0`,
		`invoicelink_links{kind="outstanding"} 1`,
		`invoicelink_links{kind="due"} 2`,
		`invoicelink_renewal_lag_seconds 7200`,
		`invoicelink_invoices{state="issued"} 3`,
		`invoicelink_invoices{state="paid"} 1`,
		`invoicelink_queue_depth 1`,
		`invoicelink_dead_letters 0`,
		`invoicelink_requests_in_progress 0`,
		`invoicelink_stream_replicas_wanted{stream="INVOICELINK_EVENTS"} 1`,
		`invoicelink_stream_replicas_current{stream="KV_INVOICELINK_LEDGER"} 1`,
		`invoicelink_stream_replica_lag{stream="INVOICELINK_REQUESTS"} 0`,
		`invoicelink_broker_connected 1`)
}

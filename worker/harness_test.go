package worker_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// harness is a worker on a real broker and an imitated API, in one process.
type harness struct {
	t       testing.TB
	broker  *broker.Broker
	ledger  *ledger.Ledger
	sandbox *sandbox.Server
	client  *checkout.Client
	out     string
	clock   *clock
	config  worker.Config
}

// clock is moved by hand; the sandbox's moves with it.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

func newHarness(t testing.TB, change func(*worker.Config)) *harness {
	t.Helper()
	_, b := brokertest.Open(t)
	return newRigOn(t, b, change)
}

func newRigOn(t testing.TB, b *broker.Broker, change func(*worker.Config)) *harness {
	t.Helper()
	r := &harness{t: t, out: t.TempDir(), clock: &clock{}, broker: b}
	var err error
	r.ledger = ledger.Open(r.broker.LedgerBucket(), r.broker.Documents(), r.clock.now)
	r.sandbox, err = sandbox.Open(sandbox.Config{Now: r.clock.now})
	must(t, err)
	t.Cleanup(func() { must(t, r.sandbox.Close()) })
	r.client, err = checkout.New(checkout.Config{
		BaseURL: sandbox.DefaultPublicURL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
		Transport: r.sandbox.RoundTripper(), Now: r.clock.now,
	})
	must(t, err)
	store, err := archive.Dir(r.out)
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	r.config = worker.Config{
		Broker: r.broker, Ledger: r.ledger, Checkout: r.client, Seller: seller(), SingleWorker: true, Now: r.clock.now,
		Archive: func(string) (archive.Archive, error) { return store, nil }, Log: log,
	}
	if change != nil {
		change(&r.config)
	}
	return r
}

// start runs a worker until the returned function is called, which waits for
// its end.
func (r *harness) start() (stop func()) { return r.startWorker(worker.New(r.config)) }

func (r *harness) startWorker(w *worker.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				r.t.Errorf("worker ended with: %v", err)
			}
		})
	}
	r.t.Cleanup(stop)
	return stop
}

// publish sends a payload bare, as an ERP without envelopes does.
func (r *harness) publish(subject string, payload any) {
	r.t.Helper()
	data, err := json.Marshal(payload)
	must(r.t, err)
	must(r.t, r.broker.Publish(r.t.Context(), &nats.Msg{Subject: subject, Data: data, Header: nats.Header{
		jetstream.MsgIDHeader: {fmt.Sprintf("%s-%d", r.t.Name(), time.Now().UnixNano())},
	}}))
}

// await returns the events from the beginning until one fits.
func (r *harness) await(fits func(subject string, e event.Status) bool) event.Status {
	r.t.Helper()
	return r.awaitFor(30*time.Second, fits)
}

func (r *harness) awaitFor(within time.Duration, fits func(subject string, e event.Status) bool) event.Status {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), within)
	defer cancel()
	for e, err := range r.broker.Events(ctx, 1) {
		if err != nil {
			r.t.Fatalf("no such event: %v", err)
		}
		var result event.Status
		must(r.t, json.Unmarshal(e.Data, &result))
		if fits(e.Subject, result) {
			return result
		}
	}
	r.t.Fatal("events ended")
	return event.Status{}
}

// subject awaits the n-th event on a subject.
func (r *harness) subject(subject string, n int) event.Status {
	r.t.Helper()
	return r.await(func(s string, _ event.Status) bool {
		if s == subject {
			n--
		}
		return n == 0
	})
}

func (r *harness) record(number string) ledger.Record {
	r.t.Helper()
	e, err := r.ledger.Read(r.t.Context(), number)
	must(r.t, err)
	return e.Record
}

// put writes a record as it is.
func (r *harness) put(rec ledger.Record) error {
	return r.ledger.Update(r.t.Context(), ledger.New(rec.Number), func(ledger.Record) (ledger.Record, error) { return rec, nil })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func seller() *invoice.Seller {
	return &invoice.Seller{
		Party: invoice.Party{Name: "Sample Seller ApS", VATID: "DK12345674", Email: "seller@example.com",
			Address: invoice.Address{Street: "Eksempelvej 1", Zip: "8000", City: "Aarhus C", Country: "DK"}},
		Currency: "DKK", Language: "en", TimeZone: "Europe/Copenhagen",
	}
}

func sample(number string) invoice.Invoice {
	return invoice.Invoice{
		Number: number, IssueDate: "2026-11-20", DueDate: "2026-12-20", Currency: "EUR",
		Buyer: invoice.Party{Name: "Sample Buyer GmbH", Email: "buyer@example.com",
			Address: invoice.Address{Street: "Beispielweg 2", Zip: "10115", City: "Berlin", Country: "DE"}},
		Lines: []invoice.Line{
			{Description: "Consulting", Quantity: "3", Unit: "h", UnitPrice: "99.95", VATRate: "25"},
			{Description: "Travel", UnitPrice: "10", VATRate: "25"},
		},
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

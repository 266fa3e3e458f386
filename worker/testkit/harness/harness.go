// Package harness runs a worker on real parts in one process: a broker, a
// ledger, the imitated checkout API with its client, and a directory of PDFs.
// [New] assembles them, [Harness.Start] runs the worker, [Harness.Subject] waits
// for what it publishes. It is for tests alone.
package harness

import (
	"context"
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
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// Harness is a worker that is not started, and all around it.
type Harness struct {
	T       testing.TB
	Broker  *broker.Broker
	Ledger  *ledger.Ledger
	Sandbox *sandbox.Server
	Client  *checkout.Client // of the sandbox
	Archive archive.Archive  // in the directory Out
	Out     string
	Clock   *testkit.Clock // the sandbox's, the ledger's and the worker's
	Config  worker.Config  // of the next worker that is started
}

// New assembles a harness on a broker of its own. change, which may be nil,
// changes the worker's configuration.
func New(t testing.TB, change func(*worker.Config)) *Harness {
	t.Helper()
	_, b := brokertest.Open(t)
	return On(t, b, change)
}

// On is New on a broker that is there.
func On(t testing.TB, b *broker.Broker, change func(*worker.Config)) *Harness {
	t.Helper()
	h := &Harness{T: t, Out: t.TempDir(), Clock: &testkit.Clock{}, Broker: b}
	h.Ledger = ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), h.Clock.Now)
	var err error
	h.Sandbox, err = sandbox.Open(sandbox.Config{Now: h.Clock.Now})
	testkit.Must(t, err)
	t.Cleanup(func() { testkit.Must(t, h.Sandbox.Close()) })
	h.Client = h.NewClient(nil)
	h.Archive, err = archive.Dir(h.Out)
	testkit.Must(t, err)
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	h.Config = worker.Config{
		Broker: b, Ledger: h.Ledger, Checkout: h.Client, Seller: testkit.Seller(), SingleWorker: true, Now: h.Clock.Now,
		Archive: func(string) (archive.Archive, error) { return h.Archive, nil }, Log: log,
	}
	if change != nil {
		change(&h.Config)
	}
	return h
}

// NewClient returns a further client of the sandbox. change, which may be nil,
// changes its configuration.
func (h *Harness) NewClient(change func(*checkout.Config)) *checkout.Client {
	h.T.Helper()
	config := checkout.Config{
		BaseURL: sandbox.DefaultPublicURL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
		Transport: h.Sandbox.RoundTripper(), Now: h.Clock.Now,
	}
	if change != nil {
		change(&config)
	}
	c, err := checkout.New(config)
	testkit.Must(h.T, err)
	return c
}

// Start runs a worker until the returned function is called, which waits for
// its end, or until the test ends.
func (h *Harness) Start() (stop func()) { return h.StartWorker(worker.New(h.Config)) }

// StartWorker is Start with a worker that is there.
func (h *Harness) StartWorker(w *worker.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.T.Errorf("worker ended with: %v", err)
		}
	})
	h.T.Cleanup(stop)
	return stop
}

// Publish sends a payload bare, as an ERP without envelopes does.
func (h *Harness) Publish(subject string, payload any) {
	h.T.Helper()
	data, err := json.Marshal(payload)
	testkit.Must(h.T, err)
	testkit.Must(h.T, h.Broker.Publish(h.T.Context(), &nats.Msg{Subject: subject, Data: data, Header: nats.Header{
		jetstream.MsgIDHeader: {fmt.Sprintf("%s-%d", h.T.Name(), time.Now().UnixNano())},
	}}))
}

// Await returns the first event that fits, of all that were and will be
// published within 30 seconds.
func (h *Harness) Await(fits func(subject string, e event.Status) bool) event.Status {
	h.T.Helper()
	return h.AwaitFor(30*time.Second, fits)
}

// AwaitFor is Await with a time of its own.
func (h *Harness) AwaitFor(within time.Duration, fits func(subject string, e event.Status) bool) event.Status {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), within)
	defer cancel()
	for e, err := range h.Broker.Events(ctx, 1) {
		if err != nil {
			h.T.Fatalf("no such event: %v", err)
		}
		var result event.Status
		testkit.Must(h.T, json.Unmarshal(e.Data, &result))
		if fits(e.Subject, result) {
			return result
		}
	}
	h.T.Fatal("events ended")
	return event.Status{}
}

// Subject awaits the n-th event on a subject, from 1.
func (h *Harness) Subject(subject string, n int) event.Status {
	h.T.Helper()
	return h.Await(func(s string, _ event.Status) bool {
		if s == subject {
			n--
		}
		return n == 0
	})
}

// Record reads an invoice's record.
func (h *Harness) Record(number string) ledger.Record {
	h.T.Helper()
	e, err := h.Ledger.Read(h.T.Context(), number)
	testkit.Must(h.T, err)
	return e.Record
}

// Put writes a record as it is; there must be none with its number.
func (h *Harness) Put(rec ledger.Record) error {
	return h.Ledger.Update(h.T.Context(), ledger.New(rec.Number), func(ledger.Record) (ledger.Record, error) { return rec, nil })
}

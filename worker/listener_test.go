package worker_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// A user of the listener with a number prefix reaches no other number, whatever
// it sends, and its name is in the record.
func TestListenerUserHasItsOwnNumbers(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	send := func(subject string, payload any) {
		t.Helper()
		data, err := json.Marshal(payload)
		testkit.Must(t, err)
		_, err = r.Broker.JetStream().PublishMsg(t.Context(), &nats.Msg{Subject: subject, Data: data, Header: nats.Header{
			event.UserHeader: {"erp"}, event.NumbersHeader: {"ERP-"},
			"ce-specversion": {"1.0"}, "ce-id": {"1"}, "ce-source": {"invoicelink/desk"}, "ce-actor": {"manager"},
			"ce-type": {map[string]string{event.SubjectRequested: string(event.TypeRequested), event.SubjectPaid: string(event.TypePaid)}[subject]},
		}})
		testkit.Must(t, err)
	}
	send(event.SubjectRequested, testkit.Invoice("ERP-1"))
	send(event.SubjectRequested, testkit.Invoice("A-1"))
	send(event.SubjectPaid, event.Paid{Number: "A-2"})
	r.Start()
	r.Subject("invoices.issued.ERP-1", 1)
	for _, number := range []string{"A-1", "A-2"} {
		if got, want := r.Subject("invoices.rejected."+number, 1).Code, "number-not-yours"; got != want {
			t.Errorf("%s: code %q, want %q", number, got, want)
		}
		e, err := r.Ledger.Load(t.Context(), number)
		testkit.Must(t, err)
		if e.Known() {
			t.Errorf("%s is in the ledger", number)
		}
	}
	send(event.SubjectPaid, event.Paid{Number: "ERP-1"})
	r.Subject("invoices.settled.ERP-1", 1)
	e, err := r.Ledger.Load(t.Context(), "ERP-1")
	testkit.Must(t, err)
	if p := e.Payments[0]; p.Source != "event" || p.Actor != "erp" {
		t.Errorf("payment by %s %q, want event erp", p.Source, p.Actor)
	}
}

// Events that come back as requests, by a push consumer or over a bridge that
// loses their headers, end as dead letters: no answer comes back in turn.
func TestEventsDoNotLoop(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	js := r.Broker.JetStream()
	_, err := js.CreatePushConsumer(t.Context(), broker.StreamEvents, jetstream.ConsumerConfig{
		DeliverSubject: event.SubjectRequested, AckPolicy: jetstream.AckNonePolicy,
	})
	testkit.Must(t, err)
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	issued := r.Subject("invoices.issued.A-1", 1)
	bare, err := json.Marshal(issued)
	testkit.Must(t, err)
	_, err = js.Publish(t.Context(), event.SubjectPaid, bare)
	testkit.Must(t, err)

	stored, err := js.OrderedConsumer(t.Context(), broker.StreamDeadLetters, jetstream.OrderedConsumerConfig{})
	testkit.Must(t, err)
	for range 2 {
		_, err := stored.Next(jetstream.FetchMaxWait(30 * time.Second))
		testkit.Must(t, err)
	}
	letters := 0
	for l, err := range r.Broker.DeadLetters(t.Context()) {
		testkit.Must(t, err)
		if letters++; !strings.Contains(l.Reason, "has published") {
			t.Errorf("dead letter: %s", l.Reason)
		}
	}
	s, err := js.Stream(t.Context(), broker.StreamEvents)
	testkit.Must(t, err)
	if n := s.CachedInfo().State.Msgs; letters != 2 || n != 1 {
		t.Errorf("%d dead letters and %d events, want 2 and 1", letters, n)
	}
}

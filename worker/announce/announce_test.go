package announce_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"invoicelink/worker/announce"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

func TestPublish(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	p := announce.Publisher{Broker: b, Now: func() time.Time { return at.In(time.FixedZone("", 3600)) }}
	status := event.Status{Number: "2026/1", Key: event.Key("2026/1"), State: "failed", Error: "no"}
	for range 2 { // the same id again is the same event
		testkit.Must(t, p.Publish(t.Context(), event.Envelope{ID: "one", Source: "sender", Batch: "b1"}, event.TypeFailed, status))
	}
	if next, err := b.NextEventSeq(t.Context()); err != nil || next != 2 {
		t.Errorf("next event: got %d (%v), want 2", next, err)
	}
	for e, err := range b.Events(t.Context(), 1) {
		testkit.Must(t, err)
		h := event.Carrier(e.Header)
		for what, pair := range map[string][2]string{
			"subject": {e.Subject, "invoices.failed.2026=2F1"}, "id": {h.Get("ce-id"), "one"}, "time": {h.Get("ce-time"), "2026-11-24T12:00:00Z"},
			"source": {h.Get("ce-source"), announce.DefaultSource}, "batch": {h.Get("ce-batch"), "b1"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
			}
		}
		break
	}
}

// What was published is not published again, also when the broker has forgotten
// its id.
func TestPublishOnce(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	p := announce.Publisher{Broker: b}
	status := event.Status{Number: "A-1", Key: "A-1", State: "failed", Error: "no"}
	publish := func(id string, publish func(context.Context, event.Envelope, event.Type, event.Status) error, want uint64) uint64 {
		t.Helper()
		testkit.Must(t, publish(t.Context(), event.Envelope{ID: id}, event.TypeFailed, status))
		next, err := b.NextEventSeq(t.Context())
		testkit.Must(t, err)
		if want > 0 && next != want {
			t.Fatalf("next event after %s: got %d, want %d", id, next, want)
		}
		return next
	}
	publish("one", p.PublishOnce, 2)
	s, err := b.JetStream().Stream(t.Context(), broker.StreamEvents)
	testkit.Must(t, err)
	c := s.CachedInfo().Config
	c.Duplicates = 100 * time.Millisecond
	_, err = b.JetStream().UpdateStream(t.Context(), c)
	testkit.Must(t, err)
	for publish("one", p.Publish, 0) == 2 { // until the window is over
	}
	publish("one", p.PublishOnce, 3)
	publish("two", p.PublishOnce, 4)
}

func TestPublishRefusesWhatTheContractDoesNotAllow(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	err := announce.Publisher{Broker: b}.Publish(t.Context(), event.Envelope{}, event.TypeFailed, event.Status{})
	if _, ok := errors.AsType[*announce.EncodeError](err); !ok {
		t.Errorf("event without an id: got %v, want an *EncodeError", err)
	}
}

func TestVerb(t *testing.T) {
	t.Parallel()
	if got := announce.Verb(event.TypeIssued); got != "issued" {
		t.Errorf("got %q, want issued", got)
	}
}

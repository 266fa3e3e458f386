package worker_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/event"
)

// publishAs publishes with a Nats-Msg-Id, as an outside client does.
func publishAs(t *testing.T, js jetstream.JetStream, id, subject string, payload any) {
	t.Helper()
	data, err := json.Marshal(payload)
	must(t, err)
	ack, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: subject, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {id}}})
	must(t, err)
	if ack.Duplicate {
		t.Errorf("%s with the id %s was confirmed as a duplicate", subject, id)
	}
}

// The id of one sender's message swallows nobody else's, nor that sender's own
// next one: many give the invoice number.
func TestMessageIDsSwallowNothing(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	js := r.broker.JetStream()
	publishAs(t, js, "A-1", event.SubjectRequested, sample("A-1"))
	publishAs(t, js, "A-1", event.SubjectRequested, sample("A-2")) // another sender
	publishAs(t, js, "A-1", event.SubjectCancelled, event.Cancelled{Number: "A-1"})
	r.start()
	r.subject("invoices.issued.A-2", 1)
	if got, want := r.subject("invoices.settled.A-1", 1).State, "cancelled"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

// A renewal is asked for under an id that a stranger could work out; junk with
// the same id keeps it from nothing.
func TestMessageIDsOfTheProgramCanBeTaken(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.start()
	r.publish(event.SubjectRequested, sample("S-1"))
	r.subject("invoices.issued.S-1", 1)
	for revision := range 3 {
		for _, id := range []string{fmt.Sprintf("renewal-r%d-S-1", revision), fmt.Sprintf("S-1-r%d", revision)} {
			publishAs(t, r.broker.JetStream(), id, event.SubjectRenew, "junk")
		}
	}
	r.fire("S-1", 2*time.Hour)
	r.subject("invoices.renewed.S-1", 1)
}

package worker_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// publishAs publishes with a Nats-Msg-Id, as an outside client does.
func publishAs(t *testing.T, js jetstream.JetStream, id, subject string, payload any) {
	t.Helper()
	data, err := json.Marshal(payload)
	testkit.Must(t, err)
	ack, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: subject, Data: data, Header: nats.Header{jetstream.MsgIDHeader: {id}}})
	testkit.Must(t, err)
	if ack.Duplicate {
		t.Errorf("%s with the id %s was confirmed as a duplicate", subject, id)
	}
}

// The id of one sender's message swallows nobody else's, nor that sender's own
// next one: many give the invoice number.
func TestMessageIDsSwallowNothing(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	js := r.Broker.JetStream()
	publishAs(t, js, "A-1", event.SubjectRequested, testkit.Invoice("A-1"))
	publishAs(t, js, "A-1", event.SubjectRequested, testkit.Invoice("A-2")) // another sender
	publishAs(t, js, "A-1", event.SubjectCancelled, event.Cancelled{Number: "A-1"})
	r.Start()
	r.Subject("invoices.issued.A-2", 1)
	if got, want := r.Subject("invoices.settled.A-1", 1).State, "cancelled"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

// A renewal is asked for under an id that a stranger could work out; junk with
// the same id keeps it from nothing.
func TestMessageIDsOfTheProgramCanBeTaken(t *testing.T) {
	t.Parallel()
	r := newHarness(t, short)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("S-1"))
	r.Subject("invoices.issued.S-1", 1)
	for revision := range 3 {
		for _, id := range []string{fmt.Sprintf("renewal-r%d-S-1", revision), fmt.Sprintf("S-1-r%d", revision)} {
			publishAs(t, r.Broker.JetStream(), id, event.SubjectRenew, "junk")
		}
	}
	r.fire("S-1", 2*time.Hour)
	r.Subject("invoices.renewed.S-1", 1)
}

package broker_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
)

func newBroker(t *testing.T) *broker.Broker {
	t.Helper()
	_, b := brokertest.Open(t)
	return b
}

// deadLetterNext takes the next request and makes a dead letter of it.
func deadLetterNext(t *testing.T, b *broker.Broker, c *broker.Consumer, reason, key string) *broker.Delivery {
	t.Helper()
	d, err := c.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeadLetter(t.Context(), reason, key); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeadLettersAreReadAndReplayed(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	c, err := b.Requests(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("{\"number\":\"A\x00\"}")
	_, err = b.JetStream().PublishMsg(t.Context(), &nats.Msg{Subject: "invoices.requested", Data: body, Header: nats.Header{
		"ce-id": {"one"}, "traceparent": {"00-x"}, "Invoicelink-Reason": {"forged"}, jetstream.MsgIDHeader: {"once"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	d := deadLetterNext(t, b, c, "it is\nwrong", "A")

	l, err := b.DeadLetter(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if l.ID != d.DeadLetterID() || l.Subject != "invoices.requested" || l.Key != "A" || l.Reason != "it is wrong" || !bytes.Equal(l.Data, body) ||
		l.Header.Get("ce-id") != "one" || l.Header.Get("traceparent") != "00-x" || len(l.Header) != 2 || len(l.Replays) != 0 || !l.Published.Equal(d.Published()) {
		t.Fatalf("dead letter %+v", l)
	}
	if err := b.Replay(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	again, err := c.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Data(), body) || again.Header().Get("ce-id") != "one" || again.Header().Get("Invoicelink-Reason") != "" {
		t.Errorf("replayed %v %q", again.Header(), again.Data())
	}
	if err := again.Done(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d requests are left, %v", n, err)
	}
	if l, err = b.DeadLetter(t.Context(), 1); err != nil || len(l.Replays) != 1 {
		t.Errorf("replays %v, %v", l, err)
	}
	if n, err := b.CountDeadLetters(t.Context()); err != nil || n != 1 {
		t.Errorf("%d dead letters, %v", n, err)
	}
	for _, n := range []uint64{0, 2, 99} { // 2 is the mark
		if _, err := b.DeadLetter(t.Context(), n); !errors.Is(err, broker.ErrNoDeadLetter) {
			t.Errorf("dead letter %d: %v", n, err)
		}
	}
	var all []broker.DeadLetter
	for l, err := range b.DeadLetters(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	if len(all) != 1 || len(all[0].Replays) != 1 {
		t.Errorf("list %+v", all)
	}
}

func TestNoDeadLettersIsAnEmptyList(t *testing.T) {
	t.Parallel()
	for l, err := range newBroker(t).DeadLetters(t.Context()) {
		t.Errorf("%+v, %v", l, err)
	}
}

// The largest request that is taken can become a dead letter, and a larger one is refused
// at the door.
func TestTheLargestRequestCanBeBuried(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	c, err := b.Requests(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("x"), broker.MaxRequest)
	if _, err := b.JetStream().Publish(t.Context(), "invoices.requested", large); err != nil {
		t.Fatal(err)
	}
	deadLetterNext(t, b, c, strings.Repeat("wrong ", 1000), strings.Repeat("=C3=A6", 64))
	l, err := b.DeadLetter(t.Context(), 1)
	if err != nil || !bytes.Equal(l.Data, large) {
		t.Errorf("dead letter %v", err)
	}
	if _, err := b.JetStream().Publish(t.Context(), "invoices.requested", append(large, 'x')); err == nil {
		t.Error("a larger request was taken")
	}
}

package broker_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
)

// A stream that takes no more consumers is read all the same, and whoever waits
// for an answer gets it.
func TestEventsAreReadWithoutAConsumer(t *testing.T) {
	t.Parallel()
	_, b := brokertest.OpenBytes(t)
	var makers sync.WaitGroup
	for maker := range 25 {
		makers.Go(func() {
			for i := range 40 { // 1,000 together: the server's own limit
				_, err := b.JetStream().CreateConsumer(t.Context(), broker.StreamEvents, jetstream.ConsumerConfig{
					Name: fmt.Sprint("c", maker, "-", i), InactiveThreshold: time.Hour, MemoryStorage: true})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	makers.Wait()
	if _, err := b.JetStream().CreateConsumer(t.Context(), broker.StreamEvents, jetstream.ConsumerConfig{Durable: "d1000"}); err == nil {
		t.Fatal("the stream took 1,001 consumers")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	publish := func(i uint64) {
		if err := b.Publish(ctx, broker.NewMessage("invoices.issued."+fmt.Sprint(i), nats.Header{}, nil, fmt.Sprint(i))); err != nil {
			t.Error(err)
		}
	}
	publish(0)
	next := uint64(1)
	for e, err := range b.Events(ctx, next) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint("invoices.issued.", next-1); e.Subject != want || e.Sequence != next {
			t.Errorf("event %d is %s, %d; want %s", next, e.Subject, e.Sequence, want)
		}
		if next++; next == 4 {
			break
		}
		publish(next - 1)
	}
}

package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

const (
	// ackWait is how long the server waits for a sign of life before it hands
	// a delivery to another worker; a Delivery that is held gives one every
	// third of it.
	ackWait = 30 * time.Second
	// maxAckPending bounds the deliveries in progress and in delay together:
	// delayed ones count too.
	maxAckPending = 1024
	// workerConsumer is the consumer of the requests.
	workerConsumer = "worker"
	// DueBatch is the most timers that are handed out together, to be put
	// into order.
	DueBatch = 10_000
)

// Consumer yields the deliveries of one stream, one for each call, and
// buffers none: the clock of a buffered delivery would run unseen.
type Consumer struct {
	b    *Broker
	cons jetstream.Consumer
}

// Requests is the consumer of the request stream that all workers share. With
// fresh, which is only right where no other worker can be alive, it is made
// anew, so that what a killed worker held comes at once instead of after the
// server's wait.
func (b *Broker) Requests(ctx context.Context, fresh bool) (*Consumer, error) {
	return b.consumer(ctx, b.requests, workerConsumer, nil, maxAckPending, fresh)
}

// Due is the consumer of the timers that have fired. Its filter keeps the
// timers themselves out of its sight: acknowledging one would delete it.
func (b *Broker) Due(ctx context.Context, fresh bool) (*Consumer, error) {
	return b.consumer(ctx, b.timers, "renew", []string{duePrefix + "*"}, DueBatch, fresh)
}

func (b *Broker) consumer(ctx context.Context, s jetstream.Stream, name string, filter []string, pending int, fresh bool) (*Consumer, error) {
	if fresh {
		if err := s.DeleteConsumer(ctx, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, fmt.Errorf("renew consumer %s: %w", name, err)
		}
	}
	config := jetstream.ConsumerConfig{
		Durable: name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait,
		MaxDeliver: -1, MaxAckPending: pending, FilterSubjects: filter,
	}
	cons, err := s.CreateOrUpdateConsumer(ctx, config)
	// The server may still be writing the state of the consumer that was deleted
	// under this name, and then fails to write that of the new one ("rename
	// o.dat.tmp: no such file", nats-server 2.15.2 on a busy machine).
	for range 5 {
		if refused, ok := errors.AsType[*jetstream.APIError](err); !ok || refused.Code != 500 {
			break
		}
		if err := ctxtime.Sleep(ctx, 200*time.Millisecond); err != nil {
			return nil, fmt.Errorf("open consumer %s: %w", name, err)
		}
		cons, err = s.CreateOrUpdateConsumer(ctx, config)
	}
	if err != nil {
		return nil, fmt.Errorf("open consumer %s: %w", name, err)
	}
	return &Consumer{b: b, cons: cons}, nil
}

// Next waits for the next delivery until the context ends, and then returns
// the context's cause. A broker that is away is waited for.
func (c *Consumer) Next(ctx context.Context) (*Delivery, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
		msg, err := c.cons.Next(jetstream.FetchContext(attempt))
		cancel()
		if err == nil {
			return newDelivery(c.b, msg)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		switch {
		case errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, jetstream.ErrNoMessages):
		case errors.Is(err, nats.ErrConnectionClosed):
			return nil, fmt.Errorf("take next delivery: %w", err)
		default: // the server is away or has no leader: look again soon
			if err := ctxtime.Sleep(ctx, time.Second); err != nil {
				return nil, err
			}
		}
	}
}

// NextBatch waits for the next delivery as Next does and adds what else is
// there at once, up to the number. It is for deliveries that take no time;
// their clocks run from here.
func (c *Consumer) NextBatch(ctx context.Context, most int) ([]*Delivery, error) {
	first, err := c.Next(ctx)
	if err != nil {
		return nil, err
	}
	out := []*Delivery{first}
	if most <= 1 {
		return out, nil
	}
	more, err := c.cons.FetchNoWait(most - 1)
	if err != nil {
		return out, nil // the rest comes with the next call
	}
	for msg := range more.Messages() {
		d, err := newDelivery(c.b, msg)
		if err != nil {
			return out, nil
		}
		out = append(out, d)
	}
	return out, nil
}

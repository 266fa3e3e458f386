package broker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Delivery is one message in progress. Exactly one of Done, Retry, Release,
// DeadLetter and SetAside ends it; nothing else in the program acknowledges.
type Delivery struct {
	b    *Broker
	msg  jetstream.Msg
	meta *jetstream.MsgMetadata
}

func newDelivery(b *Broker, msg jetstream.Msg) (*Delivery, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return nil, fmt.Errorf("read delivery: %w", err)
	}
	return &Delivery{b: b, msg: msg, meta: meta}, nil
}

// Subject the message was published on.
func (d *Delivery) Subject() string { return d.msg.Subject() }

// Header of the message; its keys are case-sensitive.
func (d *Delivery) Header() nats.Header { return d.msg.Headers() }

// Data of the message.
func (d *Delivery) Data() []byte { return d.msg.Data() }

// Sequence is the number of the message in its stream: the same at every
// delivery.
func (d *Delivery) Sequence() uint64 { return d.meta.Sequence.Stream }

// Attempt counts the deliveries of this message to any worker, from 1. It
// starts again when the consumer is made anew.
func (d *Delivery) Attempt() int { return int(d.meta.NumDelivered) }

// Published is when the server stored the message, by its clock.
func (d *Delivery) Published() time.Time { return d.meta.Timestamp }

// Hold reports to the server at every third of its wait that the work goes on,
// until the returned function is called.
func (d *Delivery) Hold() (stop func()) {
	quit := make(chan struct{})
	var once sync.Once
	go func() {
		tick := time.NewTicker(ackWait / 3)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				// A lost sign of life costs a second delivery at most, which
				// the ledger answers.
				_ = d.msg.InProgress()
			case <-quit:
				return
			}
		}
	}()
	return func() { once.Do(func() { close(quit) }) }
}

// Done ends the delivery for good and returns when the server has confirmed
// it.
func (d *Delivery) Done(ctx context.Context) error {
	if err := repeat(ctx, d.msg.DoubleAck); err != nil {
		return fmt.Errorf("acknowledge %s #%d: %w", d.Subject(), d.Sequence(), err)
	}
	return nil
}

// Retry asks for the message again after the delay.
func (d *Delivery) Retry(after time.Duration) error {
	if err := d.giveBack(fmt.Sprintf(`-NAK {"delay": %d}`, after.Nanoseconds())); err != nil {
		return fmt.Errorf("put back %s #%d: %w", d.Subject(), d.Sequence(), err)
	}
	return nil
}

// Release gives the message back at once, to whoever takes it.
func (d *Delivery) Release() error {
	if err := d.giveBack("-NAK"); err != nil {
		return fmt.Errorf("release %s #%d: %w", d.Subject(), d.Sequence(), err)
	}
	return nil
}

// SetAside ends the delivery permanently after its data and the reason are
// stored among the dead letters, apart from those that were answered. It is for
// what could not be refused.
func (d *Delivery) SetAside(ctx context.Context, reason, key string) error {
	if err := d.b.setAside(ctx, d, reason, key); err != nil {
		return err
	}
	if err := d.giveBack("+TERM " + headerText(reason)); err != nil {
		return fmt.Errorf("terminate %s #%d: %w", d.Subject(), d.Sequence(), err)
	}
	return nil
}

// giveBack ends the delivery without acknowledging it and waits a little for the server's
// confirmation, which the client library's own Nak does not ask for: while a
// cluster elects a leader, what is only sent is lost, and the message would
// come again after the whole ackWait.
func (d *Delivery) giveBack(nak string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*attemptTimeout)
	defer cancel()
	return repeat(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, attemptTimeout/5)
		defer cancel()
		_, err := d.b.nc.RequestWithContext(ctx, d.msg.Reply(), []byte(nak))
		return err
	})
}

// DeadLetter ends the delivery for good after its payload and the reason are stored
// among the dead letters: the server forgets a message at its end.
func (d *Delivery) DeadLetter(ctx context.Context, reason, key string) error {
	if err := d.b.deadLetter(ctx, d, reason, key); err != nil {
		return err
	}
	return d.Done(ctx)
}

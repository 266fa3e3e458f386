package broker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

// Event is a published event as it is stored.
type Event struct {
	Subject  string
	Header   nats.Header
	Data     []byte
	Sequence uint64
}

// NextEventSeq returns the sequence that the next event will have: where to begin
// reading the answers to what is published after it.
func (b *Broker) NextEventSeq(ctx context.Context) (uint64, error) {
	s, err := b.js.Stream(ctx, StreamEvents)
	if err != nil {
		return 0, fmt.Errorf("look at the events: %w", err)
	}
	return s.CachedInfo().State.LastSeq + 1, nil
}

// Published reports whether the event is the newest that is stored under its
// subject, by its Nats-Msg-Id: it needs no window.
func (b *Broker) Published(ctx context.Context, m *nats.Msg) (bool, error) {
	var last *jetstream.RawStreamMsg
	err := repeat(ctx, func(ctx context.Context) (err error) {
		last, err = b.events.GetLastMsgForSubject(ctx, m.Subject)
		return err
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for event %s: %w", m.Subject, err)
	}
	return last.Header.Get(jetstream.MsgIDHeader) == m.Header.Get(jetstream.MsgIDHeader), nil
}

// Events yields the stored events from a sequence on, and then each new one,
// until the context ends; then it yields the context's cause. A broker that is
// away is waited for.
func (b *Broker) Events(ctx context.Context, from uint64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			next, err := b.readEvents(ctx, from, yield)
			if err == nil {
				return
			}
			if ctx.Err() != nil {
				yield(Event{}, context.Cause(ctx))
				return
			}
			if errors.Is(err, nats.ErrConnectionClosed) {
				yield(Event{}, fmt.Errorf("read events: %w", err))
				return
			}
			from = next
			if errors.Is(err, errQuiet) {
				continue
			}
			if refused, ok := errors.AsType[*jetstream.APIError](err); ok && refused.ErrorCode == maxConsumers {
				b.log.Warn("the events have as many consumers as the server allows: read without one, more slowly", "stream", StreamEvents)
				next, more, err := b.eventsWithoutConsumer(ctx, from, yield)
				if err == nil && !more {
					return
				}
				if from = next; err == nil {
					continue
				}
			}
			if err := ctxtime.Sleep(ctx, time.Second); err != nil {
				yield(Event{}, err)
				return
			}
		}
	}
}

// quiet is how long nothing may come before the consumer is made anew. It
// recovers by itself after most troubles; one that died with its server and was not
// missed would let everybody wait permanently.
const quiet = 20 * time.Second

// maxConsumers is the error code of a stream that takes no more consumers.
const maxConsumers = 10026

// pollEvents is how often new events are looked for without a consumer.
const pollEvents = 250 * time.Millisecond

// eventsWithoutConsumer reads one event after the other for as long as quiet,
// since by then the stream may take a consumer again. more is false if the
// reader has enough.
func (b *Broker) eventsWithoutConsumer(ctx context.Context, from uint64, yield func(Event, error) bool) (next uint64, more bool, err error) {
	s, err := b.js.Stream(ctx, StreamEvents)
	if err != nil {
		return from, true, err
	}
	for until := time.Now().Add(quiet); time.Now().Before(until); {
		m, err := s.GetMsg(ctx, max(from, 1), jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			if err := ctxtime.Sleep(ctx, pollEvents); err != nil {
				return from, true, err
			}
			continue
		}
		if err != nil {
			return from, true, err
		}
		from = m.Sequence + 1
		if !yield(Event{Subject: m.Subject, Header: m.Header, Data: m.Data, Sequence: m.Sequence}, nil) {
			return from, false, nil
		}
	}
	return from, true, nil
}

var errQuiet = errors.New("no event for a while")

// readEvents reads until the consumer breaks, and returns where to go on. A nil
// error means that the reader has enough.
func (b *Broker) readEvents(ctx context.Context, from uint64, yield func(Event, error) bool) (uint64, error) {
	cons, err := b.js.OrderedConsumer(ctx, StreamEvents, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(from, 1),
	})
	if err != nil {
		return from, err
	}
	msgs, err := cons.Messages()
	if err != nil {
		return from, err
	}
	defer msgs.Stop()
	for {
		attempt, cancel := context.WithTimeout(ctx, quiet)
		msg, err := msgs.Next(jetstream.NextContext(attempt))
		cancel()
		if err != nil && attempt.Err() != nil && ctx.Err() == nil {
			return from, errQuiet
		}
		if err != nil {
			return from, err
		}
		meta, err := msg.Metadata()
		if err != nil {
			return from, err
		}
		from = meta.Sequence.Stream + 1
		if !yield(Event{Subject: msg.Subject(), Header: msg.Headers(), Data: msg.Data(), Sequence: meta.Sequence.Stream}, nil) {
			return from, nil
		}
	}
}

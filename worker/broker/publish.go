package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"invoicelink/worker/ctxtime"
)

// batchSize is the most messages that the server takes in one atomic batch.
const batchSize = 1000

// NewMessage is a message with the id that keeps the broker from storing it
// twice within the stream's window.
func NewMessage(subject string, header map[string][]string, data []byte, id string) *nats.Msg {
	m := &nats.Msg{Subject: subject, Header: header, Data: data}
	m.Header.Set(jetstream.MsgIDHeader, id)
	return m
}

// Publish stores one message and returns when the server has confirmed it. A
// timeout means that nobody knows, so a message with a header Nats-Msg-Id is
// published again with the same id until the context ends: it says that a
// repetition is harmless, since the stream, or the ledger behind the request
// stream, takes it once.
func (b *Broker) Publish(ctx context.Context, m *nats.Msg) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		_, err := b.js.PublishMsg(attempt, m)
		cancel()
		if err == nil {
			return nil
		}
		_, refused := errors.AsType[*jetstream.APIError](err)
		if refused || errors.Is(err, nats.ErrMaxPayload) || ctx.Err() != nil ||
			errors.Is(err, nats.ErrConnectionClosed) || m.Header.Get(jetstream.MsgIDHeader) == "" {
			return fmt.Errorf("publish %s: %w", m.Subject, WrapStoreFull(err))
		}
		if err := ctxtime.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("publish %s: %w", m.Subject, err)
		}
	}
}

// PublishAll stores messages of one stream in their order, a thousand at a
// time and each thousand all or nothing. Every message needs a Nats-Msg-Id, as
// in Publish: a batch whose answer was lost is published again.
func (b *Broker) PublishAll(ctx context.Context, msgs []*nats.Msg) error {
	for start := 0; start < len(msgs); start += batchSize {
		part := msgs[start:min(start+batchSize, len(msgs))]
		if err := b.publishBatch(ctx, part); err != nil {
			return fmt.Errorf("publish messages %d to %d of %d: %w", start+1, start+len(part), len(msgs), err)
		}
	}
	return nil
}

func (b *Broker) publishBatch(ctx context.Context, msgs []*nats.Msg) error {
	if !b.atomic || len(msgs) < 10 { // a batch costs five fsyncs of its own
		return b.publishEach(ctx, msgs)
	}
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := jetstreamext.PublishMsgBatch(attempt, b.js, msgs)
	if err == nil {
		return nil
	}
	if refused, ok := errors.AsType[jetstream.JetStreamError](err); ok && refused.APIError() != nil &&
		refused.APIError().ErrorCode != jetstreamext.JSErrCodeBatchPublishDuplicateMsgID {
		return WrapStoreFull(err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// Either the answer was lost or a part is stored already: one by one, the
	// ids sort it out.
	for _, m := range msgs {
		m.Header.Del(jetstreamext.BatchIDHeader)
		m.Header.Del(jetstreamext.BatchSeqHeader)
		m.Header.Del(jetstreamext.BatchCommitHeader)
		m.Reply = ""
	}
	return b.publishEach(ctx, msgs)
}

func (b *Broker) publishEach(ctx context.Context, msgs []*nats.Msg) error {
	for _, m := range msgs {
		if err := b.Publish(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// ErrFull is wrapped by the error of a publish that found the store at its
// limit.
var ErrFull = errors.New("the broker's store is full; make room on its disk or raise its limit, then start again")

// insufficientResources is the error code of a store at its limit; the client
// library has no name for it.
const insufficientResources = 10023

// WrapStoreFull adds ErrFull to the error of a store at its limit; other errors, and
// nil, it returns as they are.
func WrapStoreFull(err error) error {
	if refused, ok := errors.AsType[*jetstream.APIError](err); ok && (refused.ErrorCode == insufficientResources || refused.ErrorCode == 10047) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

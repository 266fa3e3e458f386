// Package announce publishes events about invoices. An event is stored when
// [Publisher.Publish] returns; the same id again within two minutes is the same
// event, and with [Publisher.PublishOnce] at any time.
package announce

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"invoicelink/worker/broker"
	"invoicelink/worker/event"
)

// DefaultSource is the CloudEvents source where none is configured.
const DefaultSource = "invoicelink"

// Publisher publishes the events of one program.
type Publisher struct {
	Broker *broker.Broker
	Source string           // CloudEvents source; "" means DefaultSource
	Now    func() time.Time // nil means time.Now
}

// Publish publishes a status as an event of the type. Of the envelope it takes
// the id, which must be the event's own, the batch and the trace context.
func (p Publisher) Publish(ctx context.Context, env event.Envelope, kind event.Type, s event.Status) error {
	m, err := p.message(ctx, env, kind, s)
	if err != nil {
		return err
	}
	return p.Broker.Publish(ctx, m)
}

// PublishOnce is Publish for an event that may have been published before,
// however long ago: then it does nothing.
func (p Publisher) PublishOnce(ctx context.Context, env event.Envelope, kind event.Type, s event.Status) error {
	m, err := p.message(ctx, env, kind, s)
	if err != nil {
		return err
	}
	if there, err := p.Broker.Published(ctx, m); err != nil || there {
		return err
	}
	return p.Broker.Publish(ctx, m)
}

func (p Publisher) message(ctx context.Context, env event.Envelope, kind event.Type, s event.Status) (*nats.Msg, error) {
	now, source := time.Now, p.Source
	if p.Now != nil {
		now = p.Now
	}
	if source == "" {
		source = DefaultSource
	}
	out := event.Envelope{
		ID: env.ID, Source: source, Type: kind, Time: now().UTC(), Batch: env.Batch,
		Traceparent: env.Traceparent, Tracestate: env.Tracestate,
	}
	m, err := event.Encode(out, s)
	if err != nil {
		return nil, &EncodeError{err}
	}
	if trace.SpanContextFromContext(ctx).IsValid() {
		// The context of this hop goes into the plain headers. The attributes
		// keep that of the request, which the sender knows (CloudEvents 1.0.2,
		// distributed tracing extension).
		propagation.TraceContext{}.Inject(ctx, event.Carrier(m.Header))
	}
	return broker.NewMessage(m.Subject, m.Header, m.Data, out.ID), nil
}

// EncodeError means that an event cannot be written, now or later.
type EncodeError struct{ err error }

func (e *EncodeError) Error() string { return fmt.Sprintf("publish event: %v", e.err) }

// Unwrap returns the cause.
func (e *EncodeError) Unwrap() error { return e.err }

// Verb is the part of an event's subject that says what happened: issued,
// renewed …
func Verb(kind event.Type) string { return strings.Split(event.OutSubject(kind, ""), ".")[1] }

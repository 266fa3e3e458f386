package worker

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"invoicelink/invoice/text"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
)

// w3c reads and writes traceparent and tracestate (W3C Trace Context).
var w3c = propagation.TraceContext{}

// traced begins the span of a delivery. It is linked to the context of who
// published it and is not its child: the queue may have held the request for
// days (OpenTelemetry semantic conventions for messaging). Without tracing it
// costs nothing.
func traced(ctx context.Context, d *broker.Delivery) (context.Context, trace.Span) {
	options := []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithNewRoot(),
		trace.WithAttributes(
			attribute.String("messaging.system", "nats"),
			attribute.String("messaging.operation.type", "process"),
			attribute.String("messaging.destination.name", d.Subject()),
			attribute.Int64("messaging.message.sequence", int64(d.Sequence())),
			attribute.Int("messaging.message.attempt", d.Attempt()),
		),
	}
	producer := trace.SpanContextFromContext(w3c.Extract(context.Background(), event.Carrier(d.Header())))
	if producer.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: producer}))
	}
	return otel.Tracer("invoicelink/worker").Start(ctx, "process "+d.Subject(), options...)
}

// span begins a span of a step; end ends it.
func span(ctx context.Context, step string) (_ context.Context, end func(error)) {
	ctx, s := otel.Tracer("invoicelink/worker").Start(ctx, step)
	return ctx, func(err error) {
		if err != nil {
			s.SetStatus(codes.Error, text.Line(err.Error(), 200))
		}
		s.End()
	}
}

// endTrace says in the span how the job ended.
func (j *job) endTrace(span trace.Span, disp disposition, err error) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.String("invoicelink.invoice", j.number()),
		attribute.String("invoicelink.request", j.id),
		attribute.String("invoicelink.state", string(j.state())),
		attribute.String("invoicelink.action", string(disp.action)),
		attribute.Bool("invoicelink.repeated", j.repeated),
	)
	if err != nil {
		span.SetStatus(codes.Error, text.Line(err.Error(), 200))
	}
}

// withTrace names the trace in the log, where there is one.
func withTrace(log *slog.Logger, span trace.Span) *slog.Logger {
	if c := span.SpanContext(); c.IsValid() {
		return log.With("trace", c.TraceID().String())
	}
	return log
}

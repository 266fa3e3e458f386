package telemetry

import (
	"net/http"
	"path"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Transport puts a client span around each request of base, with method, host,
// path and status (OpenTelemetry semantic conventions for HTTP, 1.23). Its name
// ends in the last part of the path, which is the operation at this API. No
// trace header is added: the API called is somebody else's.
func Transport(base http.RoundTripper) http.RoundTripper {
	return transport{base, otel.Tracer("invoicelink/checkout")}
}

type transport struct {
	base   http.RoundTripper
	tracer trace.Tracer
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, span := t.tracer.Start(r.Context(), r.Method+" "+path.Base(r.URL.Path), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", r.Method),
		attribute.String("server.address", r.URL.Hostname()),
		attribute.String("url.path", r.URL.Path),
	))
	defer span.End()
	res, err := t.base.RoundTrip(r.WithContext(ctx))
	if err != nil {
		span.SetStatus(codes.Error, "no answer")
		span.SetAttributes(attribute.String("error.type", "transport"))
		return nil, err
	}
	span.SetAttributes(attribute.Int("http.response.status_code", res.StatusCode))
	if res.StatusCode >= 400 {
		span.SetStatus(codes.Error, "")
	}
	return res, nil
}

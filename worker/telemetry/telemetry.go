// Package telemetry sends OpenTelemetry traces, where the standard OTEL_…
// variables ask for it, and puts the spans of API calls around an HTTP
// transport.
//
// It promises that nothing is sent, and nothing costs time, without these
// variables, that a collector which is away stops no work, and that no span
// holds a header, a body or a query, where tokens and customers are. It makes
// no metrics: those are in package ops.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Wanted reports whether the variables ask for traces, by the rules of the
// OpenTelemetry specification, "Environment Variable Specification": an
// endpoint (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
// or OTEL_TRACES_EXPORTER=otlp, and not OTEL_SDK_DISABLED=true. The error
// names a variable that asks for what is not offered.
func Wanted(getenv func(string) string) (bool, error) {
	exporter := strings.TrimSpace(getenv("OTEL_TRACES_EXPORTER"))
	endpoint := getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") + getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	switch {
	case strings.EqualFold(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")), "true"), exporter == "none":
		return false, nil
	case exporter == "" && endpoint == "":
		return false, nil
	case exporter != "" && exporter != "otlp":
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is not offered; use otlp or none", exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := getenv(name); p != "" {
			if p != "http/protobuf" {
				return false, fmt.Errorf("%s: %q is not offered; use http/protobuf, usually on port 4318", name, p)
			}
			break // the first one counts
		}
	}
	return true, nil
}

// Start begins to send traces to where the OTEL_… variables say, which the
// OpenTelemetry library reads itself, sampler and resource included. The
// returned function sends what is left and ends it; give its context a
// deadline. Trouble with the collector is logged, at most once a minute.
func Start(ctx context.Context, version string, log *slog.Logger) (stop func(context.Context) error, err error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("start tracing: %w", err)
	}
	// What the environment says goes before our own name.
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "invoicelink"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("start tracing: %w", err)
	}
	otel.SetErrorHandler(quiet(log, time.Minute, time.Now))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return provider.Shutdown, nil
}

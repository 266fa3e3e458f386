package telemetry_test

import (
	"testing"

	"invoicelink/worker/telemetry"
)

func TestWanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		env    map[string]string
		wanted bool
		wrong  bool
	}{
		{about: "nothing set"},
		{about: "a service name alone", env: map[string]string{"OTEL_SERVICE_NAME": "x"}},
		{about: "an endpoint", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, wanted: true},
		{about: "an endpoint for traces", env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, wanted: true},
		{about: "the exporter", env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, wanted: true},
		{about: "switched off", env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "TRUE"}},
		{about: "no traces", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}},
		{about: "another exporter", env: map[string]string{"OTEL_TRACES_EXPORTER": "jaeger"}, wrong: true},
		{about: "gRPC", env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, wrong: true},
		{about: "gRPC for others", env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
			"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, wanted: true},
	} {
		wanted, err := telemetry.Wanted(func(name string) string { return c.env[name] })
		if wanted != c.wanted || (err != nil) != c.wrong {
			t.Errorf("%s: wanted %t, error %v", c.about, wanted, err)
		}
	}
}

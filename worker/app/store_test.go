package app_test

import (
	"strings"
	"testing"

	"invoicelink/worker/app"
)

func TestRedactShowsNoSecret(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"nats://127.0.0.1:4222":                  "nats://127.0.0.1:4222",
		"127.0.0.1:4222":                         "nats://127.0.0.1:4222",
		"nats://user:secret@a:4222,tls://b:4222": "nats://…@a:4222,tls://b:4222",
		"secret@a":                               "nats://…@a",
		"nats://user:sec ret%zz@a:4222":          "(a URL that cannot be read)",
	} {
		if got := app.Redact(in); got != want || strings.Contains(got, "sec") {
			t.Errorf("Redact(%q): got %q, want %q", in, got, want)
		}
	}
}

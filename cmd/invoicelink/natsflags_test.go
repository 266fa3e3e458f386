package main

import (
	"strings"
	"testing"
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
		if got := redact(in); got != want || strings.Contains(got, "sec") {
			t.Errorf("redact %q: %q, want %q", in, got, want)
		}
	}
}

func TestNATSURLs(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"nats://a:4222": true, "a:4222": true, "tls://a, nats://b": true, "wss://a/path": true,
		"http://a": false, "nats://": false, "": false, "nats://a,,nats://b": false, "nats://a b": false,
	} {
		if err := checkNATSURL(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

package main

import "testing"

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

// Package brokertest gives tests a real broker: an embedded server in a
// directory of the test's own, with the house's streams on it. It is for tests
// alone, and makes no mock of anything.
package brokertest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
)

// Open starts a server and opens the broker on it, with the connection that it
// uses. Both end with the test, which fails where they cannot start or stop.
func Open(t testing.TB) (*nats.Conn, *broker.Broker) {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	conn, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	b, err := broker.Open(t.Context(), conn, broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return conn, b
}

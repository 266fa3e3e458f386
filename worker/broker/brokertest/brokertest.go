// Package brokertest gives tests a real broker: an embedded server in a
// directory of the test's own, with the program's streams on it. It is for tests
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
// uses. Both end with the test, which fails if they cannot start or stop.
func Open(t testing.TB) (*nats.Conn, *broker.Broker) {
	t.Helper()
	_, conn, b := start(t, embedded.Config{})
	return conn, b
}

// OpenShared is Open for several processes: each call of connect is a connection
// of its own.
func OpenShared(t testing.TB) (connect func() *nats.Conn, b *broker.Broker) {
	t.Helper()
	server, _, b := start(t, embedded.Config{})
	return func() *nats.Conn {
		t.Helper()
		conn, err := server.Connect()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		return conn
	}, b
}

// OpenBytes is Open for tests that store bytes which are no events.
func OpenBytes(t testing.TB) (*nats.Conn, *broker.Broker) {
	t.Helper()
	_, conn := serve(t, embedded.Config{})
	b, err := broker.Open(t.Context(), conn, broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return conn, b
}

// Listen is Open with a listener on a free loopback port for outside clients,
// who may do what the access says. It returns the listener's address.
func Listen(t testing.TB, access embedded.Access) (addr string, conn *nats.Conn, b *broker.Broker) {
	t.Helper()
	server, conn, b := start(t, embedded.Config{Listen: "127.0.0.1:0", Access: access})
	return server.ListenAddr(), conn, b
}

// OpenRestarting is Open with a way to stop the server and start it again on its
// directory, which cuts every connection.
func OpenRestarting(t testing.TB) (restart func(), b *broker.Broker) {
	t.Helper()
	server, _, b := start(t, embedded.Config{})
	return func() {
		t.Helper()
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}, b
}

// start starts a server with the program's streams, and fails the test for each
// event that does not fit its schema.
func start(t testing.TB, c embedded.Config) (*embedded.Server, *nats.Conn, *broker.Broker) {
	t.Helper()
	server, conn := serve(t, c)
	holdEvents(t, conn)
	b, err := broker.Open(t.Context(), conn, broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return server, conn, b
}

func serve(t testing.TB, c embedded.Config) (*embedded.Server, *nats.Conn) {
	t.Helper()
	c.Dir = filepath.Join(t.TempDir(), "data")
	server, err := embedded.Start(t.Context(), c)
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
	return server, conn
}

package httplimit_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"invoicelink/worker/httplimit"
)

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEndlessBodyEnds(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	s := httptest.NewServer(httplimit.Bodies(100*time.Millisecond, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		failed <- err
	})))
	t.Cleanup(s.Close)
	c := dial(t, s.Listener.Addr().String())
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=")
	if err := <-failed; err == nil {
		t.Error("got a whole body, want a timeout")
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("got %v, want the connection closed", err)
	}
}

func TestHandlerOutlivesTheDeadlineOfItsBody(t *testing.T) {
	t.Parallel()
	const within = 50 * time.Millisecond
	s := httptest.NewServer(httplimit.Bodies(within, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		case <-time.After(4 * within):
			w.WriteHeader(http.StatusNoContent)
		}
	})))
	t.Cleanup(s.Close)
	for range 2 { // the second on the same connection
		answer, err := http.Post(s.URL, "text/plain", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got, want := answer.StatusCode, http.StatusNoContent; got != want {
			t.Errorf("status: got %d, want %d", got, want)
		}
	}
	c := dial(t, s.Listener.Addr().String())
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, want := answer.StatusCode, http.StatusNoContent; got != want {
		t.Errorf("status after a body: got %d, want %d", got, want)
	}
}

func TestConnectionsPerAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		total, perAddress int
		exempt            func(netip.Addr) bool
		want              int // of 4 connections that are served
	}{
		{"per address", 10, 2, nil, 2},
		{"in all", 3, 10, nil, 3},
		{"a proxy", 10, 2, netip.Addr.IsLoopback, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inner, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})}
			go func() { _ = s.Serve(httplimit.Listen(inner, c.total, c.perAddress, c.exempt)) }()
			t.Cleanup(func() { _ = s.Close() })
			served := 0
			var conns []net.Conn
			for range 4 {
				conn := dial(t, inner.Addr().String())
				conns = append(conns, conn)
				fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
					_ = answer.Body.Close()
					served++
				}
			}
			if served != c.want {
				t.Errorf("served: got %d, want %d", served, c.want)
			}
			for _, conn := range conns {
				_ = conn.Close()
			}
			// A place that is free again is given away again.
			for deadline := time.Now().Add(10 * time.Second); ; {
				conn := dial(t, inner.Addr().String())
				fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
				_, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err == nil {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("no place becomes free: %v", err)
				}
			}
		})
	}
}

package worker_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"invoicelink/worker/testkit"

	"github.com/nats-io/nats.go"
)

// rawClient speaks the NATS protocol itself, since client libraries refuse
// headers that other writers send.
type rawClient struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dialRaw(t *testing.T, addr string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	testkit.Must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	testkit.Must(t, conn.SetDeadline(time.Now().Add(5*time.Minute)))
	c := &rawClient{t: t, conn: conn, in: bufio.NewReader(conn)}
	if _, err := fmt.Fprintf(conn, "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB _INBOX.raw 1\r\n"); err != nil {
		t.Fatal(err)
	}
	return c
}

// publish stores the message and returns its sequence.
func (c *rawClient) publish(subject string, m *nats.Msg) uint64 {
	c.t.Helper()
	header := []byte("NATS/1.0\r\n")
	for name, values := range m.Header {
		for _, v := range values {
			header = append(header, name+": "+v+"\r\n"...)
		}
	}
	header = append(header, "\r\n"...)
	var b bytes.Buffer
	fmt.Fprintf(&b, "HPUB %s _INBOX.raw %d %d\r\n", subject, len(header), len(header)+len(m.Data))
	b.Write(header)
	b.Write(m.Data)
	b.WriteString("\r\n")
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		c.t.Fatal(err)
	}
	for {
		line, err := c.in.ReadString('\n')
		testkit.Must(c.t, err)
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "PING"):
			_, err := c.conn.Write([]byte("PONG\r\n"))
			testkit.Must(c.t, err)
		case strings.HasPrefix(line, "-ERR"):
			c.t.Fatal(line)
		case strings.HasPrefix(line, "MSG"):
			size, err := strconv.Atoi(fields[len(fields)-1])
			testkit.Must(c.t, err)
			body := make([]byte, size+2)
			if _, err := io.ReadFull(c.in, body); err != nil {
				c.t.Fatal(err)
			}
			var ack struct {
				Seq   uint64
				Error any
			}
			testkit.Must(c.t, json.Unmarshal(body[:size], &ack))
			if ack.Seq == 0 {
				c.t.Fatalf("publish on %s: %s", subject, body)
			}
			return ack.Seq
		}
	}
}

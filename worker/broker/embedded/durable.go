package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// durableConn is the client's end of a connection to the server. What the
// server sends, an acknowledgement above all, reaches the client after
// everything that the server had written until then is on disk.
//
// So the server need not sync each write itself: one sync covers all writes of
// all streams that were acknowledged while the sync before it ran. A read of
// messages waits in the same way: it never shows what a power cut could undo.
type durableConn struct {
	net.Conn
	commit func(answers int) error
	failed func(error) // hears why a commit failed

	mu      sync.Mutex
	arrived *sync.Cond
	pending []byte // sent by the server, not yet covered by a commit
	covered []byte // what the last commit covered; its memory is used again
	ready   []byte // the part of covered that Read has still to give
	err     error
}

// message begins each message that the server sends, with headers or without.
var message = []byte("MSG ")

// mostPending bounds what is taken from the server while a commit runs.
const mostPending = 1 << 20

func newDurableConn(conn net.Conn, commit func(answers int) error, failed func(error)) *durableConn {
	c := &durableConn{Conn: conn, commit: commit, failed: failed}
	c.arrived = sync.NewCond(&c.mu)
	go c.receive()
	return c
}

// receive takes what the server sends, so that the server can go on while a
// commit runs.
func (c *durableConn) receive() {
	buf := make([]byte, 64<<10)
	for {
		n, err := c.Conn.Read(buf)
		c.mu.Lock()
		c.pending = append(c.pending, buf[:n]...)
		if err != nil {
			c.err = err
		}
		c.arrived.Broadcast()
		for err == nil && len(c.pending) > mostPending && c.err == nil {
			c.arrived.Wait()
		}
		stop := c.err != nil
		c.mu.Unlock()
		if stop {
			return
		}
	}
}

// Read is called by one goroutine at a time.
func (c *durableConn) Read(p []byte) (int, error) {
	if len(c.ready) == 0 {
		if err := c.await(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// await waits for something from the server, and then for its commit.
func (c *durableConn) await() error {
	c.mu.Lock()
	for len(c.pending) == 0 && c.err == nil {
		c.arrived.Wait()
	}
	err := c.err
	c.covered, c.pending = c.pending, c.covered[:0]
	c.ready = c.covered
	c.arrived.Broadcast()
	c.mu.Unlock()
	if len(c.ready) == 0 {
		return err
	}
	if err := c.commit(bytes.Count(c.ready, message)); err != nil {
		c.ready = nil
		_ = c.Close()
		c.failed(err)
		return fmt.Errorf("hold back answers of the embedded broker: %w", err)
	}
	return nil
}

// heldBack logs that a commit failed, at most once per heldBackEvery: clients
// connect again many times a second for as long as the disk is full.
type heldBack struct {
	log *slog.Logger

	mu   sync.Mutex
	said time.Time
}

const heldBackEvery = time.Minute

func (h *heldBack) failed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); h.said.IsZero() || now.Sub(h.said) >= heldBackEvery {
		h.said = now
		h.log.Error("answers are held back: what they say may not be on disk", "error", err)
	}
}

// Close ends the connection; a Read that waits returns.
func (c *durableConn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	if c.err == nil {
		c.err = errors.Join(net.ErrClosed)
	}
	c.arrived.Broadcast()
	c.mu.Unlock()
	return err
}

// Package httplimit bounds what a client of an HTTP server can hold open: the
// time that a request's body may take ([Bodies]) and the connections of one
// address ([Listen]). http.Server bounds headers and idle connections itself
// (ReadHeaderTimeout, IdleTimeout); its ReadTimeout would end server-sent
// events as well, so it is not used here.
package httplimit

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Bodies gives each request within to send its body. A body that takes longer
// fails to be read with a timeout, and its connection ends. A handler that
// expects more sets a later read deadline itself.
func Bodies(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			control := http.NewResponseController(w)
			if err := control.SetReadDeadline(time.Now().Add(within)); err != nil && !errors.Is(err, http.ErrNotSupported) {
				http.Error(w, "the connection cannot be limited", http.StatusInternalServerError)
				return
			}
			r.Body = &body{ReadCloser: r.Body, control: control}
		}
		next.ServeHTTP(w, r)
	})
}

// body lifts the deadline once it is read whole: from then on the server reads
// ahead to notice a client that left, and a deadline would look like one.
type body struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // not supported: none was set either
	}
	return n, err
}

// Listen accepts at most perAddress connections at a time from one address, and
// total in all; what is more is closed at once, so that nobody else waits for
// it. Addresses that exempt reports true for, such as a trusted proxy, count
// towards total only; exempt may be nil.
func Listen(l net.Listener, total, perAddress int, exempt func(netip.Addr) bool) net.Listener {
	if exempt == nil {
		exempt = func(netip.Addr) bool { return false }
	}
	return &listener{Listener: l, total: total, perAddress: perAddress, exempt: exempt, open: map[netip.Addr]int{}}
}

type listener struct {
	net.Listener
	total, perAddress int
	exempt            func(netip.Addr) bool

	mu   sync.Mutex
	all  int
	open map[netip.Addr]int
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err != nil { // not TCP: nothing to count by
			return c, nil
		}
		addr := peer.Addr().Unmap()
		if l.enter(addr) {
			return &conn{Conn: c, leave: sync.OnceFunc(func() { l.leave(addr) })}, nil
		}
		_ = c.Close() // refused; how it ends changes nothing
	}
}

func (l *listener) enter(addr netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.total || l.open[addr] >= l.perAddress && !l.exempt(addr) {
		return false
	}
	l.all++
	l.open[addr]++
	return true
}

func (l *listener) leave(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.open[addr]--; l.open[addr] == 0 {
		delete(l.open, addr)
	}
}

type conn struct {
	net.Conn
	leave func()
}

func (c *conn) Close() error {
	c.leave()
	return c.Conn.Close()
}

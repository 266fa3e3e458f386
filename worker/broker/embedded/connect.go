package embedded

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/nats-io/nats.go"
)

// connectWait is how long a connection waits for a server that restarts,
// before the client's own retry takes over.
const connectWait = 2 * time.Second

var errStopped = errors.New("the embedded broker is stopped")

// Connect opens a connection inside this process, with all rights. It
// reconnects permanently, also over Restart; Stop closes it. Give
// nats.ErrorHandler among the options: refused publishes and slow consumers
// are reported there only.
func (s *Server) Connect(opts ...nats.Option) (*nats.Conn, error) {
	all := append([]nats.Option{
		nats.Name("invoicelink"),
		nats.InProcessServer(provider(s.inProcess)),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(50 * time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 50*time.Millisecond),
		nats.Timeout(10 * time.Second),
	}, opts...)
	nc, err := nats.Connect("", all...)
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded broker: %w", err)
	}
	s.state.Lock()
	stopping := s.stopping()
	if !stopping {
		s.conns = append(open(s.conns), nc)
	}
	s.state.Unlock()
	if stopping {
		nc.Close()
		return nil, fmt.Errorf("connect to the embedded broker: %w", errStopped)
	}
	return nc, nil
}

// serveOutside answers outside clients until Stop, over restarts too.
func (s *Server) serveOutside() error {
	failed := nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		s.refused.count("serve outside clients", "error", err)
	})
	for _, o := range outsiders(s.cfg) {
		theirs, err := s.Connect(nats.Name("invoicelink listener"), nats.UserInfo(gateUser+o.Name, ""), failed)
		if err != nil {
			return err
		}
		ours, err := s.Connect(nats.Name("invoicelink listener"), failed)
		if err != nil {
			return err
		}
		g := &gate{outsider: o, theirs: theirs, ours: ours, log: s.refused, limits: s.cfg.limits()}
		if err := g.serve(); err != nil {
			return err
		}
	}
	return nil
}

// leaving refuses connections from now on.
func (s *Server) leaving() {
	s.state.Lock()
	defer s.state.Unlock()
	if !s.stopping() {
		close(s.quit)
	}
}

func (s *Server) stopping() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// taken are the connections that Connect has given and that are still open.
func (s *Server) taken() []*nats.Conn {
	s.state.Lock()
	defer s.state.Unlock()
	conns := open(s.conns)
	s.conns = nil
	return conns
}

func open(conns []*nats.Conn) []*nats.Conn {
	var still []*nats.Conn
	for _, nc := range conns {
		if !nc.IsClosed() {
			still = append(still, nc)
		}
	}
	return still
}

// provider is what nats.go asks for a connection, also when it reconnects.
type provider func() (net.Conn, error)

func (p provider) InProcessConn() (net.Conn, error) { return p() }

// inProcess opens a pipe to the server that runs now. While it restarts,
// inProcess waits a little.
func (s *Server) inProcess() (net.Conn, error) {
	s.state.Lock()
	up := s.up
	s.state.Unlock()
	if s.stopping() {
		return nil, errStopped
	}
	wait := time.NewTimer(connectWait)
	defer wait.Stop()
	select {
	case <-up:
	case <-s.quit:
		return nil, errStopped
	case <-wait.C:
		return nil, errors.New("the embedded broker is restarting")
	}
	s.state.Lock()
	ns, store := s.ns, s.store
	s.state.Unlock()
	if ns == nil {
		return nil, errors.New("the embedded broker is restarting")
	}
	conn, err := ns.InProcessConn()
	if err != nil {
		return nil, err
	}
	return newDurableConn(conn, store.Commit, s.heldBack.failed), nil
}

package embedded

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"invoicelink/worker/broker/blocks"
)

// options are the server's, for one start.
func (s *Server) options() (*server.Options, error) {
	limit, err := storeLimit(s.dir, s.cfg.MaxStore)
	if err != nil {
		return nil, err
	}
	o := &server.Options{
		ServerName:        "invoicelink",
		JetStream:         true,
		StoreDir:          s.dir,
		JetStreamMaxStore: limit,
		// The default loses up to two minutes of acknowledged work at a power
		// cut (measured). Where commits are grouped, durableConn holds answers
		// back until their writes are on disk instead.
		SyncAlways:             !blocks.Grouped,
		WriteDeadline:          time.Minute, // answers wait for a slow disk
		DontListen:             true,
		NoSigs:                 true, // signals are the program's
		DisableJetStreamBanner: true,
	}
	if s.cfg.Listen == "" {
		return o, nil
	}
	host, port, err := splitListen(s.cfg.Listen)
	if err != nil {
		return nil, err
	}
	if s.port != 0 {
		port = s.port // clients reconnect to where they were
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	o.DontListen, o.Host, o.Port = false, host, port
	if host == "" {
		o.Host = server.DEFAULT_HOST
	}
	if s.cfg.TLS != nil {
		o.TLSConfig = s.cfg.TLS.Clone()
		o.TLSConfig.MinVersion = max(o.TLSConfig.MinVersion, tls.VersionTLS12)
		o.TLSTimeout = 5 // seconds, for the handshake
	}
	o.AuthTimeout = 10 // seconds, for passwords that wait for a hash
	// A ping before the answer to a login ends the login ("expected 'PONG'").
	o.DisableShortFirstPing = true
	return o, nil
}

// launch starts a server and opens it for connections.
func (s *Server) launch(ctx context.Context) error {
	o, err := s.options()
	if err != nil {
		return err
	}
	auth := newAuth(s.cfg, s.logins)
	o.CustomClientAuthentication = auth
	ns, err := server.NewServer(o)
	if err != nil {
		return fmt.Errorf("configure the embedded broker: %w", err)
	}
	log := newServerLog(s.log, s.refused)
	ns.SetLogger(log, false, false)

	returned := make(chan struct{})
	go func() {
		defer close(returned)
		ns.Start()
	}()
	if err := awaitReady(ctx, ns, log, returned); err != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
		return fmt.Errorf("start the embedded broker on %s: %w", s.dir, err)
	}
	users := outsiders(s.cfg)
	for _, o := range users {
		if err := o.open(ns); err != nil {
			ns.Shutdown()
			ns.WaitForShutdown()
			return err
		}
	}
	auth.open(users)
	store, err := blocks.Open(s.dir, s.verified)
	s.verified = nil // Restart has nothing verified
	if err != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
		return fmt.Errorf("start the embedded broker on %s: %w", s.dir, err)
	}
	s.state.Lock()
	defer s.state.Unlock()
	s.ns, s.store, s.down = ns, store, make(chan struct{})
	if addr, ok := ns.Addr().(*net.TCPAddr); ok {
		s.port = addr.Port
	}
	close(s.up)
	return nil
}

// awaitReady waits until the server takes connections. There is no time limit
// but ctx's, since reading a large store after a crash may take minutes.
func awaitReady(ctx context.Context, ns *server.Server, log *serverLog, returned <-chan struct{}) error {
	ready := make(chan struct{})
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		for !ns.ReadyForConnections(10 * time.Millisecond) {
			select {
			case <-quit:
				return
			default:
			}
		}
		close(ready)
	}()
	select {
	case <-ready:
		// Ready without JetStream is of no use; the reason is in the log.
		select {
		case why := <-log.fatal:
			return errors.New(why)
		default:
		}
		if !ns.JetStreamEnabled() {
			return errors.New("JetStream is not enabled: see the log")
		}
		return nil
	case why := <-log.fatal:
		<-returned
		return errors.New(why)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// shutdown refuses connections and waits until the server has written everything.
// When ctx ends first the shutdown goes on, and the next call waits for it.
func (s *Server) shutdown(ctx context.Context) error {
	s.state.Lock()
	if ns := s.ns; ns != nil {
		s.ns = nil
		s.up = make(chan struct{})
		down, store := s.down, s.store
		go func() {
			ns.Shutdown()
			ns.WaitForShutdown()
			s.storeErr = store.Close()
			close(down)
		}()
	}
	down := s.down
	s.state.Unlock()
	if down == nil {
		return nil
	}
	select {
	case <-down:
		return s.storeErr
	case <-ctx.Done():
		return fmt.Errorf("wait for the last writes: %w", context.Cause(ctx))
	}
}

// ListenAddr is the address listened on, such as "127.0.0.1:4222", also while
// the server restarts; "" without a listener.
func (s *Server) ListenAddr() string {
	s.state.Lock()
	defer s.state.Unlock()
	if s.port == 0 {
		return ""
	}
	host, _, _ := net.SplitHostPort(s.cfg.Listen)
	if host == "" {
		host = server.DEFAULT_HOST
	}
	return net.JoinHostPort(host, strconv.Itoa(s.port))
}

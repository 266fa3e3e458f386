package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// store is the opened broker and ledger.
type store struct {
	broker *broker.Broker
	ledger *ledger.Ledger
	// exclusive tells that no other worker can be alive.
	exclusive bool
	server    *embedded.Server // nil where another process or host serves
	outside   bool             // the broker is a NATS server that was named
	conn      *nats.Conn

	mu      sync.Mutex
	gone    error       // why the connection ended for good
	onGone  func(error) // is told that
	leaving bool        // we end it ourselves
}

// openStore opens the ledger for working on it: in this process, or on the
// server that was named. A new data directory is announced on w.
func openStore(ctx context.Context, f storeFlags, dir string, log *slog.Logger, w io.Writer) (*store, error) {
	s := &store{}
	if f.NATS != "" {
		if err := s.dial(f, log); err != nil {
			return nil, err
		}
		return s, s.bind(ctx, broker.Options{})
	}
	server, err := embedded.Start(ctx, embedded.Config{Dir: dir, Log: log})
	if err != nil {
		return nil, err
	}
	if server.Created() {
		fmt.Fprintf(w, "created data directory %s: it holds the ledger, keep it\n", dir)
	}
	s.server, s.exclusive = server, true
	if s.conn, err = server.Connect(clientOptions(log)...); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, s.bind(ctx, broker.Options{})
}

// joinStore opens the ledger beside whoever holds it: the process that runs on
// the directory if there is one, otherwise this one.
func joinStore(ctx context.Context, f storeFlags, dir string, log *slog.Logger) (*store, error) {
	if f.NATS == "" {
		conn, err := embedded.Dial(dir, clientOptions(log)...)
		if err == nil {
			s := &store{conn: conn}
			return s, s.bind(ctx, broker.Options{})
		}
		if !errors.Is(err, embedded.ErrNotHeld) {
			return nil, err
		}
	}
	return openStore(ctx, f, dir, log, io.Discard)
}

// dial connects to the server that was named. Once connected, it reconnects
// for ever.
func (s *store) dial(f storeFlags, log *slog.Logger, more ...nats.Option) error {
	options, err := f.options(f.NATS)
	if err != nil {
		return err
	}
	options = slices.Concat(clientOptions(log), []nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(time.Second)}, options, more)
	if s.conn, err = nats.Connect(f.NATS, options...); err != nil {
		return fmt.Errorf("connect to NATS at %s: %w", redact(f.NATS), err)
	}
	s.outside = true
	return nil
}

// bind opens what is on the connection; what is missing is made. After an
// error the store is closed.
func (s *store) bind(ctx context.Context, o broker.Options) error {
	if err := s.open(ctx, o); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func (s *store) open(ctx context.Context, o broker.Options) error {
	b, err := broker.Open(ctx, s.conn, o)
	if err != nil {
		return err
	}
	s.broker, s.ledger = b, ledger.Open(b.LedgerBucket(), b.Documents(), nil)
	return nil
}

// works reports whether this process has to do the work: where another one
// holds the directory, that one does.
func (s *store) works() bool { return s.server != nil || s.outside }

// close ends the connection and then the server, which leaves its clean mark.
func (s *store) close() error {
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
	if s.server == nil {
		return nil
	}
	return s.server.Stop(context.Background())
}

// closed is told by the client that the connection has ended for good, as
// after refused credentials.
func (s *store) closed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leaving {
		return
	}
	if s.gone = err; err == nil {
		s.gone = nats.ErrConnectionClosed
	}
	if s.onGone != nil {
		s.onGone(s.gone)
	}
}

// onClosed calls tell when the connection ends for good, or has.
func (s *store) onClosed(tell func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.onGone = tell; s.gone != nil {
		tell(s.gone)
	}
}

func clientOptions(log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.Name("invoicelink"),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			subject := ""
			if sub != nil {
				subject = sub.Subject
			}
			log.Warn("broker reports an error", "subject", subject, "error", err)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("broker is away", "error", err)
			}
		}),
	}
}

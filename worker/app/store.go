package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/audit"
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
	server    *embedded.Server // nil if another process or host serves
	outside   bool             // the broker is a NATS server that was named
	conn      *nats.Conn

	mu       sync.Mutex
	gone     error       // why the connection ended for good
	onClosed func(error) // is called with that
	closing  bool        // we end it ourselves
}

func openStore(ctx context.Context, c Store, log *slog.Logger) (*store, error) {
	s := &store{}
	err := s.connect(ctx, c, log)
	if err == nil {
		err = retryUntilReady(ctx, c.OnWait, func() error { return s.bind(ctx, c, log) })
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// connect finds or starts the broker.
func (s *store) connect(ctx context.Context, c Store, log *slog.Logger) (err error) {
	options := clientOptions(log)
	if c.URL != "" {
		s.outside = true
		options = slices.Concat(options, []nats.Option{
			nats.MaxReconnects(-1), nats.ReconnectWait(time.Second),
			nats.ClosedHandler(func(nc *nats.Conn) { s.closed(nc.LastError()) }),
		}, c.Options)
		return retryUntilReady(ctx, c.OnWait, func() (err error) {
			if s.conn, err = nats.Connect(c.URL, options...); err != nil {
				return fmt.Errorf("connect to NATS at %s: %w", Redact(c.URL), err)
			}
			return nil
		})
	}
	if c.Join {
		s.conn, err = embedded.Dial(c.Dir, options...)
		if err == nil || !errors.Is(err, embedded.ErrNotHeld) {
			return err
		}
	}
	config := c.Listener
	config.Dir, config.Log, config.AdoptCopy = c.Dir, log, c.AdoptCopy
	config.Check = audit.Check
	if s.server, err = embedded.Start(ctx, config); err != nil {
		return audit.Explain(c.Dir, err)
	}
	s.exclusive = true
	if s.server.Created() && c.OnCreate != nil {
		c.OnCreate(c.Dir)
	}
	if address := s.server.ListenAddr(); address != "" {
		log.Info("broker takes NATS clients", "address", address)
	}
	s.conn, err = s.server.Connect(options...)
	return err
}

// bind opens what is on the connection; what is missing is made.
func (s *store) bind(ctx context.Context, c Store, log *slog.Logger) error {
	if c.OnWait != nil {
		attempt, cancel := context.WithTimeout(ctx, 30*time.Second) // streams of a new cluster need elections
		defer cancel()
		ctx = attempt
	}
	b, err := broker.Open(ctx, s.conn, broker.Options{Replicas: c.Replicas, Log: log})
	if err != nil {
		return err
	}
	s.broker, s.ledger = b, ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
	s.ledger.KeepIndex(c.Dir)
	return nil
}

// works reports whether this process has to do the work: if another one holds
// the directory, that one does.
func (s *store) works() bool { return s.server != nil || s.outside }

// name is where the broker is, without secrets.
func (s *store) name(c Store) string {
	if s.outside {
		return Redact(c.URL)
	}
	return c.Dir
}

// close ends the connection and then the server, which notes on disk that it
// was stopped cleanly.
func (s *store) close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
	if s.server == nil {
		return nil
	}
	return s.server.Stop(context.Background())
}

// closed is called by the client when the connection has ended for good, as
// after refused credentials.
func (s *store) closed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	if s.gone = err; err == nil {
		s.gone = nats.ErrConnectionClosed
	}
	if s.onClosed != nil {
		s.onClosed(s.gone)
	}
}

// notifyClosed calls back when the connection ends for good, or has.
func (s *store) notifyClosed(call func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.onClosed = call; s.gone != nil {
		call(s.gone)
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

// Redact takes user and password out of NATS URLs separated by commas, for a
// message or a log line.
func Redact(urls string) string {
	var shown []string
	for part := range strings.SplitSeq(urls, ",") {
		if part = strings.TrimSpace(part); !strings.Contains(part, "://") {
			part = "nats://" + part
		}
		u, err := url.Parse(part)
		if err != nil {
			shown = append(shown, "(a URL that cannot be read)")
			continue
		}
		if u.User != nil {
			u.User = url.User("…") // a user name alone may be a token
		}
		shown = append(shown, strings.ReplaceAll(u.String(), "%E2%80%A6", "…"))
	}
	return strings.Join(shown, ",")
}

package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Server is the sandbox, an http.Handler that is safe for concurrent use.
type Server struct {
	cfg     Config
	handler http.Handler
	stop    context.CancelFunc
	stopped context.Context
	calls   sync.WaitGroup // callbacks under way

	mu       sync.Mutex
	state    *state
	journal  *journal
	switches Switches
	scripts  []*script
	tokens   map[string]time.Time // token → end by the sandbox's clock
	stats    Stats
}

// Open starts a sandbox, with the state that its directory holds. It is an
// error if the directory is in use by another process, or holds something that
// is no journal of a sandbox. Close it at the end.
func Open(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, state: newState(), switches: cfg.Switches, scripts: newScripts(cfg.Faults),
		tokens: map[string]time.Time{}, stats: newStats()}
	s.stopped, s.stop = context.WithCancel(context.Background())
	if cfg.Dir != "" {
		var err error
		if s.journal, err = openJournal(cfg.Dir, s.state.apply); err != nil {
			s.stop()
			return nil, err
		}
	}
	s.handler = s.routes()
	s.resumeCallbacks()
	return s, nil
}

// Close ends calls that hang and callbacks under way, and releases the
// directory. What was acknowledged is kept.
func (s *Server) Close() error {
	s.stop()
	s.calls.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.journal
	s.journal = nil
	return j.close()
}

// ServeHTTP serves the API under [Config.Prefix], the pay page under /pay, the
// control API under /sandbox/ and /healthz.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(Header, "1")
	w.Header().Set("Date", s.Now().Format(http.TimeFormat)) // by the sandbox's own clock
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.handler.ServeHTTP(w, r)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	api := s.cfg.Prefix + "/checkout/v1/api"
	mux.Handle("POST "+api+"/authenticate", s.operation(OpAuthenticate, s.authenticate))
	mux.Handle("POST "+api+"/session", s.operation(OpSession, s.createSession))
	mux.Handle("PUT "+api+"/session/{id}", s.operation(OpSession, s.updateSession))
	mux.Handle("POST "+api+"/session/{id}/link", s.operation(OpLink, s.createLink))
	mux.Handle("GET "+s.cfg.Prefix+"/merchant/API/payments", s.operation(OpPayments, s.pollPayments))
	s.payRoutes(mux)
	s.controlRoutes(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	return mux
}

// Now is the sandbox's own clock, UTC: [Config.Now] and the offset of
// [Server.Advance].
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now needs the lock.
func (s *Server) now() time.Time { return s.cfg.Now().Add(s.state.offset).UTC().Round(0) }

// Advance moves the sandbox's clock by d, also back. The move is kept with the
// state. It does not wait and moves nobody else's clock.
func (s *Server) Advance(d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	offset := s.state.offset + d
	return s.record(&event{Offset: &offset})
}

// record writes an event and then applies it; the caller holds the lock.
func (s *Server) record(e *event) error {
	e.Serial = s.state.serial
	if err := s.journal.append(e); err != nil {
		s.cfg.Log.Error("sandbox keeps nothing", "error", err)
		return err
	}
	return s.state.apply(e)
}

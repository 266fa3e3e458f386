package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"invoicelink/worker/httplimit"
	"invoicelink/worker/ops"
	"invoicelink/worker/web"
)

// Bounds of what clients may hold open.
const (
	bodyWithin          = 10 * time.Second
	maxConnections      = 4096
	maxConnectionsOfOne = 256
)

// startHTTP serves the probes from now on, and the rest once it is mounted. The
// returned function ends it.
func (v *server) startHTTP() (end func()) {
	probes := ops.NewProbes(ops.Config{Alive: v.alive(), Ready: v.readiness(), Warn: v.warnings(), Log: v.config.Log})
	mux := http.NewServeMux()
	mux.Handle("/healthz", probes.Health())
	mux.Handle("/readyz", probes.Ready())
	mux.Handle("/metrics", v.later(func(h *handlers) http.Handler { return h.metrics }))
	mux.Handle(CallbackPath, v.later(func(h *handlers) http.Handler { return h.callback }))
	mux.Handle("/pay/", v.later(func(h *handlers) http.Handler { return h.sandbox })) // the pages that the sandbox's links name
	mux.Handle("/", v.later(func(h *handlers) http.Handler { return h.desk }))
	limited := httplimit.Listen(v.Listener, maxConnections, maxConnectionsOfOne, v.isProxy)
	end = serveHTTP(limited, v.Certificate, &http.Server{
		Handler:           httplimit.Bodies(bodyWithin, mux),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}, v.config.Log)
	if v.OnListen != nil {
		v.OnListen(v.url())
	}
	return end
}

// serveHTTP serves on a listener from now on, over TLS if there is a
// certificate. The returned function ends it.
func serveHTTP(l net.Listener, certificate *web.Certificate, s *http.Server, log *slog.Logger) (end func()) {
	s.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	serve := s.Serve
	if certificate != nil {
		s.TLSConfig = &tls.Config{GetCertificate: certificate.GetCertificate, MinVersion: tls.VersionTLS12}
		serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("HTTP listener ended", "error", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			_ = s.Close()
		}
		<-served
	}
}

// isProxy reports whether many people come from the address.
func (v *server) isProxy(address netip.Addr) bool {
	return slices.ContainsFunc(v.Desk.Access.Proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// sandboxURL is what the sandbox's payment links begin with, if this server can
// show its pages; "" otherwise.
func (v *server) sandboxURL() string {
	if u := v.Desk.Access.PublicURL; u != "" {
		return strings.TrimRight(u, "/")
	}
	if address, ok := v.Listener.Addr().(*net.TCPAddr); v.Certificate == nil && (!ok || !address.IP.IsLoopback()) {
		return "" // the client refuses links over plain HTTP to other machines
	}
	return v.url()
}

func (v *server) url() string {
	if v.Certificate != nil {
		return "https://" + v.Listener.Addr().String()
	}
	return "http://" + v.Listener.Addr().String()
}

// later answers 503 until there is something to answer with.
func (v *server) later(pick func(*handlers) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers := v.handlers.Load()
		if handlers == nil {
			w.Header().Set("Retry-After", "2")
			http.Error(w, "not ready yet", http.StatusServiceUnavailable)
			return
		}
		h := pick(handlers)
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

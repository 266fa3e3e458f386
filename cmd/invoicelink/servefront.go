package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/ops"
)

// listenFlags say where and to whom serve answers over HTTP.
type listenFlags struct {
	Listen             string   `help:"Address of the finance desk, probes, metrics and callbacks." default:"127.0.0.1:8080" placeholder:"ADDR"`
	PublicURL          string   `name:"public-url" help:"Where others reach this program. With --callback-secret-file it is named in each session for payment notifications." placeholder:"URL"`
	CallbackSecretFile string   `type:"path" help:"Secrets that sign payment notifications, one a line." placeholder:"FILE"`
	Users              string   `type:"path" help:"Who may log in to the desk: a line NAME:HASH each, the hash by bcrypt as \"htpasswd -nBC 12 NAME\" writes it." placeholder:"FILE"`
	TLSCert            string   `name:"tls-cert" type:"path" help:"Certificate (PEM) of the listener." placeholder:"FILE"`
	TLSKey             string   `name:"tls-key" type:"path" help:"Its key." placeholder:"FILE"`
	BehindProxy        []string `help:"Networks of proxies that log people in; their X-Forwarded-User is believed. Repeatable." placeholder:"CIDR"`
}

// front is the HTTP listener. It answers the probes from the first moment on,
// the rest once the store is open.
type front struct {
	url        string
	server     *http.Server
	served     chan struct{} // closed when the server has ended
	waitingFor atomic.Pointer[error]
	inside     atomic.Pointer[inside]
}

// desk is the finance desk. It guards what stands beside it.
type desk interface {
	http.Handler
	Protect(http.Handler) http.Handler
	Close()
}

// inside is what needs the store.
type inside struct {
	desk     desk
	metrics  http.Handler
	callback http.Handler // nil where there are none
}

func (v *serving) openFront(listener net.Listener) *front {
	f := &front{served: make(chan struct{})}
	scheme := "http"
	if v.plan.access.TLS {
		scheme = "https"
	}
	f.url = scheme + "://" + listener.Addr().String()
	probes := ops.NewProbes(ops.Config{Alive: v.alive(), Ready: v.readiness(f), Log: v.log})
	mux := http.NewServeMux()
	mux.Handle("/healthz", probes.Health())
	mux.Handle("/readyz", probes.Ready())
	mux.Handle("/metrics", f.later(func(i *inside) http.Handler { return i.metrics }))
	mux.Handle(callbackPath, f.later(func(i *inside) http.Handler { return i.callback }))
	mux.Handle("/", f.later(func(i *inside) http.Handler { return i.desk }))
	f.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(v.log.Handler(), slog.LevelDebug)}
	go func() {
		defer close(f.served)
		var err error
		if v.plan.access.TLS {
			err = f.server.ServeTLS(listener, v.TLSCert, v.TLSKey)
		} else {
			err = f.server.Serve(listener)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			v.log.Error("HTTP listener ended", "error", err)
		}
	}()
	return f
}

// later answers 503 until there is something to answer with.
func (f *front) later(pick func(*inside) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := f.inside.Load()
		if i == nil {
			w.Header().Set("Retry-After", "2")
			http.Error(w, "not ready yet", http.StatusServiceUnavailable)
			return
		}
		h := pick(i)
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// mount opens the desk and what stands beside it.
func (v *serving) mount(pdfs *archives) error {
	desk, err := v.openDesk(pdfs)
	if err != nil {
		return err
	}
	i := &inside{desk: desk, metrics: desk.Protect(v.metrics.Handler())}
	switch {
	case len(v.plan.secrets) > 0:
		i.callback = worker.NewCallback(worker.CallbackConfig{
			Settler: v.settler(), Ledger: v.st.ledger, Secrets: v.plan.secrets, Log: v.log,
		})
	case v.PublicURL != "":
		v.log.Warn("payment notifications are not asked for: without --callback-secret-file none could be believed")
	}
	v.web.inside.Store(i)
	return nil
}

// unmount ends the desk: its live connections would hold a shutdown up.
func (f *front) unmount() {
	if i := f.inside.Swap(nil); i != nil {
		i.desk.Close()
	}
}

// close ends the listener; calls in hand get a few seconds.
func (f *front) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := f.server.Shutdown(ctx); err != nil {
		_ = f.server.Close()
	}
	<-f.served
}

package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"invoicelink/worker/archive"
	"invoicelink/worker/httplimit"
	"invoicelink/worker/ops"
	"invoicelink/worker/paypage"
	"invoicelink/worker/settlement"
	"invoicelink/worker/web"
)

// PayServer is the public listener of the payment page.
type PayServer struct {
	// Listener takes the HTTP connections; nil serves no page. It is closed at
	// the end.
	Listener net.Listener
	// Certificate of the listener; nil serves plain HTTP.
	Certificate *web.Certificate
	// Proxies, Gateways and LinkLife are as in paypage.Config. Gateways are
	// added to the checkout API's own origin.
	Proxies  []netip.Prefix
	Gateways []string
	LinkLife time.Duration
	// OnListen, if set, is called with the address once it answers.
	OnListen func(address string)
}

// Bounds of what strangers may hold open.
const (
	payBodyWithin       = 5 * time.Second
	payConnections      = 2048
	payConnectionsOfOne = 32
	payHeaderBytes      = 8 << 10
)

// start serves handler from now on; the returned function ends it.
func (s *PayServer) start(handler http.Handler, c *Config) (end func()) {
	limited := httplimit.Listen(s.Listener, payConnections, payConnectionsOfOne, func(a netip.Addr) bool {
		return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	})
	end = serveHTTP(limited, s.Certificate, &http.Server{
		Handler:           httplimit.Bodies(payBodyWithin, handler),
		ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 90 * time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: payHeaderBytes,
	}, c.Log)
	if s.OnListen != nil {
		s.OnListen(s.Listener.Addr().String())
	}
	return end
}

// openPayPage opens the payment page on an open program.
func (a *App) openPayPage(s *PayServer, archive archive.Archive, recorder *settlement.Recorder, visited func(paypage.Visit)) (*paypage.Page, error) {
	asking := *recorder
	asking.Ask = a.account.payer.Payments
	gateways := slices.Clone(s.Gateways)
	if origin := a.account.linkOrigin(&a.config); origin != "" && !slices.Contains(gateways, origin) {
		gateways = append(gateways, origin)
	}
	return paypage.New(paypage.Config{
		Base: a.config.Worker.Links.PayPage.Base, Ledger: a.Ledger, Recorder: &asking, Checkout: a.account.payer, Links: a.config.Worker.Links,
		LinkLife: s.LinkLife, Gateways: gateways, Archive: archive, Proxies: s.Proxies, OnVisit: visited, Log: a.config.Log,
	})
}

// ServePayPage serves the payment page alone until the context ends, on the
// NATS server that is named or next to the process that holds the data
// directory. Several behind a balancer behave as one. Errors are those of Open.
func ServePayPage(ctx context.Context, c Config, s PayServer) (err error) {
	c.Store.Join = true
	a, err := OpenLedger(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if a.account, err = openAccount(&a.config, a.store, a.onCall); err != nil {
		return err
	}
	if err := retryUntilReady(ctx, c.Store.OnWait, func() error { return a.own(ctx) }); err != nil {
		return err
	}
	objects, err := archive.Objects(ctx, a.Broker.JetStream(), archive.ObjectsOptions{Replicas: c.Store.Replicas})
	if err != nil {
		return err
	}
	page, err := a.openPayPage(&s, objects, &settlement.Recorder{Broker: a.Broker, Ledger: a.Ledger}, nil)
	if err != nil {
		return err
	}
	defer page.Close()
	mux := http.NewServeMux()
	mux.Handle("/healthz", ops.NewProbes(ops.Config{Alive: []ops.Check{{Name: "ledger", Run: func(ctx context.Context) error {
		_, err := a.Ledger.Owner(ctx)
		return err
	}}}, Log: c.Log}).Health())
	mux.Handle("/", page)
	end := s.start(mux, &c)
	c.Log.Info("serving the payment page", "address", s.Listener.Addr().String(), "broker", a.store.name(c.Store), "account", a.Account())
	<-ctx.Done()
	end()
	return nil
}

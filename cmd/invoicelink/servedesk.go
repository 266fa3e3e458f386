package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"

	"invoicelink/worker"
	"invoicelink/worker/requests"
	"invoicelink/worker/web"
)

// deskAccess says who may use the desk.
type deskAccess = web.Access

// access says who may use the desk, or everything that is wrong with the
// flags.
func (f *listenFlags) access() (a web.Access, err error) {
	var all []error
	wrong := func(flag, format string, args ...any) {
		all = append(all, fmt.Errorf("%s (%s): %w", flag, envOf(flag), fmt.Errorf(format, args...)))
	}
	if f.PublicURL != "" {
		if err := checkPublicURL(f.PublicURL); err != nil {
			wrong("--public-url", "%w", err)
		}
		a.PublicURL = f.PublicURL
	}
	if f.Users != "" {
		if a.Users, err = web.ReadUsers(f.Users); err != nil {
			wrong("--users", "%w", err)
		}
	}
	switch {
	case (f.TLSCert == "") != (f.TLSKey == ""):
		wrong("--tls-cert", "give it together with --tls-key")
	case f.TLSCert != "":
		a.TLS = true
		if _, err := tls.LoadX509KeyPair(f.TLSCert, f.TLSKey); err != nil {
			wrong("--tls-cert", "%w", err)
		}
	}
	for _, network := range f.BehindProxy {
		p, err := netip.ParsePrefix(network)
		if addr, only := netip.ParseAddr(network); err != nil && only == nil {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			wrong("--behind-proxy", "%q is not a network such as 10.0.0.0/8", network)
			continue
		}
		a.Proxies = append(a.Proxies, p)
	}
	if len(all) == 0 {
		if err := web.Check(f.Listen, a); err != nil {
			wrong("--listen", "%w", err)
		}
	}
	return a, errors.Join(all...)
}

// openDesk opens the finance desk. What people ask for there goes the same
// ways as events and commands do.
func (v *serving) openDesk(pdfs *archives) (desk, error) {
	settler := v.settler()
	return web.New(web.Config{
		Broker: v.st.broker, Ledger: v.st.ledger, Requests: requests.New(v.st.broker, "invoicelink/desk"), Archive: pdfs.of, Seller: v.plan.seller,
		Dir: filepath.Join(v.plan.dir, "desk"), Access: v.plan.access, Log: v.log,
		Environment: string(v.acc.client.Environment()),
		Actions: web.Actions{
			Paid: func(ctx context.Context, number, by string) error {
				_, err := settler.Paid(ctx, worker.Word{Number: number, By: "desk", Reason: onDesk(by)})
				return err
			},
			Cancel: func(ctx context.Context, number, reason, by string) error {
				if reason == "" {
					reason = onDesk(by)
				}
				_, err := settler.Cancelled(ctx, worker.Word{Number: number, By: "desk", Reason: reason})
				return err
			},
		},
	})
}

func onDesk(by string) string { return "said on the finance desk by " + by }

func (v *serving) settler() *worker.Settler {
	return &worker.Settler{Broker: v.st.broker, Ledger: v.st.ledger, Source: eventSource}
}

package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker"
	"invoicelink/worker/event"
)

// deskAccess says who may use the desk.
type deskAccess struct {
	TLS       bool
	PublicURL string
}

// access says who may use the desk, or everything that is wrong with the
// flags.
func (f *listenFlags) access() (a deskAccess, err error) {
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
	switch {
	case (f.TLSCert == "") != (f.TLSKey == ""):
		wrong("--tls-cert", "give it together with --tls-key")
	case f.TLSCert != "":
		a.TLS = true
		if _, err := tls.LoadX509KeyPair(f.TLSCert, f.TLSKey); err != nil {
			wrong("--tls-cert", "%w", err)
		}
	}
	return a, errors.Join(all...)
}

type noDesk struct{ http.Handler }

func (noDesk) Protect(h http.Handler) http.Handler { return h }
func (noDesk) Close()                              {}

func (v *serving) openDesk(*archives) (desk, error) { return noDesk{http.NotFoundHandler()}, nil }

func onDesk(by string) string { return "said on the finance desk by " + by }

func (v *serving) settler() *worker.Settler {
	return &worker.Settler{Broker: v.st.broker, Ledger: v.st.ledger, Source: eventSource}
}

// askRenewal sends a renewal through the front door.
func (v *serving) askRenewal(ctx context.Context, number string, force bool, reason, by string) (string, error) {
	if reason == "" {
		reason = onDesk(by)
	}
	id := "renew-desk-" + rand.Text()[:16]
	m, err := event.Encode(event.Envelope{ID: id, Source: "invoicelink/desk", Type: event.TypeRenew, Time: time.Now().UTC()},
		event.Renew{Number: number, Force: force, Reason: reason})
	if err != nil {
		return "", err
	}
	msg := &nats.Msg{Subject: m.Subject, Header: nats.Header(m.Header), Data: m.Data}
	msg.Header.Set(jetstream.MsgIDHeader, id)
	return id, v.st.broker.Publish(ctx, msg)
}

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
)

// openServed opens the store for a worker that stays. A NATS server that is
// away is waited for, as long as nothing says that waiting is in vain.
func (v *serving) openServed(ctx context.Context, w io.Writer) (*store, error) {
	if v.NATS != "" {
		return v.openOutside(ctx)
	}
	config := v.plan.broker
	config.Dir, config.Log = v.plan.dir, v.log
	server, err := embedded.Start(ctx, config)
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	if server.Created() {
		fmt.Fprintf(w, "created data directory %s: it holds the ledger, keep it\n", v.plan.dir)
	}
	if address := server.ListenAddr(); address != "" {
		v.log.Info("broker takes NATS clients", "address", address)
	}
	s := &store{server: server, exclusive: true}
	if s.conn, err = server.Connect(clientOptions(v.log)...); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.bind(ctx, broker.Options{}); err != nil {
		return nil, &exit{exitUsage, err}
	}
	return s, nil
}

func (v *serving) openOutside(ctx context.Context) (*store, error) {
	s := &store{}
	err := v.patiently(ctx, func() error {
		return s.dial(v.storeFlags, v.log, nats.ClosedHandler(func(nc *nats.Conn) { s.closed(nc.LastError()) }))
	})
	if err != nil {
		return nil, err
	}
	err = v.patiently(ctx, func() error {
		attempt, cancel := context.WithTimeout(ctx, 30*time.Second) // streams of a new cluster need elections
		defer cancel()
		return s.open(attempt, broker.Options{Replicas: v.Replicas})
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// patiently tries until it succeeds, fails in a way that waiting cannot mend,
// or the context ends.
func (v *serving) patiently(ctx context.Context, try func() error) error {
	told := ""
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := try()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case hopeless(err):
			return &exit{exitUsage, err}
		}
		v.web.waitingFor.Store(&err)
		if text := err.Error(); text != told {
			told = text
			v.log.Warn("waiting for the broker", "error", err)
		}
		if ctxtime.Sleep(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

// hopeless are the errors that somebody has to mend.
func hopeless(err error) bool {
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return true
	}
	if _, foreign := errors.AsType[*ledger.OwnerError](err); foreign {
		return true
	}
	for _, known := range []error{broker.ErrDiffers, archive.ErrBucketDiffers, nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrSecureConnRequired,
		nats.ErrSecureConnWanted, nats.ErrNkeysNotSupported, nats.ErrTokenAlreadySet} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// thawEvery is how often a broker that stopped on a full disk is looked at.
const thawEvery = 5 * time.Second

// thaw restarts the embedded broker when its disk was full and has room again:
// a stream that has stopped taking messages stays so until then.
func (v *serving) thaw(ctx context.Context) {
	for ctxtime.Sleep(ctx, thawEvery) == nil {
		if !v.st.server.Frozen() {
			continue
		}
		v.log.Warn("disk has room again; restarting the broker")
		attempt, cancel := context.WithTimeout(ctx, 5*time.Minute)
		if err := v.st.server.Restart(attempt); err != nil {
			v.log.Error("broker does not restart; tried again", "error", err)
		}
		cancel()
	}
}

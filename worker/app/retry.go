package app

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
)

// retryUntilReady tries until it succeeds, fails in a way that somebody has to
// correct, or the context ends. onWait is called with each new reason; without
// it there is one try.
func retryUntilReady(ctx context.Context, onWait func(error), try func() error) error {
	reason := ""
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := try()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case onWait == nil || isFatal(err):
			return err
		}
		if text := err.Error(); text != reason {
			reason = text
			onWait(err)
		}
		if ctxtime.Sleep(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

// isFatal reports whether somebody has to correct something before trying again
// can help.
func isFatal(err error) bool {
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

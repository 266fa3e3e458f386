package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

// attemptTimeout bounds one try. A cluster whose leader dies with a question
// in its hand never answers it, and elects another one within 4 to 9 seconds.
const attemptTimeout = 5 * time.Second

// repeat asks again what may be asked twice, while there is no answer and the
// context goes on, for at most the usual timeout.
func repeat(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		attempt, done := context.WithTimeout(ctx, attemptTimeout)
		err := ask(attempt)
		done()
		if err == nil || !noAnswer(err) || ctx.Err() != nil {
			return err
		}
		if err := ctxtime.Sleep(ctx, 250*time.Millisecond); err != nil {
			return err
		}
	}
}

// Explain adds to the error of a first question why there was no answer.
func Explain(err error) error {
	if refused, ok := errors.AsType[*jetstream.APIError](err); ok && refused.ErrorCode == errCodeNoLeader {
		return fmt.Errorf("the cluster has no leader: more than half of its servers have to be up and reach each other: %w", err)
	}
	if noAnswer(err) {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	return err
}

// errCodeNoLeader is the server's JSClusterNotAvailErr.
const errCodeNoLeader = 10008

// Unavailable reports whether an error is about the broker and not about what
// was asked of it: it did not answer, is not connected, or has no room.
func Unavailable(err error) bool {
	return noAnswer(err) || errors.Is(err, ErrFull) || errors.Is(err, context.Canceled) ||
		errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrDisconnected) || errors.Is(err, nats.ErrReconnectBufExceeded)
}

// noAnswer are the errors after which nobody knows whether it was done.
func noAnswer(err error) bool {
	for _, known := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

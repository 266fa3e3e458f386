package ledger

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// attemptTimeout bounds one try to write. A cluster whose leader dies with the
// question in its hand never answers it, and elects another one within 4 to 9
// seconds.
const attemptTimeout = 5 * time.Second

// write stores data under the key if its revision is the given one, 0 for a
// key that must not be there, and returns the new revision. A try without an
// answer is made again: it may have been stored, which shows by the bytes that
// are there. Until the context ends; then nobody knows.
func (l *Ledger) write(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	for unknown := false; ; unknown = true {
		written, err := l.try(ctx, key, data, revision)
		switch {
		case err == nil:
			return written, nil
		case errors.Is(err, jetstream.ErrKeyExists): // also the client's word for a stale revision
			if unknown {
				return l.ours(ctx, key, data, err)
			}
			return 0, err
		case !noAnswer(err) || ctx.Err() != nil:
			return 0, err
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

func (l *Ledger) try(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	if revision == 0 {
		return l.kv.Create(ctx, key, data)
	}
	return l.kv.Update(ctx, key, data, revision)
}

// ours tells whether a refused repetition was refused because an earlier try
// had been stored.
func (l *Ledger) ours(ctx context.Context, key string, data []byte, refused error) (uint64, error) {
	value, err := l.kv.Get(ctx, key)
	if err != nil {
		return 0, err
	}
	if bytes.Equal(value.Value(), data) {
		return value.Revision(), nil
	}
	return 0, refused
}

// noAnswer are the errors after which nobody knows whether it was stored.
func noAnswer(err error) bool {
	for _, known := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

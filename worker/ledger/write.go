package ledger

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
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
				return l.ours(ctx, key, data, revision, err)
			}
			return 0, err
		case !noAnswer(err) || ctx.Err() != nil:
			return 0, err
		}
		if err := ctxtime.Sleep(ctx, 250*time.Millisecond); err != nil {
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

// ours reports whether a refused repetition was refused because an earlier try
// had been stored. A replica may answer that does not have it yet: what is not
// newer than the revision that was to be changed says nothing.
func (l *Ledger) ours(ctx context.Context, key string, data []byte, revision uint64, refused error) (uint64, error) {
	for {
		value, err := l.kv.Get(ctx, key)
		switch {
		case err == nil && bytes.Equal(value.Value(), data):
			return value.Revision(), nil
		case err == nil && value.Revision() > revision:
			return 0, refused
		case err != nil && !errors.Is(err, jetstream.ErrKeyNotFound):
			return 0, err
		}
		if err := ctxtime.Sleep(ctx, 50*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// get reads a key, again while nobody answers and the context goes on.
func (l *Ledger) get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	for {
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		value, err := l.kv.Get(attempt, key)
		cancel()
		if err == nil || !noAnswer(err) || ctx.Err() != nil {
			return value, err
		}
		if stopped := ctxtime.Sleep(ctx, 250*time.Millisecond); stopped != nil {
			return nil, err
		}
	}
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

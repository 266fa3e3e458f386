// Package faulty makes a real store fail between a write and its answer. It is
// for tests alone.
package faulty

import (
	"context"
	"sync/atomic"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// KeyValue is a bucket whose next writes get no answer: their caller sees a
// timeout, as if the connection was cut. Everything else works.
type KeyValue struct {
	jetstream.KeyValue
	// Silent is how many more writes get no answer.
	Silent atomic.Int32
	// Lost means that such a write is not stored either.
	Lost bool
}

// Create stores a value under a new key, or fails as configured.
func (k *KeyValue) Create(ctx context.Context, key string, value []byte, opts ...jetstream.KVCreateOpt) (uint64, error) {
	return k.answer(func() (uint64, error) { return k.KeyValue.Create(ctx, key, value, opts...) })
}

// Update stores a value in place of revision, or fails as configured.
func (k *KeyValue) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	return k.answer(func() (uint64, error) { return k.KeyValue.Update(ctx, key, value, revision) })
}

func (k *KeyValue) answer(write func() (uint64, error)) (uint64, error) {
	silent := k.Silent.Add(-1) >= 0
	if silent && k.Lost {
		return 0, nats.ErrTimeout
	}
	revision, err := write()
	if silent && err == nil {
		return 0, nats.ErrTimeout
	}
	return revision, err
}

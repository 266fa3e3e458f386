package broker

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Shared is one small value that all workers of a fleet read and change, in
// the leases' bucket. It is never deleted.
type Shared struct {
	b    *Broker
	name string
}

// Shared returns the value of a name.
func (b *Broker) Shared(name string) *Shared { return &Shared{b, name} }

// Load returns the value with its revision; nothing with revision 0 where it
// was never stored.
func (s *Shared) Load(ctx context.Context) (data []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	e, err := s.b.leases.Get(ctx, s.name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	return e.Value(), e.Revision(), nil
}

// Swap stores the value if nobody has stored another one since the revision
// was loaded, and reports whether it did. After an error nobody knows.
func (s *Shared) Swap(ctx context.Context, data []byte, revision uint64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := s.b.leases.Update(ctx, s.name, data, revision)
	if errors.Is(err, jetstream.ErrKeyExists) { // also the client's word for a stale revision
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store %s: %w", s.name, Explain(err))
	}
	return true, nil
}

// Watch calls heard with the value that is there, if there is one, and then
// with each new one until the context ends; then it returns the context's
// cause. It is told apart whether the value was there before or came just now.
// While the server is away, nothing is heard; what came meanwhile follows.
func (s *Shared) Watch(ctx context.Context, heard func(data []byte, live bool)) error {
	w, err := s.b.leases.Watch(ctx, s.name, jetstream.IgnoreDeletes())
	if err != nil {
		return fmt.Errorf("watch %s: %w", s.name, err)
	}
	defer func() { _ = w.Stop() }() // it ends with the connection at the latest
	live := false
	for {
		select {
		case e, open := <-w.Updates():
			switch {
			case !open:
				return fmt.Errorf("watch %s: %w", s.name, errWatchEnded)
			case e == nil: // the end of what was there
				live = true
			default:
				heard(e.Value(), live)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

var errWatchEnded = errors.New("the watch ended")

package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TakeLease takes what only one worker may do at a time, until the time to
// live has passed; it is not given back before. It reports whether this call got
// it. The time is at least a second, the server's limit.
func (b *Broker) TakeLease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := b.leases.Create(ctx, name, []byte(holder), jetstream.KeyTTL(max(ttl, time.Second)))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return true, nil
}

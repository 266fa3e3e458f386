package faulty

import (
	"context"
	"sync/atomic"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/broker"
)

// Owners is a log of owners whose next entries get no answer, as those of a
// KeyValue.
type Owners struct {
	broker.Owners
	// Silent is how many more entries get no answer, Appended how many were
	// stored.
	Silent, Appended atomic.Int32
	// Lost means that such an entry is not stored either.
	Lost bool
}

// Append adds an entry, or fails as configured.
func (o *Owners) Append(data []byte) (func(context.Context) (uint64, error), error) {
	silent := o.Silent.Add(-1) >= 0
	if silent && o.Lost {
		return func(context.Context) (uint64, error) { return 0, nats.ErrTimeout }, nil
	}
	stored, err := o.Owners.Append(data)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (uint64, error) {
		place, err := stored(ctx)
		if err != nil {
			return 0, err
		}
		o.Appended.Add(1)
		if silent {
			return 0, nats.ErrTimeout
		}
		return place, nil
	}, nil
}

package faulty

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// OwnersLog is what the ledger wants of a log of owners.
type OwnersLog interface {
	Append(data []byte) (stored func(context.Context) (uint64, error), err error)
	Last(ctx context.Context) (made time.Time, last uint64, err error)
	Range(ctx context.Context, from, to uint64) iter.Seq2[*jetstream.RawStreamMsg, error]
}

// Owners is a log of owners whose next entries get no answer, as those of a
// KeyValue.
type Owners struct {
	OwnersLog
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
	stored, err := o.OwnersLog.Append(data)
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

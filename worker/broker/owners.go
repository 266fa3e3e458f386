package broker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"invoicelink/worker/ctxtime"
)

// ownersSubject is the one subject of the owners' stream: a server keeps about
// 240 bytes of memory for each subject, and reads each at its start.
const ownersSubject = "owners"

// Owners is the log of who owns which session and link. It only grows: nothing
// in it is ever changed or removed.
type Owners struct{ b *Broker }

// Owners returns the log of owners.
func (b *Broker) Owners() Owners { return Owners{b} }

// Append adds an entry to the log and returns without waiting for the server.
// stored waits, and returns the entry's place in the log; after an error of it
// nobody knows whether the entry is stored. It is called by one goroutine at a
// time, again if its context ended. Entries appended one after the other
// have their places in that order, unless an answer is lost.
func (o Owners) Append(data []byte) (stored func(context.Context) (uint64, error), err error) {
	future, err := o.b.appends.PublishAsync(ownersSubject, data)
	if err != nil {
		return nil, fmt.Errorf("append to the owners: %w", err)
	}
	var place uint64
	var failed error
	return func(ctx context.Context) (uint64, error) {
		if place > 0 || failed != nil {
			return place, failed
		}
		select {
		case ack := <-future.Ok():
			place = ack.Sequence
		case err := <-future.Err():
			if errors.Is(err, jetstream.ErrAsyncPublishTimeout) || errors.Is(err, nats.ErrDisconnected) {
				err = nats.ErrTimeout
			}
			failed = fmt.Errorf("append to the owners: %w", WrapStoreFull(err))
		case <-ctx.Done():
			return 0, fmt.Errorf("append to the owners: %w", context.Cause(ctx))
		}
		return place, failed
	}, nil
}

// Last returns when the log was made, and the place of its last entry.
func (o Owners) Last(ctx context.Context) (made time.Time, last uint64, err error) {
	var info *jetstream.StreamInfo
	err = repeat(ctx, func(ctx context.Context) (err error) {
		info, err = o.b.owners.Info(ctx)
		return err
	})
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("look at the owners: %w", err)
	}
	return info.Created, info.State.LastSeq, nil
}

// Range yields the entries of the log in their order, from one place up to
// another where there is an entry. A replica that does not have them yet is
// asked again.
func (o Owners) Range(ctx context.Context, from, to uint64) iter.Seq2[*jetstream.RawStreamMsg, error] {
	return func(yield func(*jetstream.RawStreamMsg, error) bool) {
		for from <= to {
			part, err := o.part(ctx, from, min(batchSize, to-from+1))
			if err != nil {
				yield(nil, fmt.Errorf("read the owners from #%d: %w", from, err))
				return
			}
			for _, m := range part {
				if from = m.Sequence + 1; m.Sequence > to || !yield(m, nil) {
					return
				}
			}
		}
	}
}

// part returns at least one entry, and an error if there is none within the
// usual timeout.
func (o Owners) part(ctx context.Context, from, n uint64) ([]*jetstream.RawStreamMsg, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		attempt, done := context.WithTimeout(ctx, attemptTimeout)
		part, err := o.read(attempt, from, n)
		done()
		if len(part) > 0 || err != nil && !noAnswer(err) {
			return part, err
		}
		if err := ctxtime.Sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// read asks once. Servers before 2.11 give one entry at a time.
func (o Owners) read(ctx context.Context, from, n uint64) (part []*jetstream.RawStreamMsg, err error) {
	if !o.b.schedules {
		m, err := o.b.owners.GetMsg(ctx, from)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*jetstream.RawStreamMsg{m}, nil
	}
	all, err := jetstreamext.GetBatch(ctx, o.b.js, StreamOwners, int(n), jetstreamext.GetBatchSeq(from))
	if err != nil {
		return nil, err
	}
	for m, err := range all {
		if errors.Is(err, jetstreamext.ErrNoMessages) || err != nil && len(part) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		part = append(part, m)
	}
	return part, nil
}

package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// listTimeout is how long the next record may take to arrive. A broker that
// cannot read a block never sends the end of a list.
const listTimeout = 30 * time.Second

// All yields every record, in the order of their last changes; one that is
// changed meanwhile may come twice. It holds one record at a time. Reading takes
// 15 µs a record, so it is for lists of everything; see [Ledger.Index].
func (l *Ledger) All(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for value, err := range l.values(ctx) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			e, err := entryOf(value.Value(), value.Revision())
			if err != nil {
				if !yield(Record{}, err) {
					return
				}
				continue
			}
			if !yield(e.Record, nil) {
				return
			}
		}
	}
}

// since yields the records as they are stored, from a place in the history of
// changes on, in its order.
func (l *Ledger) since(ctx context.Context, revision uint64) iter.Seq2[jetstream.KeyValueEntry, error] {
	return l.values(ctx, jetstream.ResumeFromRevision(revision))
}

func (l *Ledger) values(ctx context.Context, opts ...jetstream.WatchOpt) iter.Seq2[jetstream.KeyValueEntry, error] {
	return func(yield func(jetstream.KeyValueEntry, error) bool) {
		w, err := l.kv.Watch(ctx, invoicePrefix+">", append(opts, jetstream.IgnoreDeletes())...)
		if err != nil {
			yield(nil, fmt.Errorf("list invoices: %w", err))
			return
		}
		defer func() { _ = w.Stop() }() // it ends with the connection at the latest
		silent := time.NewTimer(listTimeout)
		defer silent.Stop()
		for {
			silent.Reset(listTimeout)
			select {
			case <-silent.C:
				yield(nil, fmt.Errorf("list invoices: the broker has sent nothing for %v: see \"invoicelink verify\" and \"invoicelink health\"", listTimeout))
				return
			case value, open := <-w.Updates():
				if !open {
					yield(nil, errors.New("list invoices: the connection to the broker has ended"))
					return
				}
				if value == nil { // the end of what is there
					return
				}
				if !yield(value, nil) {
					return
				}
			case <-ctx.Done():
				yield(nil, fmt.Errorf("list invoices: %w", context.Cause(ctx)))
				return
			}
		}
	}
}

// Changes sends each record that is written from now on, until the context
// ends; then the channel is closed. It is ready when it returns: a change that
// follows is not missed.
func (l *Ledger) Changes(ctx context.Context) (<-chan Record, error) {
	w, err := l.kv.Watch(ctx, invoicePrefix+">", jetstream.UpdatesOnly(), jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("watch invoices: %w", err)
	}
	out := make(chan Record, 64)
	go func() {
		defer close(out)
		defer func() { _ = w.Stop() }()
		for {
			select {
			case value, open := <-w.Updates():
				if !open {
					return
				}
				if value == nil {
					continue
				}
				e, err := entryOf(value.Value(), value.Revision())
				if err != nil {
					continue // whoever reads the record itself gets the error
				}
				select {
				case out <- e.Record:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

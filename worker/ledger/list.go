package ledger

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// listTimeout is how long the next record may take to arrive. A broker that
// cannot read a block never sends the end of a list.
const listTimeout = 30 * time.Second

// All yields every record, in no particular order. It holds one record at a
// time; the server needs memory for the keys (2.8 s and about 200 MB a million
// measured with nats-server 2.15), so it is for lists and sweeps, not for a
// request.
func (l *Ledger) All(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		w, err := l.kv.Watch(ctx, invoicePrefix+">", jetstream.IgnoreDeletes())
		if err != nil {
			yield(Record{}, fmt.Errorf("list invoices: %w", err))
			return
		}
		defer func() { _ = w.Stop() }() // it ends with the connection at the latest
		silent := time.NewTimer(listTimeout)
		defer silent.Stop()
		for {
			silent.Reset(listTimeout)
			select {
			case <-silent.C:
				yield(Record{}, fmt.Errorf("list invoices: the broker has sent nothing for %v: see \"invoicelink verify\" and \"invoicelink health\"", listTimeout))
				return
			case value, open := <-w.Updates():
				if !open || value == nil { // nil marks the end of what is there
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
			case <-ctx.Done():
				yield(Record{}, fmt.Errorf("list invoices: %w", context.Cause(ctx)))
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

package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// The values of the index of reviews. Keys are never removed: after a kill a
// removed key can come back.
const (
	reviewOpen     = "open"
	reviewResolved = "resolved"
)

func (r *Record) hasReview(id string) bool {
	return slices.ContainsFunc(r.Reviews, func(v Review) bool { return v.ID == id })
}

func (l *Ledger) indexReview(ctx context.Context, id, value string) error {
	if _, err := l.kv.PutString(ctx, reviewPrefix+id, value); err != nil {
		return fmt.Errorf("index review %s: %w", id, err)
	}
	return nil
}

// Pending is an open review and the invoice that it is about.
type Pending struct {
	Review
	Record Record
}

// OpenReviews lists what waits for a person's decision, oldest first. It reads
// the index and the records of the open ones, not the whole ledger.
func (l *Ledger) OpenReviews(ctx context.Context) ([]Pending, error) {
	w, err := l.kv.Watch(ctx, reviewPrefix+">", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	defer func() { _ = w.Stop() }() // it ends with the connection at the latest
	numbers := map[string]bool{}
	for open := true; open; {
		select {
		case value, ok := <-w.Updates():
			if open = ok && value != nil; !open { // nil marks the end of what is there
				break
			}
			id := value.Key()[len(reviewPrefix):]
			if number, err := NumberOfReview(id); err == nil && string(value.Value()) == reviewOpen {
				numbers[number] = true
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("list reviews: %w", context.Cause(ctx))
		}
	}
	var all []Pending
	for number := range numbers {
		e, err := l.Read(ctx, number)
		if errors.Is(err, ErrUnknown) {
			continue // the record was never written
		}
		if err != nil {
			return nil, err
		}
		for _, v := range e.OpenReviews() {
			all = append(all, Pending{v, e.Record})
		}
	}
	slices.SortFunc(all, func(a, b Pending) int { return a.At.Compare(b.At) })
	return all, nil
}

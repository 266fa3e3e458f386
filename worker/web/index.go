package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"invoicelink/worker/ledger"
)

// index is the ledger as the lists need it, in memory and up to date: looking
// through the bucket itself would cost seconds a request.
type index struct {
	mu         sync.RWMutex
	rows       []entry        // oldest first, once sorted
	at         map[string]int // by number
	currencies map[string]bool
	sorted     bool
	ready      chan struct{} // closed when all that was there has been read
	once       sync.Once
}

func newIndex() *index {
	return &index{at: map[string]int{}, currencies: map[string]bool{}, ready: make(chan struct{})}
}

// follow fills the index and keeps it up to date until the context ends. The
// changes are asked for first: what happens while the rest is read is newer
// than what is read.
func (x *index) follow(ctx context.Context, l *ledger.Ledger) error {
	changes, err := l.Changes(ctx)
	if err != nil {
		return err
	}
	var fresh sync.Map
	read := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for r, err := range l.All(ctx) {
			if err != nil {
				read <- err
				return
			}
			x.putUnless(entryOf(&r), &fresh)
		}
		x.once.Do(func() { close(x.ready) })
		read <- nil
	}()
	for {
		select {
		case r, open := <-changes:
			if !open {
				return context.Cause(ctx)
			}
			fresh.Store(r.Number, true)
			x.put(entryOf(&r))
		case err := <-read:
			if err != nil {
				return err
			}
			fresh.Clear()
			read = nil
		}
	}
}

func (x *index) put(e entry) { x.putUnless(e, nil) }

func (x *index) putUnless(e entry, fresh *sync.Map) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if fresh != nil {
		if _, changed := fresh.Load(e.Number); changed {
			return
		}
	}
	if e.Currency != "" {
		x.currencies[e.Currency] = true
	}
	if i, known := x.at[e.Number]; known {
		if !x.rows[i].created.Equal(e.created) {
			x.sorted = false
		}
		x.rows[i] = e
		return
	}
	x.at[e.Number] = len(x.rows)
	x.sorted = x.sorted && (len(x.rows) == 0 || !e.created.Before(x.rows[len(x.rows)-1].created))
	x.rows = append(x.rows, e)
}

// get returns one invoice.
func (x *index) get(number string) (entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	i, ok := x.at[number]
	if !ok {
		return entry{}, false
	}
	return x.rows[i], true
}

// complete reports whether the index holds everything that was in the ledger
// at the start.
func (x *index) complete() bool {
	select {
	case <-x.ready:
		return true
	default:
		return false
	}
}

// sort puts the rows in order. The caller holds no lock.
func (x *index) sort() {
	x.mu.RLock()
	done := x.sorted
	x.mu.RUnlock()
	if done {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	slices.SortStableFunc(x.rows, func(a, b entry) int {
		if c := a.created.Compare(b.created); c != 0 {
			return c
		}
		return strings.Compare(b.Number, a.Number)
	})
	for i := range x.rows {
		x.at[x.rows[i].Number] = i
	}
	x.sorted = true
}

// fold makes a text comparable: small letters, no spaces around.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

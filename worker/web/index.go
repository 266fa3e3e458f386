package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"invoicelink/worker/ledger"
)

// index is the ledger as the lists need it, in memory and up to date: looking
// through the bucket itself would cost seconds a request.
type index struct {
	mu     sync.RWMutex
	rows   []row            // oldest first, once sorted
	at     map[string]int32 // by number
	words  vocabulary
	coins  map[uint16]bool // the currencies, by their words
	sorted bool
	ready  chan struct{} // closed when all that was there has been read
	once   sync.Once
}

func newIndex() *index {
	return &index{at: map[string]int32{}, coins: map[uint16]bool{}, ready: make(chan struct{})}
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
	r := x.words.pack(&e)
	if e.Currency != "" {
		x.coins[r.currency] = true
	}
	if i, known := x.at[e.Number]; known {
		x.sorted = x.sorted && x.rows[i].created == r.created
		delete(x.at, e.Number) // its key lies in the texts of the row
		x.rows[i], x.at[r.key()] = r, i
		return
	}
	x.at[r.key()] = int32(len(x.rows))
	x.sorted = x.sorted && (len(x.rows) == 0 || r.created >= x.rows[len(x.rows)-1].created)
	x.rows = append(x.rows, r)
}

// get returns one invoice.
func (x *index) get(number string) (entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	i, ok := x.at[number]
	if !ok {
		return entry{}, false
	}
	return x.words.unpack(&x.rows[i]), true
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

// sort puts rows and words in order. The caller holds no lock.
func (x *index) sort() {
	x.mu.RLock()
	done := x.sorted && x.words.buyers.sorted()
	x.mu.RUnlock()
	if done {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.words.buyers.sort()
	if x.sorted {
		return
	}
	slices.SortStableFunc(x.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.created, b.created), strings.Compare(b.key(), a.key()))
	})
	for i := range x.rows {
		x.at[x.rows[i].key()] = int32(i)
	}
	x.sorted = true
}

// states are the words as states, so that rows are compared by them. The caller
// holds the lock.
func (x *index) states() []ledger.State {
	out := make([]ledger.State, len(x.words.short.all))
	for i, s := range x.words.short.all {
		out[i] = ledger.State(s)
	}
	return out
}

// currencies are the codes that rows have, in their order. The caller holds the
// lock.
func (x *index) currencies() (out []string) {
	for word := range x.coins {
		out = append(out, x.words.short.all[word])
	}
	slices.Sort(out)
	return out
}

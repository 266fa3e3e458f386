package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/ctxtime"
)

// OwnersLog is where the ledger keeps who owns which session and link: a log
// that only grows. It is safe for concurrent use, also by many processes.
type OwnersLog interface {
	// Append adds an entry without waiting; stored waits, and returns its place.
	Append(data []byte) (stored func(context.Context) (uint64, error), err error)
	// Last returns when the log was made, and the place of its last entry.
	Last(ctx context.Context) (made time.Time, last uint64, err error)
	// Range yields the entries from one place up to another. It waits for those
	// that are not there yet.
	Range(ctx context.Context, from, to uint64) iter.Seq2[*jetstream.RawStreamMsg, error]
}

// owners finds in the log who owns what. The first entry about a session, a URL
// or a link's id counts, so whoever appends an entry knows whose they are once
// the log up to that entry is read. Of what was read a table in memory holds the
// places; the names themselves are in the log alone.
type owners struct {
	log    OwnersLog
	digest func(Owned) uint32

	// reading is held, as its one element, by whoever reads the log on.
	reading chan struct{}
	loaded  atomic.Bool
	file    string

	sending sync.Mutex  // an append and its place in sent are one step
	sent    []*appended // in the order of the log, but for those of others

	mu       sync.Mutex // never held over a question to the log
	table    placeTable
	position uint64    // of the last entry that is in the table
	at       time.Time // when that entry was stored
	unsaved  int
}

// appended is an entry of this process on its way.
type appended struct {
	entry  Ownership
	stored func(context.Context) (uint64, error)
	// The following are for whoever holds reading.
	place  uint64
	owners []Ownership // of what the entry names
	err    error
	done   bool
}

func newOwners(log OwnersLog) *owners {
	return &owners{log: log, digest: nameDigest, reading: make(chan struct{}, 1)}
}

// nameDigest spreads names over the table. Two names with one digest are told apart
// by what the log says.
func nameDigest(n Owned) uint32 {
	sum := sha256.Sum256([]byte(n.What + " " + n.Value))
	return binary.BigEndian.Uint32(sum[:])
}

// take returns who owns what an entry names, once everybody would say the same.
// An entry without an answer is appended again until the usual timeout: of two
// equal entries the second is without effect.
func (o *owners) take(ctx context.Context, entry Ownership) ([]Ownership, error) {
	if err := o.load(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	known, err := o.known(ctx, entry)
	if err != nil || !slices.Contains(known, Ownership{}) {
		return known, err
	}
	for {
		found, err := o.append(ctx, entry)
		if err == nil || !noAnswer(err) || ctx.Err() != nil {
			return found, err
		}
		if err := ctxtime.Sleep(ctx, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// append adds an entry to the log and waits until the log is read up to it.
func (o *owners) append(ctx context.Context, entry Ownership) ([]Ownership, error) {
	data, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	a := &appended{entry: entry}
	o.sending.Lock()
	a.stored, err = o.log.Append(data)
	if err == nil {
		o.sent = append(o.sent, a)
	}
	o.sending.Unlock()
	if err != nil {
		return nil, err
	}
	if err := o.acquire(ctx); err != nil {
		return nil, err
	}
	defer o.release()
	for !a.done {
		if err := o.next(ctx); err != nil {
			return nil, err
		}
	}
	return a.owners, a.err
}

func (o *owners) acquire(ctx context.Context) error {
	select {
	case o.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("read the owners: %w", context.Cause(ctx))
	}
}

func (o *owners) release() { <-o.reading }

// next brings the oldest entry that is on its way to its end, for whoever
// appended it. The others' answers arrive meanwhile, so that those that wait
// share the syncs of the store. After an error of the log the entry stays.
func (o *owners) next(ctx context.Context) error {
	o.sending.Lock()
	a := o.sent[0]
	o.sending.Unlock()
	if a.place == 0 {
		place, err := a.stored(ctx)
		if err != nil && ctx.Err() != nil {
			return err
		}
		a.place, a.err = place, err
	}
	if a.err == nil {
		if err := o.reach(ctx, a); err != nil {
			return err
		}
	}
	a.done = true
	o.sending.Lock()
	o.sent = o.sent[1:]
	o.sending.Unlock()
	return nil
}

// reach reads the log up to an entry, which itself need not be read.
func (o *owners) reach(ctx context.Context, a *appended) (err error) {
	if err := o.follow(ctx, a.place-1); err != nil {
		return err
	}
	if o.position >= a.place { // it was read as if it was another's
		a.owners, err = o.known(ctx, a.entry)
		return err
	}
	a.owners, err = o.put(ctx, a.entry, a.place, time.Time{})
	return err
}

// follow reads the log up to a place, for whoever holds reading.
func (o *owners) follow(ctx context.Context, to uint64) error {
	if o.position >= to {
		return nil
	}
	for m, err := range o.log.Range(ctx, o.position+1, to) {
		if err != nil {
			return err
		}
		entry, err := OwnershipOf(m.Data)
		if err != nil {
			continue // it names nothing that could be owned; verify reports it
		}
		if _, err := o.put(ctx, entry, m.Sequence, m.Time); err != nil {
			return err
		}
	}
	return nil
}

// put takes an entry into the table, for whoever holds reading, and returns who
// owns what it names.
func (o *owners) put(ctx context.Context, entry Ownership, place uint64, at time.Time) ([]Ownership, error) {
	if place > math.MaxUint32 {
		return nil, fmt.Errorf("read the owners: #%d is above the %d entries that the table holds", place, uint32(math.MaxUint32))
	}
	found, err := o.known(ctx, entry)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, n := range entry.Names() {
		if found[i] == (Ownership{}) {
			found[i] = entry
			o.table.add(o.digest(n), uint32(place))
		}
	}
	o.position, o.at = place, at
	o.unsaved++
	return found, nil
}

// known returns who owns what an entry names, as far as the log was read; the
// zero Ownership for nobody.
func (o *owners) known(ctx context.Context, entry Ownership) ([]Ownership, error) {
	names := entry.Names()
	found := make([]Ownership, len(names))
	for i, n := range names {
		o.mu.Lock()
		places := o.table.places(o.digest(n))
		o.mu.Unlock()
		for _, place := range places {
			m, err := o.read(ctx, uint64(place))
			if err != nil {
				return nil, err
			}
			if have, err := OwnershipOf(m.Data); err == nil && slices.Contains(have.Names(), n) {
				found[i] = have
				break
			}
		}
	}
	return found, nil
}

// read returns one entry.
func (o *owners) read(ctx context.Context, place uint64) (*jetstream.RawStreamMsg, error) {
	for m, err := range o.log.Range(ctx, place, place) {
		return m, err
	}
	return nil, fmt.Errorf("read the owners: #%d is not there", place)
}

package ledger

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"invoicelink/invoice"
)

// Index is what is known of all invoices without reading their records: state,
// due date, and when the link is due. It takes about 75 bytes an invoice. It is
// safe for concurrent use.
//
// It follows from the records alone: those up to a position in the history of
// changes, in their order. Nothing is written with a record; what was written
// since the position is read when somebody asks. So a crash at any moment
// leaves nothing to repair, and each process of a fleet has an index of its
// own. [Ledger.KeepIndex] keeps it in a file for the next command.
type Index struct {
	mu       sync.RWMutex
	rows     []row
	names    []byte     // the keys of the invoices, one after the other
	at       placeTable // places in rows, from 1
	seed     maphash.Seed
	position uint64 // of the last record that is in it
	unread   map[string]error
	unsaved  int // changes since it was kept
}

// row is one invoice.
type row struct {
	revision  uint64 // of the record
	expiredBy int64  // of the newest link, Unix nanoseconds; 0 for no link
	retryAt   int64  // likewise
	name      uint32 // where its key begins in names
	dueDay    int32  // days since 1970; noDay for none
	length    uint16 // of its key
	link      uint16 // revision of the newest link
	state     uint8  // place in States, from 1; 0 for a record that cannot be read
	held      bool
}

const noDay = math.MinInt32

func newIndex() *Index {
	return &Index{seed: maphash.MakeSeed(), unread: map[string]error{}}
}

// Brief is what the index says of one invoice.
type Brief struct {
	Number  string
	DueDate invoice.Date
	// At is when the link is or was to be renewed.
	At time.Time
}

// Counts is what the index says of all invoices.
type Counts struct {
	States map[State]int
	// Waiting are links that have not expired, Due those that are to be
	// renewed, by whomever.
	Waiting, Due int
	// Oldest is when the link that has waited longest became due; zero for none.
	Oldest time.Time
}

// Count counts invoices and links at a moment.
func (x *Index) Count(p RenewalPolicy, now time.Time) Counts {
	x.mu.RLock()
	defer x.mu.RUnlock()
	c := Counts{States: map[State]int{}}
	var states [16]int
	for i := range x.rows {
		r := &x.rows[i]
		states[r.state]++
		switch d := r.facts().due(p, now); {
		case d.Action == ActionWait:
			c.Waiting++
		case d.Reached():
			c.Due++
			if c.Oldest.IsZero() || d.At.Before(c.Oldest) {
				c.Oldest = d.At
			}
		}
	}
	for i, s := range States {
		if n := states[i+1]; n > 0 {
			c.States[s] = n
		}
	}
	return c
}

// Due lists the invoices whose link is to be renewed at that moment, by
// whomever, the one with the oldest due date first.
func (x *Index) Due(p RenewalPolicy, at time.Time) []Brief {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var due []Brief
	for i := range x.rows {
		f := x.rows[i].facts()
		d := f.due(p, at)
		if !d.Reached() {
			continue
		}
		number, err := invoice.NumberOfKey(x.key(uint32(i)))
		if err != nil {
			continue // such a key is never written
		}
		due = append(due, Brief{Number: number, DueDate: f.dueDate, At: d.At})
	}
	slices.SortFunc(due, func(a, b Brief) int {
		return cmp.Or(cmp.Compare(a.DueDate, b.DueDate), cmp.Compare(a.Number, b.Number))
	})
	return due
}

// Len returns how many invoices there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.rows)
}

// Unread returns an error that names the records that cannot be read and are
// therefore in no list, nil if there is none.
func (x *Index) Unread() error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	keys := slices.Sorted(maps.Keys(x.unread))
	if len(keys) == 0 {
		return nil
	}
	return fmt.Errorf("%d records of the ledger cannot be read, the first is that of key %s: %w", len(keys), keys[0], x.unread[keys[0]])
}

// put takes a record, unless a newer one is there.
func (x *Index) put(key string, r row) {
	i := x.find(key)
	if i < 0 {
		x.at.add(x.digest(key), uint32(len(x.rows)+1))
		r.name, r.length = uint32(len(x.names)), uint16(len(key))
		x.names = append(x.names, key...)
		x.rows = append(x.rows, r)
		return
	}
	old := &x.rows[i]
	if r.revision > old.revision {
		r.name, r.length = old.name, old.length
		*old = r
	}
}

// find returns where the key is in rows, or -1.
func (x *Index) find(key string) int {
	for _, place := range x.at.places(x.digest(key)) {
		if x.key(place-1) == key {
			return int(place - 1)
		}
	}
	return -1
}

// digest spreads keys over the table.
func (x *Index) digest(key string) uint32 { return uint32(maphash.String(x.seed, key) >> 32) }

func (x *Index) key(i uint32) string {
	r := &x.rows[i]
	return string(x.names[r.name : r.name+uint32(r.length)])
}

// rowOf is the record as the index knows it.
func rowOf(r *Record, revision uint64) row {
	f := r.facts()
	out := row{
		revision: revision, state: uint8(slices.Index(States, f.state) + 1), held: f.held,
		expiredBy: nanos(f.expiredBy), retryAt: nanos(f.retryAt), link: uint16(min(f.link, math.MaxUint16)), dueDay: noDay,
	}
	if day, err := time.Parse(time.DateOnly, string(f.dueDate)); err == nil {
		out.dueDay = int32(day.Unix() / (24 * 60 * 60))
	}
	return out
}

func (r *row) facts() dueFacts {
	f := dueFacts{link: int(r.link), expiredBy: moment(r.expiredBy), retryAt: moment(r.retryAt), held: r.held}
	if r.state > 0 {
		f.state = States[r.state-1]
	}
	if f.state == Issued && r.dueDay != noDay { // nobody asks for others'
		f.dueDate = invoice.Date(time.Unix(int64(r.dueDay)*24*60*60, 0).UTC().Format(time.DateOnly))
	}
	return f
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

// Index returns the index with everything that was written before the call.
// The first call reads the kept file and what was written since, or where there
// is none the whole ledger; each later one what was written since the call
// before it.
func (l *Ledger) Index(ctx context.Context) (*Index, error) {
	l.indexing.Lock()
	defer l.indexing.Unlock()
	if l.index == nil {
		l.index = l.loadIndex(ctx)
	}
	x := l.index
	x.mu.RLock()
	from := x.position + 1
	x.mu.RUnlock()
	if err := l.follow(ctx, x, from); err != nil {
		return nil, fmt.Errorf("index the ledger: %w", err)
	}
	l.saveIndex(ctx, x)
	l.owners.save(ctx)
	return x, nil
}

// follow takes what was written from a position on. It may end early; then the
// next call goes on.
func (l *Ledger) follow(ctx context.Context, x *Index, from uint64) error {
	for value, err := range l.since(ctx, from) {
		if err != nil {
			return err
		}
		key := value.Key()[len(invoicePrefix):]
		e, err := entryOf(value.Value(), value.Revision())
		x.mu.Lock()
		delete(x.unread, key)
		if err != nil {
			x.unread[key] = err
			x.put(key, row{revision: value.Revision(), dueDay: noDay})
		} else {
			x.put(key, rowOf(&e.Record, value.Revision()))
		}
		x.position = max(x.position, value.Revision())
		x.unsaved++
		x.mu.Unlock()
	}
	return nil
}

package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
)

// Documents is where the ledger keeps what is too large for a record: one
// value a name, the newest only. A name that was never stored gives an error
// of the store.
type Documents interface {
	Put(ctx context.Context, name string, data []byte) error
	Get(ctx context.Context, name string) ([]byte, error)
}

// Ledger reads and changes the records of one bucket. It is safe for
// concurrent use, also by many processes.
type Ledger struct {
	kv     jetstream.KeyValue
	docs   Documents
	owners *owners
	now    func() time.Time

	indexFile string     // where the index is kept; "" for nowhere
	indexing  sync.Mutex // held while the index is brought up to date
	index     *Index     // nil until somebody asks
}

// Open returns the ledger in a bucket, with its documents and owners. The clock
// stamps Record.UpdatedAt; nil
// means time.Now.
func Open(kv jetstream.KeyValue, docs Documents, log OwnersLog, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{kv: kv, docs: docs, owners: newOwners(log), now: now}
}

var (
	// ErrUnknown is wrapped where a number has no record.
	ErrUnknown = errors.New("invoice is not in this ledger")
	// ErrChanged is wrapped where somebody else changed the record since it
	// was read: read it again and look where it stands.
	ErrChanged = errors.New("record was changed by somebody else")
)

// Entry is a record as it was read, with its place in the history of changes.
type Entry struct {
	Record
	revision uint64
}

// The keys of the bucket begin with what they hold.
const (
	invoicePrefix = "i." // records, by the number's key
	reviewPrefix  = "r." // "open" or "resolved", by the review's id
	tokenPrefix   = "t." // numbers, by a digest of the payment page's token
)

// timeout bounds one question; on a cluster an election can take 14 seconds.
const timeout = 20 * time.Second

// Read returns the record of a number, or an error that wraps ErrUnknown.
func (l *Ledger) Read(ctx context.Context, number string) (*Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	value, err := l.get(ctx, invoicePrefix+invoice.Key(number))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, fmt.Errorf("read invoice %q: %w", number, ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("read invoice %q: %w", number, err)
	}
	return entryOf(value.Value(), value.Revision())
}

func entryOf(data []byte, revision uint64) (*Entry, error) {
	e := &Entry{revision: revision}
	if err := json.Unmarshal(data, &e.Record); err != nil {
		return nil, fmt.Errorf("read ledger record #%d: %w", revision, err)
	}
	return e, nil
}

// Transition is a change of a record: one of the methods of Record, or several
// in a row.
type Transition func(Record) (Record, error)

// New returns the entry of a number that is not in the ledger yet, for the
// first Update.
func New(number string) *Entry { return &Entry{Record: Record{Number: number}} }

// Load is Read, or New where the number has no record.
func (l *Ledger) Load(ctx context.Context, number string) (*Entry, error) {
	e, err := l.Read(ctx, number)
	if errors.Is(err, ErrUnknown) {
		return New(number), nil
	}
	return e, err
}

// Known reports whether the entry is in the ledger.
func (e *Entry) Known() bool { return e.revision > 0 }

// Update makes the transition and writes the record, if nobody else has
// changed it since; otherwise the error wraps ErrChanged and the entry is as it
// was. An error of the transition is returned as it is, and nothing is written.
// A timeout means that nobody knows; the entry then is out of date and has to
// be read again.
func (l *Ledger) Update(ctx context.Context, e *Entry, transition Transition) error {
	next, err := transition(e.Record)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := l.prepare(ctx, &e.Record, &next); err != nil {
		return fmt.Errorf("change invoice %q: %w", e.Number, err)
	}
	next.UpdatedAt = l.now().UTC()
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("change invoice %q: %w", e.Number, err)
	}
	revision, err := l.write(ctx, invoicePrefix+invoice.Key(e.Number), data, e.revision)
	if errors.Is(err, jetstream.ErrKeyExists) { // the client says so of a stale revision too
		return fmt.Errorf("change invoice %q: %w", e.Number, ErrChanged)
	}
	if err != nil {
		return fmt.Errorf("change invoice %q: %w", e.Number, err)
	}
	before := e.Record
	e.Record, e.revision = next, revision
	l.finish(ctx, &before, &next)
	return nil
}

// prepare stores what has to be there before the record is: the documents that
// no longer fit into it, and the index of its reviews.
func (l *Ledger) prepare(ctx context.Context, before, next *Record) error {
	for _, d := range next.moved {
		if err := l.save(ctx, d.name, d.value); err != nil {
			return err
		}
	}
	next.moved = nil
	for _, v := range next.OpenReviews() {
		if !before.hasReview(v.ID) {
			if err := l.indexReview(ctx, v.ID, reviewOpen); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish takes resolved reviews out of the index. Should that fail, whoever
// lists them sees in the record that they are resolved.
func (l *Ledger) finish(ctx context.Context, before, next *Record) {
	for _, v := range before.OpenReviews() {
		for _, now := range next.Reviews {
			if now.ID == v.ID && !now.Open() {
				_ = l.indexReview(ctx, v.ID, reviewResolved)
			}
		}
	}
}

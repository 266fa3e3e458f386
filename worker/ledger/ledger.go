package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	kv   jetstream.KeyValue
	docs Documents
	now  func() time.Time
}

// Open returns the ledger in a bucket. The clock stamps Record.UpdatedAt; nil
// means time.Now.
func Open(kv jetstream.KeyValue, docs Documents, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{kv: kv, docs: docs, now: now}
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

const (
	invoicePrefix = "i."
	sessionPrefix = "s."
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

// Create writes the first record of a number. Where one exists the error wraps
// ErrChanged.
func (l *Ledger) Create(ctx context.Context, r Record) (*Entry, error) {
	r.UpdatedAt = l.now().UTC()
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("create invoice %q: %w", r.Number, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	revision, err := l.write(ctx, invoicePrefix+invoice.Key(r.Number), data, 0)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil, fmt.Errorf("create invoice %q: %w", r.Number, ErrChanged)
	}
	if err != nil {
		return nil, fmt.Errorf("create invoice %q: %w", r.Number, err)
	}
	return &Entry{Record: r, revision: revision}, nil
}

// Update applies the change to the entry's record and writes it, if nobody
// else has changed it since; otherwise the error wraps ErrChanged and the
// entry is as it was. A timeout means that nobody knows; the entry then is out
// of date and has to be read again.
func (l *Ledger) Update(ctx context.Context, e *Entry, change func(*Record)) error {
	next := e.Record.clone()
	change(&next)
	next.UpdatedAt = l.now().UTC()
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("change invoice %q: %w", e.Number, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	revision, err := l.write(ctx, invoicePrefix+invoice.Key(e.Number), data, e.revision)
	if errors.Is(err, jetstream.ErrKeyExists) { // also the client's word for a stale revision
		return fmt.Errorf("change invoice %q: %w", e.Number, ErrChanged)
	}
	if err != nil {
		return fmt.Errorf("change invoice %q: %w", e.Number, err)
	}
	e.Record, e.revision = next, revision
	return nil
}

// Package audit holds the stores of a data directory against each other: the
// records of the ledger, the documents that they name, the log of who owns which
// session and link, the events that were published, and the pages. Start with
// [Read].
//
// It promises to find a record that is missing or older than what was published
// about it, a record whose content is gone or whose session or link is not its
// own, and a page that is not the record's. A store that was cut off at any
// moment, by a kill or a power cut, has none of these: documents and owners are
// stored before the record, the record before the event.
//
// It reads the broker's files and changes nothing. It decides nothing about
// invoices.
package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/ledger"
)

// Store is what a data directory holds about invoices.
type Store struct {
	// Records are the newest record of each invoice, by key (invoice.Key).
	Records map[string]ledger.Record
	// Places are their places in the history of changes, by key.
	Places map[string]uint64
	// Unread are keys whose newest record cannot be read.
	Unread map[string]bool

	contents  map[string]bool // names of what is stored, as ledger.ContentName
	seed      maphash.Seed
	owners    map[uint64]uint64 // hashes of owners, by those of what they own: of three names an invoice
	unowned   []uint64          // entries of the owners' log that cannot be read
	published map[string]published
	events    int
}

// published is the furthest that events say of an invoice. Nothing of it is
// ever taken back.
type published struct {
	verb       string
	page, link int // revisions
	payments   int
	settled    bool // paid or cancelled
	sequence   uint64
}

// newerThan says what an older record does not have; "" for none.
func (p *published) newerThan(r *ledger.Record) string {
	payments := len(r.Payments)
	if r.Earlier != nil {
		payments += len(r.Earlier.IDs)
	}
	switch {
	case r.PageRevision() < p.page || r.LinkRevision() < p.link:
		return fmt.Sprintf("page %d and link %d, the event says %d and %d", r.PageRevision(), r.LinkRevision(), p.page, p.link)
	case payments < p.payments:
		return fmt.Sprintf("%d payments, the event says %d", payments, p.payments)
	case p.settled && !r.Settled():
		return fmt.Sprintf("%s, the event says that it was settled", r.State)
	}
	return ""
}

// Finding is one thing that does not fit together.
type Finding struct {
	Number string // of the invoice
	What   string // what does not fit
}

// String names the invoice and what does not fit.
func (f Finding) String() string { return fmt.Sprintf("%s: %s", f.Number, f.What) }

const (
	recordPrefix  = "$KV." + broker.BucketLedger + ".i."
	contentPrefix = "documents.invoices."
)

// Read reads the ledger, documents, owners and events in a data directory.
func Read(dir string) (*Store, error) {
	s := &Store{Records: map[string]ledger.Record{}, Places: map[string]uint64{}, Unread: map[string]bool{}, contents: map[string]bool{}, published: map[string]published{},
		seed: maphash.MakeSeed(), owners: map[uint64]uint64{}}
	for stream, take := range map[string]func(blocks.Record){
		"KV_" + broker.BucketLedger: s.record,
		broker.StreamDocuments:      s.document,
		broker.StreamEvents:         s.event,
		broker.StreamOwners:         s.ownership,
	} {
		err := blocks.Each(dir, stream, func(r blocks.Record) error {
			if !r.Tombstone && !r.Erased {
				take(r)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", dir, err)
		}
	}
	return s, nil
}

func (s *Store) record(r blocks.Record) {
	key, ok := strings.CutPrefix(r.Subject, recordPrefix)
	if !ok {
		return
	}
	s.Places[key] = r.Sequence
	var record ledger.Record
	if err := json.Unmarshal(r.Data, &record); err != nil || invoice.Key(record.Number) != key {
		s.Unread[key] = true
		return
	}
	delete(s.Unread, key)
	s.Records[key] = record
}

func (s *Store) document(r blocks.Record) {
	if name, ok := strings.CutPrefix(r.Subject, contentPrefix); ok {
		s.contents[name] = true
	}
}

// ownership takes note of an entry of the owners' log. The first about something
// counts.
func (s *Store) ownership(r blocks.Record) {
	o, err := ledger.OwnershipOf(r.Data)
	if err != nil {
		s.unowned = append(s.unowned, r.Sequence)
		return
	}
	for _, n := range o.Names() {
		if name := maphash.Comparable(s.seed, n); s.owners[name] == 0 {
			s.owners[name] = s.owner(o)
		}
	}
}

func (s *Store) owner(o ledger.Ownership) uint64 {
	return maphash.Comparable(s.seed, [2]string{o.Number, o.Of}) | 1 // never 0
}

// foreign says what of a record is not the invoice's in the owners' log, "" for
// nothing.
func (s *Store) foreign(r *ledger.Record) string {
	for _, o := range r.Ownerships() {
		for _, n := range o.Names() {
			switch s.owners[maphash.Comparable(s.seed, n)] {
			case s.owner(o):
			case 0:
				return fmt.Sprintf("its %s %s is not in the log of owners", n.What, n.Value)
			default:
				return fmt.Sprintf("its %s %s belongs to another invoice or link in the log of owners", n.What, n.Value)
			}
		}
	}
	return ""
}

// EachOwnership hands out the entries of the owners' log in a data directory,
// with their places.
func EachOwnership(dir string, take func(place uint64, entry ledger.Ownership)) error {
	return live(dir, broker.StreamOwners, func(r blocks.Record) error {
		if o, err := ledger.OwnershipOf(r.Data); err == nil {
			take(r.Sequence, o)
		}
		return nil
	})
}

// event takes note of what says that an invoice is out, paid or cancelled.
func (s *Store) event(r blocks.Record) {
	s.events++
	verb, key, ok := strings.Cut(strings.TrimPrefix(r.Subject, "invoices."), ".")
	if !ok || !slices.Contains([]string{"issued", "renewed", "settled", "payment"}, verb) {
		return
	}
	var status struct {
		Revision     int               `json:"revision"`
		LinkRevision int               `json:"linkRevision"`
		Payments     []json.RawMessage `json:"payments"`
	}
	if json.Unmarshal(r.Data, &status) != nil {
		return
	}
	p := s.published[key]
	p.verb, p.sequence, p.settled = verb, r.Sequence, p.settled || verb == "settled"
	p.page, p.link, p.payments = max(p.page, status.Revision), max(p.link, status.LinkRevision), max(p.payments, len(status.Payments))
	s.published[key] = p
}

// Counts says how much was read.
func (s *Store) Counts() (records, contents, events int) {
	return len(s.Records), len(s.contents), s.events
}

// Findings returns what does not fit together, by number.
func (s *Store) Findings() []Finding {
	var out []Finding
	found := func(key, format string, args ...any) {
		out = append(out, Finding{Number: numberOf(key), What: fmt.Sprintf(format, args...)})
	}
	for key := range s.Unread {
		found(key, "its record cannot be read")
	}
	for _, place := range s.unowned {
		out = append(out, Finding{Number: "owners", What: fmt.Sprintf("entry #%d of the log cannot be read", place)})
	}
	for key, p := range s.published {
		r, ok := s.Records[key]
		if !ok {
			found(key, "it was %s (event %d), and there is no record of it", p.verb, p.sequence)
		} else if newer := p.newerThan(&r); newer != "" {
			found(key, "its record is older than event %d: %s", p.sequence, newer)
		}
	}
	for key, r := range s.Records {
		if r.Digest != "" && !s.contents[ledger.ContentName(key, r.Digest)] {
			found(key, "its content is missing")
		}
		if what := s.foreign(&r); what != "" {
			found(key, "%s", what)
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.What, b.What)) })
	return out
}

// Affected returns the numbers of the invoices that damage touches: those whose
// names stand in the damaged parts, and those that no longer fit together.
func (s *Store) Affected(damage *blocks.DamageError) []string {
	numbers := map[string]bool{}
	for _, subject := range damage.Subjects() {
		if key := keyOf(subject); key != "" {
			numbers[numberOf(key)] = true
		}
	}
	for _, f := range s.Findings() {
		numbers[f.Number] = true
	}
	// Content without a record: its request waits, or the record is lost.
	for name := range s.contents {
		key, _, _ := strings.Cut(name, ".")
		if _, ok := s.Records[key]; !ok {
			numbers[numberOf(key)] = true
		}
	}
	return slices.Sorted(maps.Keys(numbers))
}

// keyOf finds the invoice's key in the subject of a message.
func keyOf(subject string) string {
	if key, ok := strings.CutPrefix(subject, recordPrefix); ok {
		return key
	}
	if name, ok := strings.CutPrefix(subject, contentPrefix); ok {
		key, _, _ := strings.Cut(name, ".")
		return key
	}
	for _, prefix := range []string{"timers.renew.", "due.renew."} {
		if key, ok := strings.CutPrefix(subject, prefix); ok {
			return key
		}
	}
	if rest, ok := strings.CutPrefix(subject, "invoices."); ok {
		if _, key, ok := strings.Cut(rest, "."); ok {
			return key
		}
	}
	return ""
}

// numberOf is the number of a key; a key that is none stays as it is.
func numberOf(key string) string {
	if number, err := invoice.NumberOfKey(key); err == nil {
		return number
	}
	return key
}

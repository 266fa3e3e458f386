package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/ledger"
)

// Rebuild is what a damaged ledger can be replaced by.
type Rebuild struct {
	// Records are those that are whole and those that were rebuilt, by key.
	Records map[string]ledger.Record
	// Values are the other values of the bucket that are whole, by key.
	Values map[string][]byte
	// Owners are the entries of the owners' log that are whole, in its order.
	Owners [][]byte
	// Rebuilt says of which event each lost record was made, Waiting whose
	// request is still in the queue and is carried out anew, Refused why a
	// record cannot be made without guessing.
	Rebuilt, Waiting, Refused []Finding
}

// RebuildOptions say what records are made with.
type RebuildOptions struct {
	// Pages are directories of published PDFs. A page there that is not the one
	// of the newest event makes its invoice refused.
	Pages []string
	// QR draws the code of a payment link: modules packed row by row, and how
	// many are on a side. The code that the checkout API returned is lost.
	QR func(url string) (size int, bits []byte, err error)
	// Without are numbers that somebody has decided to do without: no record is
	// made where one cannot be, and a new request is carried out as a first one.
	Without []string
}

// PlanRebuild reads what is left in a data directory and makes the records that
// are lost out of events, documents and pages. It changes nothing and needs
// that nobody else does. What is damaged besides the ledger is not its concern.
func PlanRebuild(dir string, o RebuildOptions) (*Rebuild, error) {
	s, err := Read(dir)
	if err != nil {
		return nil, err
	}
	lost := s.lost()
	src, err := readSources(dir, lost)
	if err != nil {
		return nil, err
	}
	b := &Rebuild{Records: maps.Clone(s.Records), Values: src.values, Owners: src.owners}
	for _, key := range slices.Sorted(maps.Keys(lost)) {
		delete(b.Records, key)
		number := numberOf(key)
		record, sequence, err := src.record(key, o)
		if err == nil {
			err = fits(record, o.Pages)
		}
		if err == nil && record.PDF != "" {
			err = src.fitsBucket(record)
		}
		switch {
		case err == nil:
			b.Records[key] = record
			b.Rebuilt = append(b.Rebuilt, Finding{number, fmt.Sprintf("rebuilt as %s from event %d", record.State, sequence)})
		case errors.Is(err, errNoEvent) && src.waiting[number] && fits(ledger.Record{Number: number}, o.Pages) == nil:
			b.Waiting = append(b.Waiting, Finding{number, "its request waits in the queue and is carried out as a first one"})
		case slices.Contains(o.Without, number):
			b.Waiting = append(b.Waiting, Finding{number, "left out as asked for: " + err.Error()})
		default:
			b.Refused = append(b.Refused, Finding{number, err.Error()})
		}
	}
	return b, nil
}

// lost are the keys whose newest record is not there.
func (s *Store) lost() map[string]bool {
	out := maps.Clone(s.Unread)
	for key, p := range s.published {
		if r, ok := s.Records[key]; !ok || p.newerThan(&r) != "" {
			out[key] = true
		}
	}
	for name := range s.contents {
		key, _, _ := strings.Cut(name, ".")
		if _, ok := s.Records[key]; !ok {
			out[key] = true
		}
	}
	return out
}

// fits compares the pages in directories with a record.
func fits(r ledger.Record, dirs []string) error {
	for _, dir := range dirs {
		path := filepath.Join(dir, invoice.FileName(r.Number)+".pdf")
		sum, err := FileSum(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case sum != r.SHA256:
			return fmt.Errorf("%s is a page that no event knows: it may show another link", path)
		}
	}
	return nil
}

// FileSum is the SHA-256 of a file in lower-case hex, as records have it.
func FileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// live hands out the messages of a stream that were not removed, oldest first.
func live(dir, stream string, take func(blocks.Record) error) error {
	removed := map[uint64]bool{}
	err := blocks.Each(dir, stream, func(r blocks.Record) error {
		if r.Tombstone {
			removed[r.Sequence] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return blocks.Each(dir, stream, func(r blocks.Record) error {
		if r.Tombstone || r.Erased || removed[r.Sequence] {
			return nil
		}
		return take(r)
	})
}

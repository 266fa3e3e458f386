package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"invoicelink/worker/atomicfile"
)

// OwnersFile is what the file of the owners' table is called in a data
// directory.
const OwnersFile = "owners.index"

// ownersMagic begins the file; its number changes with the layout.
const ownersMagic = "invoicelink owners 1\n"

// ownersShare: the table is kept after keepAfter entries, and after one of so
// many of its names is new.
const ownersShare = 200

// ownersHeader is the beginning of the file, behind the magic.
type ownersHeader struct {
	Made     int64 // when the log was made, Unix nanoseconds
	Position uint64
	At       int64 // when the entry at the position was stored, likewise
	Names    uint64
}

var errOwnersDamaged = errors.New("file of the owners' table is damaged; it is made again from the log")

// load reads the kept table and what was appended since, once. Afterwards it
// waits for nobody: whoever holds reading may wait for an answer.
func (o *owners) load(ctx context.Context) error {
	if o.loaded.Load() {
		return nil
	}
	if err := o.acquire(ctx); err != nil {
		return err
	}
	defer o.release()
	if o.loaded.Load() {
		return nil
	}
	made, last, err := o.log.Last(ctx)
	if err != nil {
		return err
	}
	if o.position == 0 {
		if h, table, err := readOwners(o.file); err == nil && h.Made == nanos(made) && h.Position <= last {
			// Only one history of the log has that entry at that moment, and it
			// has one beginning: nothing is ever changed or removed.
			if m, err := o.read(ctx, h.Position); err == nil && nanos(m.Time) == h.At {
				o.mu.Lock()
				o.table, o.position, o.at = table, h.Position, m.Time
				o.mu.Unlock()
			}
		}
	}
	if err := o.follow(ctx, last); err != nil {
		return err
	}
	o.loaded.Store(true)
	return nil
}

// save keeps the table if enough is new. An error costs time at the next start
// and nothing else.
func (o *owners) save(ctx context.Context) {
	o.mu.Lock()
	enough := o.unsaved >= max(keepAfter, o.table.used/ownersShare)
	o.mu.Unlock()
	if o.file == "" || !enough || os.MkdirAll(filepath.Dir(o.file), 0o700) != nil || o.acquire(ctx) != nil {
		return
	}
	defer o.release()
	made, _, err := o.log.Last(ctx)
	if err != nil {
		return
	}
	at := o.at
	if at.IsZero() { // the entry was appended here, and not read
		m, err := o.read(ctx, o.position)
		if err != nil {
			return
		}
		at = m.Time
	}
	if atomicfile.Write(o.file, o.table.encode(ownersHeader{nanos(made), o.position, nanos(at), uint64(o.table.used)}), 0o600) == nil {
		o.mu.Lock()
		o.unsaved = 0
		o.mu.Unlock()
	}
}

func (t *placeTable) encode(h ownersHeader) []byte {
	b := append(make([]byte, 0, len(ownersMagic)+64+8*t.used), ownersMagic...)
	b, err := binary.Append(b, binary.LittleEndian, h)
	if err != nil {
		panic(err) // the type is of fixed size
	}
	for _, w := range t.words {
		if w != 0 {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// readOwners reads what encode wrote.
func readOwners(file string) (h ownersHeader, t placeTable, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return h, t, err
	}
	rest, ok := bytes.CutPrefix(data, []byte(ownersMagic))
	size := binary.Size(h)
	if !ok || len(rest) < size+4 || crc32.Checksum(data[:len(data)-4], castagnoli) != binary.LittleEndian.Uint32(data[len(data)-4:]) {
		return h, t, errOwnersDamaged
	}
	if _, err := binary.Decode(rest, binary.LittleEndian, &h); err != nil {
		return h, t, errOwnersDamaged
	}
	rest = rest[size : len(rest)-4]
	if uint64(len(rest)) != 8*h.Names {
		return h, t, errOwnersDamaged
	}
	t = sized(int(h.Names))
	for i := range h.Names {
		w := binary.LittleEndian.Uint64(rest[8*i:])
		if uint64(uint32(w)) == 0 || uint64(uint32(w)) > h.Position {
			return h, t, errOwnersDamaged
		}
		t.insert(w)
	}
	t.used = int(h.Names)
	return h, t, nil
}

// VerifyOwners holds a kept table against the log, whose entries each hands out
// with their places. It returns one line for each difference; a file that is
// missing gives none.
func VerifyOwners(file string, each func(take func(place uint64, entry Ownership)) error) (differences []string, err error) {
	_, t, err := readOwners(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	left := make(map[uint64]bool, t.used) // words that no entry explains
	for _, w := range t.words {
		if w != 0 {
			left[w] = true
		}
	}
	err = each(func(place uint64, entry Ownership) {
		for _, n := range entry.Names() {
			delete(left, word(nameDigest(n), uint32(place)))
		}
	})
	for _, w := range slices.Sorted(maps.Keys(left)) {
		differences = append(differences, fmt.Sprintf("the table of owners is not what entry #%d of the log says, or the log has lost it", uint32(w)))
	}
	return differences, err
}

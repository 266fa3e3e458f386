package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/atomicfile"
)

// IndexFile is what the file of a kept index is called in a data directory.
const IndexFile = "ledger.index"

// indexMagic begins the file; its number changes with the layout.
const indexMagic = "invoicelink index 1\n"

// The index is kept after so many changes, and after a fiftieth of its invoices
// have changed: reading what came since stays below a tenth of a second.
const (
	keepAfter = 1000
	keepShare = 50
)

// checkedRows is how many of its newest invoices are looked at before a kept
// index is believed.
const checkedRows = 16

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// indexHeader is the beginning of the file, behind the magic.
type indexHeader struct {
	Created  int64 // of the ledger's stream, Unix nanoseconds
	Position uint64
	Rows     uint64
	Names    uint64 // bytes
}

// KeepIndex names the directory in which IndexFile and OwnersFile are kept
// between processes; it is made if it is missing. The files can be removed at any
// time. One that is damaged, of another ledger, or newer than the ledger is not
// believed, and made again from the records or the owners' log. It is called
// before the first use of the ledger.
func (l *Ledger) KeepIndex(dir string) {
	l.indexFile, l.owners.file = filepath.Join(dir, IndexFile), filepath.Join(dir, OwnersFile)
}

// loadIndex reads the kept index, or begins an empty one.
func (l *Ledger) loadIndex(ctx context.Context) *Index {
	if l.indexFile == "" {
		return newIndex()
	}
	data, err := os.ReadFile(l.indexFile)
	if err != nil {
		return newIndex()
	}
	x, created, err := decodeIndex(data)
	if err != nil || !l.fits(ctx, x, created) {
		return newIndex()
	}
	return x
}

// fits reports whether the index can have been made from this ledger: it is the
// same stream, which is not behind, and the newest invoices are what the index
// says or have changed since its position.
func (l *Ledger) fits(ctx context.Context, x *Index, created int64) bool {
	if now, last := l.stream(ctx); now == 0 || now != created || last < x.position {
		return false
	}
	newest := make([]uint32, len(x.rows))
	for i := range newest {
		newest[i] = uint32(i)
	}
	slices.SortFunc(newest, func(a, b uint32) int { return cmp.Compare(x.rows[b].revision, x.rows[a].revision) })
	for _, i := range newest[:min(len(newest), checkedRows)] {
		value, err := l.get(ctx, invoicePrefix+x.key(i))
		if err != nil || value.Revision() != x.rows[i].revision && value.Revision() <= x.position {
			return false
		}
	}
	return true
}

// stream returns when the ledger's stream was created, and its last position; 0
// if that is not known.
func (l *Ledger) stream(ctx context.Context) (created int64, last uint64) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	status, err := l.kv.Status(ctx)
	if err != nil {
		return 0, 0
	}
	bucket, ok := status.(*jetstream.KeyValueBucketStatus)
	if !ok {
		return 0, 0
	}
	info := bucket.StreamInfo()
	return nanos(info.Created), info.State.LastSeq
}

// saveIndex keeps the index if enough has changed. An error costs time at the
// next start and nothing else.
func (l *Ledger) saveIndex(ctx context.Context, x *Index) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if l.indexFile == "" || x.unsaved < max(keepAfter, len(x.rows)/keepShare) || len(x.unread) > 0 {
		return
	}
	created, _ := l.stream(ctx)
	if created == 0 || os.MkdirAll(filepath.Dir(l.indexFile), 0o700) != nil {
		return
	}
	if atomicfile.Write(l.indexFile, x.encode(created), 0o600) == nil {
		x.unsaved = 0
	}
}

func (x *Index) encode(created int64) []byte {
	b := bytes.NewBuffer(make([]byte, 0, len(indexMagic)+64+len(x.rows)*rowSize+len(x.names)))
	b.WriteString(indexMagic)
	data, err := binary.Append(b.AvailableBuffer(), binary.LittleEndian, indexHeader{created, x.position, uint64(len(x.rows)), uint64(len(x.names))})
	if err != nil {
		panic(err) // the type is of fixed size
	}
	b.Write(data)
	for i := range x.rows {
		b.Write(x.rows[i].append(b.AvailableBuffer()))
	}
	b.Write(x.names)
	b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), crc32.Checksum(b.Bytes(), castagnoli)))
	return b.Bytes()
}

// rowSize is that of row.append.
const rowSize = 8 + 8 + 8 + 4 + 4 + 2 + 2 + 1 + 1

func (r *row) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(le.AppendUint64(le.AppendUint64(b, r.revision), uint64(r.expiredBy)), uint64(r.retryAt))
	b = le.AppendUint32(le.AppendUint32(b, r.name), uint32(r.dueDay))
	b = le.AppendUint16(le.AppendUint16(b, r.length), r.link)
	held := byte(0)
	if r.held {
		held = 1
	}
	return append(b, r.state, held)
}

func readRow(b []byte) row {
	le := binary.LittleEndian
	return row{
		revision: le.Uint64(b), expiredBy: int64(le.Uint64(b[8:])), retryAt: int64(le.Uint64(b[16:])),
		name: le.Uint32(b[24:]), dueDay: int32(le.Uint32(b[28:])), length: le.Uint16(b[32:]), link: le.Uint16(b[34:]),
		state: b[36], held: b[37] == 1,
	}
}

var errIndexDamaged = errors.New("index file is damaged; it is made again from the records")

// decodeIndex reads what encode wrote.
func decodeIndex(data []byte) (x *Index, created int64, err error) {
	rest, ok := bytes.CutPrefix(data, []byte(indexMagic))
	var h indexHeader
	if !ok || len(rest) < binary.Size(h)+4 || crc32.Checksum(data[:len(data)-4], castagnoli) != binary.LittleEndian.Uint32(data[len(data)-4:]) {
		return nil, 0, errIndexDamaged
	}
	n, err := binary.Decode(rest, binary.LittleEndian, &h)
	if err != nil {
		return nil, 0, errIndexDamaged
	}
	rest = rest[n : len(rest)-4]
	if h.Rows > uint64(len(rest))/rowSize || uint64(len(rest)) != h.Rows*rowSize+h.Names {
		return nil, 0, errIndexDamaged
	}
	x = newIndex()
	x.position, x.names = h.Position, bytes.Clone(rest[h.Rows*rowSize:]) // not the whole file
	x.at, x.rows = sized(int(h.Rows)), make([]row, 0, h.Rows)
	for i := range uint32(h.Rows) {
		r := readRow(rest[int(i)*rowSize:])
		if uint64(r.name)+uint64(r.length) > h.Names || int(r.state) > len(States) || r.revision > x.position {
			return nil, 0, errIndexDamaged
		}
		x.rows = append(x.rows, r)
		if x.find(x.key(i)) >= 0 {
			return nil, 0, errIndexDamaged
		}
		x.at.add(x.digest(x.key(i)), i+1)
	}
	return x, h.Created, nil
}

// VerifyIndex holds a kept index against the records: record returns the
// newest record of a key and its place in the history of changes. It returns
// one line for each invoice about which the two differ; a file that is missing
// gives none.
func VerifyIndex(file string, record func(key string) (r *Record, revision uint64)) (differences []string, err error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	x, _, err := decodeIndex(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for i := range x.rows {
		r, revision := record(x.key(uint32(i)))
		kept := x.rows[i]
		switch {
		case r == nil && revision == 0:
			differences = append(differences, fmt.Sprintf("%s: the index knows its record #%d, and the ledger has none", x.key(uint32(i)), kept.revision))
		case revision < kept.revision:
			differences = append(differences, fmt.Sprintf("%s: the index knows its record #%d, and the newest in the ledger is #%d", x.key(uint32(i)), kept.revision, revision))
		case r != nil && revision == kept.revision:
			want := rowOf(r, revision)
			want.name, want.length = kept.name, kept.length
			if want != kept {
				differences = append(differences, fmt.Sprintf("%s: the index is not what its record #%d says", x.key(uint32(i)), revision))
			}
		}
	}
	return differences, nil
}

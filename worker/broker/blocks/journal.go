package blocks

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"invoicelink/worker/atomicfile"
)

// journalName is the file that says how far each block was on disk when the
// server's answers about it went out.
const journalName = "checksums"

// castagnoli is computed by the processor at about 10 GB/s.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// block names one block file: jetstream/$G/streams/<stream>/msgs/<index>.blk.
type block struct {
	stream string
	index  uint32
}

func (b block) String() string { return fmt.Sprintf("%s/%d.blk", b.stream, b.index) }

// synced is how far a block was on disk.
type synced struct {
	size  int64
	sum   uint32 // CRC-32C of the first size bytes
	inode uint64 // tells a file that was rewritten from one that has grown
}

// journal is the file of checksums: one line for each block each time it has
// grown, "<CRC of the rest> <stream> <index> <size> <sum> <inode>". The last
// line about a block counts; size -1 says that the block is gone. A line that
// was torn by a crash is skipped, as is a damaged one.
type journal struct {
	dir     string
	f       *os.File
	bytes   int64
	scratch []byte
}

// journalLimit is the size in bytes at which the journal is written anew.
const journalLimit = 4 << 20

// readJournal returns what the journal says, and how many of its lines were
// damaged. There is no journal if the error wraps fs.ErrNotExist.
func readJournal(dir string) (known map[block]synced, damaged int, err error) {
	data, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		return nil, 0, fmt.Errorf("read the checksums of the store: %w", err)
	}
	known = map[block]synced{}
	for line := range bytes.Lines(data) {
		b, s, ok := parseLine(line)
		switch {
		case !ok:
			damaged++
		case s.size < 0:
			delete(known, b)
		default:
			known[b] = s
		}
	}
	return known, damaged, nil
}

func parseLine(line []byte) (b block, s synced, ok bool) {
	if len(line) < 10 || line[len(line)-1] != '\n' {
		return b, s, false
	}
	var sum uint32
	rest := line[9 : len(line)-1]
	if _, err := fmt.Sscanf(string(line[:8]), "%08x", &sum); err != nil || crc32.Checksum(rest, castagnoli) != sum {
		return b, s, false
	}
	_, err := fmt.Sscanf(string(rest), "%s %d %d %08x %d", &b.stream, &b.index, &s.size, &s.sum, &s.inode)
	return b, s, err == nil
}

// openJournal writes a new journal of what is known and returns it, open for
// more.
func openJournal(dir string, known map[block]synced) (*journal, error) {
	j := &journal{dir: dir}
	if err := j.rewrite(known); err != nil {
		return nil, err
	}
	return j, nil
}

// rewrite replaces the journal by what is known now.
func (j *journal) rewrite(known map[block]synced) error {
	name := filepath.Join(j.dir, journalName)
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write the checksums of the store: %w", err)
	}
	next := &journal{dir: j.dir, f: f}
	w := bufio.NewWriter(f)
	for b, s := range known {
		n, _ := w.Write(next.line(b, s)) // the error stays for Flush
		next.bytes += int64(n)
	}
	err = errors.Join(w.Flush(), f.Sync())
	if err == nil {
		err = os.Rename(name+".new", name)
	}
	if err == nil {
		err = atomicfile.SyncDir(j.dir)
	}
	if err != nil {
		return fmt.Errorf("write the checksums of the store: %w", errors.Join(err, f.Close()))
	}
	if j.f != nil {
		_ = j.f.Close()
	}
	*j = *next
	return nil
}

// add appends lines. It does not sync: the next commit, or the tick after it,
// takes them along.
func (j *journal) add(changed map[block]synced) error {
	j.scratch = j.scratch[:0]
	var lines []byte
	for b, s := range changed {
		lines = append(lines, j.line(b, s)...)
	}
	if _, err := j.f.WriteAt(lines, j.bytes); err != nil {
		return fmt.Errorf("write the checksums of the store: %w", err)
	}
	j.bytes += int64(len(lines))
	return nil
}

func (j *journal) line(b block, s synced) []byte {
	const room = 9 // the line's own checksum and a space
	buf := append(j.scratch[:0], make([]byte, room)...)
	buf = fmt.Appendf(buf, "%s %d %d %08x %d", b.stream, b.index, s.size, s.sum, s.inode)
	copy(buf, fmt.Sprintf("%08x ", crc32.Checksum(buf[room:], castagnoli)))
	j.scratch = append(buf, '\n')
	return j.scratch
}

// Forget takes a stream out of the checksums, and its copies, because the
// stream is about to be another one. The caller holds the directory.
func Forget(dir, stream string) error {
	known, _, err := readJournal(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	maps.DeleteFunc(known, func(b block, _ synced) bool { return b.stream == stream })
	if err == nil {
		j, err := openJournal(dir, known)
		if err != nil {
			return err
		}
		if err := j.f.Close(); err != nil {
			return fmt.Errorf("write the checksums of the store: %w", err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, copiesName, stream)); err != nil {
		return fmt.Errorf("remove the copies of stream %s: %w", stream, err)
	}
	return nil
}

// StreamDir is where a stream's files are.
func StreamDir(dir, stream string) string { return filepath.Join(streamsDir(dir), stream) }

// Damaged is the directory that keeps copies of damaged files.
func Damaged(dir string) string { return filepath.Join(dir, damagedName) }

// listBlocks returns the block files of every stream, without reading them.
func listBlocks(dir string) (map[string][]uint32, error) {
	out := map[string][]uint32{}
	streams, err := os.ReadDir(streamsDir(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the streams of the store: %w", err)
	}
	for _, s := range streams {
		if !s.IsDir() {
			continue
		}
		if out[s.Name()], err = blockIndexes(filepath.Join(streamsDir(dir), s.Name(), "msgs")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// blockIndexes lists the blocks in a directory, lowest first.
func blockIndexes(msgs string) ([]uint32, error) {
	files, err := os.ReadDir(msgs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the blocks of a stream: %w", err)
	}
	var out []uint32
	for _, f := range files {
		var index uint32
		if name, ok := strings.CutSuffix(f.Name(), ".blk"); ok && f.Type().IsRegular() {
			if _, err := fmt.Sscanf(name, "%d", &index); err == nil && fmt.Sprint(index) == name {
				out = append(out, index)
			}
		}
	}
	sortIndexes(out)
	return out, nil
}

func streamsDir(dir string) string { return filepath.Join(dir, "jetstream", "$G", "streams") }

func blockPath(dir string, b block) string {
	return filepath.Join(streamsDir(dir), b.stream, "msgs", fmt.Sprintf("%d.blk", b.index))
}

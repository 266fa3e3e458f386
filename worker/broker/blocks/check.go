package blocks

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/minio/highwayhash"
)

// Report is what Check found in a store that may be opened.
type Report struct {
	// Repaired says what was put right, one sentence for each file.
	Repaired []string
	// Missing says that the store had no checksums to be held against.
	Missing bool
	// Files and Bytes count the blocks that were read.
	Files int
	Bytes int64

	verified Verified
}

// Verified is what Check has read of block files: Open need not read again what
// has not changed since.
type Verified map[block]fileSum

// fileSum is the checksum of a whole file that was in that state.
type fileSum struct {
	fileState
	synced
}

// Verified returns what was read and found whole.
func (r *Report) Verified() Verified { return r.verified }

// Check holds the store in a data directory against its checksums, repairs what
// has a copy, and returns a *DamageError if something acknowledged is lost. The
// caller holds the directory, and no server runs on it. clean says that the
// last server had shut down in order; then nothing may follow what the
// checksums cover.
func Check(dir string, clean bool) (*Report, error) { return check(dir, clean, true) }

// Inspect is Check without repairs: it writes nothing but copies of damaged
// blocks.
func Inspect(dir string, clean bool) (*Report, error) { return check(dir, clean, false) }

func check(dir string, clean, repair bool) (*Report, error) {
	c := &checker{dir: dir, clean: clean, repair: repair, report: &Report{verified: Verified{}}}
	there, err := listBlocks(dir)
	if err != nil {
		return nil, err
	}
	known, _, err := readJournal(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.report.Missing = len(there) > 0
	case err != nil:
		return nil, err
	}
	if err := c.blocks(known, there); err != nil {
		return nil, err
	}
	if len(c.damage) > 0 {
		return c.report, &DamageError{Dir: dir, Damage: c.damage}
	}
	for _, b := range c.copied {
		if err := c.restore(b); err != nil {
			return nil, err
		}
	}
	return c.report, c.smallFiles()
}

type checker struct {
	dir           string
	clean, repair bool
	report        *Report
	damage        []Damage
	copied        []block // damaged, and there is a copy of each
}

func (c *checker) said(format string, args ...any) {
	c.report.Repaired = append(c.report.Repaired, fmt.Sprintf(format, args...))
}

// fromCopy says what became of a file that has a copy.
func (c *checker) fromCopy() string {
	if c.repair {
		return " and was restored from its copy"
	}
	return "; the next start restores it from its copy"
}

// blocks compares each block that the journal knows with what is there, and
// reads those that it does not know.
func (c *checker) blocks(known map[block]synced, there map[string][]uint32) error {
	byName := func(a, b block) int { return cmp.Or(cmp.Compare(a.stream, b.stream), cmp.Compare(a.index, b.index)) }
	for _, b := range slices.SortedFunc(maps.Keys(known), byName) {
		if err := c.block(b, known, there[b.stream]); err != nil {
			return err
		}
	}
	for stream, indexes := range there {
		for _, index := range indexes {
			b := block{stream, index}
			if _, ok := known[b]; ok {
				continue
			}
			if err := c.unknown(b, known); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) block(b block, known map[block]synced, there []uint32) error {
	want := known[b]
	got, state, err := prefix(blockPath(c.dir, b), want.size)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("check block %s: %w", b, err)
	}
	missing := err != nil
	c.report.Files++
	c.report.Bytes += got.size
	if !missing && got.sum == want.sum && got.size >= want.size && (!c.clean || got.size == want.size) {
		if got.size == want.size && !recent(state.modified) {
			c.report.verified[b] = fileSum{state, got}
		}
		return nil
	}
	if saved, _, err := prefix(copyOfBlock(c.dir, b), want.size); err == nil && saved.sum == want.sum && saved.size == want.size {
		c.copied = append(c.copied, b)
		return nil
	}
	switch {
	case missing && want.size == 0:
		return nil
	case missing && !c.clean && slices.ContainsFunc(there, func(i uint32) bool { return i > b.index && known[block{b.stream, i}].inode == 0 }):
		// The server removes a block when all its messages are gone. This one
		// was the last one, and was removed between two commits.
		c.said("%s: block %d is gone; a later one has replaced it", b.stream, b.index)
		return nil
	case !missing && got.sum == want.sum && got.size > want.size:
		c.said("%s: block %d has %d bytes more than at the clean stop; it is read as after a crash", b.stream, b.index, got.size-want.size)
		return nil
	}
	d, err := examine(c.dir, b, want)
	if err != nil {
		return err
	}
	c.damage = append(c.damage, d)
	return nil
}

// unknown reads a block without a checksum: one that was begun just before a
// crash, or all of them where the checksums are missing. Damage before valid
// records is damage; what follows the last valid record may be a write that a
// crash has cut.
func (c *checker) unknown(b block, known map[block]synced) error {
	buf, err := os.ReadFile(blockPath(c.dir, b))
	if err != nil {
		return fmt.Errorf("check block %s: %w", b, err)
	}
	c.report.Files++
	c.report.Bytes += int64(len(buf))
	_, gaps := Parse(b.stream, b.index, buf)
	if len(gaps) == 0 {
		return nil
	}
	if gaps[0].Tail && !c.clean {
		if len(known) == 0 {
			c.said("%s: block %d ends in %d bytes that are no message, and there is no checksum that covers them", b.stream, b.index, gaps[0].To-gaps[0].From)
		}
		return nil
	}
	d, err := examine(c.dir, b, synced{})
	if err != nil {
		return err
	}
	c.damage = append(c.damage, d)
	return nil
}

// restore puts the copy of a full block in its place.
func (c *checker) restore(b block) error {
	what := "was damaged"
	if _, _, err := statBlock(blockPath(c.dir, b)); err != nil {
		what = "was missing"
	}
	if !c.repair {
		c.said("%s: block %d %s"+c.fromCopy(), b.stream, b.index, what)
		return nil
	}
	if buf, err := os.ReadFile(blockPath(c.dir, b)); err == nil {
		if _, err := keepCopy(c.dir, b, buf); err != nil {
			return err
		}
	}
	data, err := os.ReadFile(copyOfBlock(c.dir, b))
	if err == nil {
		err = writeWhole(blockPath(c.dir, b), data)
	}
	if err != nil {
		return fmt.Errorf("restore block %s from its copy: %w", b, err)
	}
	c.said("%s: block %d %s"+c.fromCopy(), b.stream, b.index, what)
	return nil
}

// prefix reads the first bytes of a file. The size is the file's, as is the
// state before it was read.
func prefix(path string, n int64) (synced, fileState, error) {
	f, err := os.Open(path)
	if err != nil {
		return synced{}, fileState{}, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return synced{}, fileState{}, err
	}
	y := synced{size: fi.Size(), inode: inodeOf(fi)}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for left := min(n, y.size); left > 0; {
		k, err := f.Read((*buf)[:min(left, int64(len(*buf)))])
		if err != nil {
			return synced{}, fileState{}, err
		}
		y.sum = updateSum(y.sum, (*buf)[:k])
		left -= int64(k)
	}
	return y, stateOfFile(fi), nil
}

// smallFiles restores what the server keeps about streams and consumers.
func (c *checker) smallFiles() error {
	base := filepath.Join(c.dir, copiesName)
	described := map[string]bool{}
	for _, pattern := range []string{"*/meta.inf", "*/obs/*/meta.inf"} {
		for _, root := range []string{streamsDir(c.dir), base} {
			names, err := fs.Glob(os.DirFS(root), pattern)
			if err != nil {
				return fmt.Errorf("list the files of the store: %w", err)
			}
			for _, name := range names {
				described[path.Dir(name)] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		if err := c.meta(name); err != nil {
			return err
		}
	}
	names, err := fs.Glob(os.DirFS(base), "*/obs/*/o.dat")
	if err != nil {
		return fmt.Errorf("list the files of the store: %w", err)
	}
	for _, name := range names {
		if err := c.position(name); err != nil {
			return err
		}
	}
	return nil
}

// meta checks the description of a stream or consumer against its own hash.
func (c *checker) meta(name string) error {
	dir := filepath.Join(streamsDir(c.dir), filepath.FromSlash(name))
	inf, errA := os.ReadFile(filepath.Join(dir, "meta.inf"))
	sum, errB := os.ReadFile(filepath.Join(dir, "meta.sum"))
	if errA == nil && errB == nil && hashOf(name, inf) == string(sum) {
		return nil
	}
	savedInf, savedSum, ok := savedMeta(c.dir, name)
	if !ok {
		return nil // the server makes a stream anew over the blocks that are there
	}
	if c.repair {
		if err := errors.Join(writeWhole(filepath.Join(dir, "meta.inf"), savedInf), writeWhole(filepath.Join(dir, "meta.sum"), savedSum)); err != nil {
			return fmt.Errorf("restore the description of %s: %w", name, err)
		}
	}
	c.said("%s: the description was missing or damaged"+c.fromCopy(), strings.ReplaceAll(name, "/obs/", " consumer "))
	return nil
}

// savedMeta returns the copy of a description and its hash. A crash may have
// come between the renames of the two.
func savedMeta(dir, name string) (inf, sum []byte, ok bool) {
	for _, a := range []string{"", newSuffix} {
		for _, b := range []string{"", newSuffix} {
			inf, okInf := readCopy(dir, name+"/meta.inf"+a)
			sum, okSum := readCopy(dir, name+"/meta.sum"+b)
			if okInf && okSum && hashOf(name, inf) == string(sum) {
				return inf, sum, true
			}
		}
	}
	return nil, nil, false
}

// hashOf is what meta.sum holds: a hash under the name of the stream, or of
// stream and consumer.
func hashOf(name string, data []byte) string {
	key := sha256.Sum256([]byte(strings.Replace(name, "/obs/", "/", 1)))
	h, err := highwayhash.New64(key[:])
	if err != nil {
		return ""
	}
	_, _ = h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// position checks how far a consumer is. The file has no hash of its own, and
// its copy is at most a second older: with the copy, what the consumer had last
// acknowledged may be delivered once more, and nothing is skipped.
func (c *checker) position(name string) error {
	saved, ok := readCopy(c.dir, name)
	if !ok {
		return nil
	}
	file := filepath.Join(streamsDir(c.dir), filepath.FromSlash(name))
	if _, err := os.Stat(filepath.Dir(file)); errors.Is(err, fs.ErrNotExist) {
		return nil // the consumer was removed
	}
	data, err := os.ReadFile(file)
	if err == nil && crc32.Checksum(data, castagnoli) == crc32.Checksum(saved, castagnoli) {
		return nil
	}
	if c.repair {
		if err := writeWhole(file, saved); err != nil {
			return fmt.Errorf("restore the position of %s: %w", name, err)
		}
	}
	if c.clean || err != nil {
		c.said("%s: the position of the consumer was missing or damaged"+c.fromCopy(), path.Dir(name))
	}
	return nil
}

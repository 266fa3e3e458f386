package blocks

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"invoicelink/worker/atomicfile"
)

// DamageError says that something which the server had acknowledged is
// missing or different, and that nothing could replace it. Nothing was changed
// but that copies were kept.
type DamageError struct {
	Dir    string
	Damage []Damage
}

// Damage is one damaged block file.
type Damage struct {
	Stream string
	Block  uint32
	// What is wrong with the file.
	What string
	// Subjects are those of messages that are affected, as far as their bytes
	// can still be read, and of the messages next to them.
	Subjects []string
	// Kept is where a copy of the damaged file is, below the data directory;
	// "" where there is no file.
	Kept string
}

// damagedName is the directory that keeps copies of damaged files. They are
// never removed by the program.
const damagedName = "damaged"

func (e *DamageError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the store in %s is damaged, and was not opened, so that nothing more is lost", e.Dir)
	for _, d := range e.Damage {
		fmt.Fprintf(&b, "; %s block %d: %s", d.Stream, d.Block, d.What)
		if d.Kept != "" {
			fmt.Fprintf(&b, " (copy in %s)", d.Kept)
		}
	}
	return b.String()
}

// Subjects are those of all damage, sorted.
func (e *DamageError) Subjects() []string {
	var all []string
	for _, d := range e.Damage {
		all = append(all, d.Subjects...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// examine says what is lost in a damaged block. want is how it was.
func examine(dir string, b block, want synced) (Damage, error) {
	d := Damage{Stream: b.stream, Block: b.index}
	buf, err := os.ReadFile(blockPath(dir, b))
	if os.IsNotExist(err) {
		d.What = fmt.Sprintf("the file is missing; it had %d bytes", want.size)
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("read block %s: %w", b, err)
	}
	if d.Kept, err = keepCopy(dir, b, buf); err != nil {
		return d, err
	}
	records, gaps := Parse(b.stream, b.index, buf)
	d.Subjects = subjectsIn(buf, gaps, records)
	switch {
	case int64(len(buf)) < want.size:
		d.What = fmt.Sprintf("the file was cut to %d of %d bytes, or is an older copy", len(buf), want.size)
	case len(gaps) == 0:
		d.What = "the file is a valid one, but not the one that was written"
	default:
		g := gaps[0]
		d.What = fmt.Sprintf("bytes %d to %d are damaged, after message %d", g.From, g.To-1, g.After)
	}
	return d, nil
}

// subjectsIn reads subjects out of the damaged parts of a block. The records
// next to a part count too, since damage of a length hides in either.
func subjectsIn(buf []byte, gaps []Gap, records []Record) (subjects []string) {
	prefixes := map[string]bool{}
	for _, r := range records {
		if prefix, _, ok := strings.Cut(r.Subject, "."); ok {
			prefixes[prefix+"."] = true
		}
	}
	for _, g := range gaps {
		part := string(buf[g.From:g.To])
		for prefix := range prefixes {
			for rest := part; ; {
				i := strings.Index(rest, prefix)
				if i < 0 {
					break
				}
				n := subjectLength(rest, i)
				subjects = append(subjects, rest[i:i+n])
				rest = rest[i+n:]
			}
		}
	}
	slices.Sort(subjects)
	return slices.Compact(subjects)
}

// subjectLength is how long the subject is that begins at an offset: what the
// two bytes before it say, if that can be, or up to the first character that
// does not belong to one.
func subjectLength(s string, at int) int {
	most := len(s) - at
	if n := strings.IndexFunc(s[at:], func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-/_=.$", r))
	}); n >= 0 {
		most = n
	}
	if at >= 2 {
		if said := int(s[at-2]) | int(s[at-1])<<8; said > 0 && said <= most {
			return said
		}
	}
	return most
}

// keepCopy stores a damaged block once.
func keepCopy(dir string, b block, data []byte) (string, error) {
	name := filepath.Join(damagedName, fmt.Sprintf("%s-%d-%08x.blk", b.stream, b.index, crc32.Checksum(data, castagnoli)))
	path := filepath.Join(dir, name)
	if fi, err := os.Stat(path); err == nil && fi.Size() == int64(len(data)) {
		return name, nil
	}
	if err := writeWhole(path, data); err != nil {
		return "", fmt.Errorf("keep a copy of the damaged block %s: %w", b, err)
	}
	return name, nil
}

// writeWhole replaces a file, making its directory if it is missing.
func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(path, data, 0o600)
}

package backup

import (
	"archive/tar"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/atomicfile"
)

// Options of Write.
type Options struct {
	// Dir is the data directory whose files are added; "" adds none.
	Dir string
	// Wait is how long work in progress is waited for; 0 is 30 seconds. After
	// that the backup is taken as it is, and Manifest.Quiet is false.
	Wait time.Duration
}

// fileDirs are the directories below the data directory that are not the
// broker's: uploads of the web page and the sandbox's account.
var fileDirs = []string{"desk", "sandbox"}

// notKept are files that are worth nothing elsewhere.
var notKept = []string{"desk/logins.json"}

// Write takes a backup of what is on the connection into a new file, which it
// reads again before it returns. The file's name is taken only then, so a file
// of that name is a whole backup.
func Write(ctx context.Context, nc *nats.Conn, path string, o Options) (*Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("write backup %s: the file exists; name another one", path)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("write backup: %w", err)
	}
	names, err := streamNames(ctx, js)
	if err != nil {
		return nil, fmt.Errorf("write backup: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("write backup: the server holds nothing of this program")
	}
	quiet, resume := pause(ctx, js, o.Wait)
	defer resume()
	var m *Manifest
	err = atomicfile.WriteFunc(path, 0o600, func(w io.Writer) (err error) {
		m, err = writeAll(ctx, nc, w, names, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("write backup %s: %w", path, err)
	}
	m.Quiet = quiet
	if _, err := Open(path); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return m, nil
}

// streamNames lists the program's streams, each before those that are written to
// before it: queues first, since then a request that was taken and is not yet in
// the ledger is still in the queue, events before the ledger, and documents and
// owners, which records name, after it.
func streamNames(ctx context.Context, js jetstream.JetStream) ([]string, error) {
	var queues, others []string
	list := js.StreamNames(ctx)
	for name := range list.Name() {
		switch {
		case !strings.HasPrefix(strings.TrimPrefix(name, "KV_"), "INVOICELINK_") && name != "OBJ_pdfs":
		case name == "INVOICELINK_REQUESTS", name == "INVOICELINK_TIMERS":
			queues = append(queues, name)
		default:
			others = append(others, name)
		}
	}
	slices.Sort(queues)
	slices.SortFunc(others, func(a, b string) int { return cmp.Or(cmp.Compare(named(a), named(b)), cmp.Compare(a, b)) })
	return append(queues, others...), list.Err()
}

// named is how many streams name what is in a stream, directly or through each
// other: an event its record, a record its documents and owners.
func named(stream string) int {
	switch stream {
	case "KV_INVOICELINK_LEDGER":
		return 1
	case "INVOICELINK_DOCUMENTS", "INVOICELINK_OWNERS":
		return 2
	}
	return 0
}

func writeAll(ctx context.Context, nc *nats.Conn, w io.Writer, names []string, o Options) (*Manifest, error) {
	m := &Manifest{Format: format, Created: time.Now().UTC()}
	out := tar.NewWriter(w)
	spool, err := os.CreateTemp("", "invoicelink-backup-*") // a tar header needs the size
	if err != nil {
		return nil, err
	}
	defer func() { _ = errors.Join(spool.Close(), os.Remove(spool.Name())) }()
	for _, name := range names {
		if err := errors.Join(spool.Truncate(0), rewind(spool)); err != nil {
			return nil, err
		}
		// The program makes its own consumers again; those of others, who read
		// events, keep their place.
		s, err := snapshot(ctx, nc, name, name == "INVOICELINK_EVENTS", spool)
		if err != nil {
			return nil, err
		}
		if err := rewind(spool); err != nil {
			return nil, err
		}
		if s.Bytes, s.SHA256, err = add(out, streamsDir+name, spool); err != nil {
			return nil, err
		}
		m.Streams = append(m.Streams, s)
	}
	if o.Dir != "" {
		if err := addFiles(out, m, o.Dir); err != nil {
			return nil, err
		}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	err = out.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(data)), ModTime: m.Created})
	if err == nil {
		_, err = out.Write(data)
	}
	return m, errors.Join(err, out.Close())
}

func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// add copies a file into the archive.
func add(out *tar.Writer, name string, f *os.File) (size int64, sum string, err error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, "", err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: fi.Size(), ModTime: fi.ModTime()}); err != nil {
		return 0, "", err
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(out, h), io.LimitReader(f, fi.Size()))
	return size, hex.EncodeToString(h.Sum(nil)), err
}

func addFiles(out *tar.Writer, m *Manifest, dir string) error {
	root := os.DirFS(dir)
	for _, top := range fileDirs {
		err := fs.WalkDir(root, top, func(name string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !e.Type().IsRegular() || slices.Contains(notKept, name) {
				return err
			}
			f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			defer f.Close()
			size, sum, err := add(out, filesDir+name, f)
			m.Files = append(m.Files, File{Name: name, Bytes: size, SHA256: sum})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/atomicfile"
)

// ErrNotEmpty is wrapped where a restore would mix a backup with something
// that is there.
var ErrNotEmpty = errors.New("the target holds something already: restore into an empty directory or server")

// Backup is a backup file that was read and found whole.
type Backup struct {
	Manifest
	path string
}

// maxManifest bounds the manifest, in bytes.
const maxManifest = 64 << 20

// Open reads a backup in full and checks every part against its digest.
func Open(path string) (*Backup, error) {
	b := &Backup{path: path}
	sums, sizes := map[string]string{}, map[string]int64{}
	err := b.each(func(name string, r io.Reader) error {
		if name == manifestName {
			data, err := io.ReadAll(io.LimitReader(r, maxManifest))
			if err != nil {
				return err
			}
			return json.Unmarshal(data, &b.Manifest)
		}
		h := sha256.New()
		n, err := io.Copy(h, r)
		sums[name], sizes[name] = hex.EncodeToString(h.Sum(nil)), n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read backup %s: %w", path, err)
	}
	if b.Format != format {
		return nil, fmt.Errorf("read backup %s: it is cut, or of another format (%d, this program reads %d)", path, b.Format, format)
	}
	want := map[string]string{}
	for _, s := range b.Streams {
		want[streamsDir+s.Name] = s.SHA256
	}
	for _, f := range b.Files {
		want[filesDir+f.Name] = f.SHA256
	}
	for name, sum := range want {
		if sums[name] != sum {
			return nil, fmt.Errorf("read backup %s: %s is damaged or missing", path, name)
		}
	}
	if len(sums) != len(want) {
		return nil, fmt.Errorf("read backup %s: it holds %d parts, its manifest names %d", path, len(sums), len(want))
	}
	return b, nil
}

// each yields the parts of the archive in order.
func (b *Backup) each(take func(name string, r io.Reader) error) error {
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := tar.NewReader(f)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(h.Name, in); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

// Restore makes the backup's streams on a server that has none of them, with
// so many replicas each; 0 keeps the number. After an error the server holds a
// part, and has to be emptied before another try.
func (b *Backup) Restore(ctx context.Context, nc *nats.Conn, replicas int) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("restore backup: %w", err)
	}
	there, err := streamNames(ctx, js)
	if err != nil {
		return fmt.Errorf("restore backup: %w", err)
	}
	if len(there) > 0 {
		return fmt.Errorf("restore backup: %w (it has %s)", ErrNotEmpty, strings.Join(there, ", "))
	}
	err = b.each(func(name string, r io.Reader) error {
		for i := range b.Streams {
			if name == streamsDir+b.Streams[i].Name {
				return b.Streams[i].restore(ctx, nc, replicas, r)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("restore backup %s: %w", b.path, err)
	}
	return nil
}

// RestoreFiles writes the backup's files below the data directory, where none
// of them may be.
func (b *Backup) RestoreFiles(dir string) error {
	err := b.each(func(name string, r io.Reader) error {
		name, ok := strings.CutPrefix(name, filesDir)
		if !ok {
			return nil
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("the name leads out of the directory")
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%w: %s", ErrNotEmpty, path)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return atomicfile.WriteFunc(path, 0o600, func(w io.Writer) error {
			_, err := io.Copy(w, r)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("restore backup %s: %w", b.path, err)
	}
	return nil
}

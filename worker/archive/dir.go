package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"invoicelink/worker/groupsync"
)

// dir is the archive in a directory. All access goes through an os.Root, so
// that no name and no symbolic link leads out of it.
type dir struct {
	path string // as given, for messages
	root *os.Root
	// The syncs of the two directories and of files are shared by those that
	// wait at the same time.
	top, older groupsync.Group
	disk       *groupsync.Disk
	link       func(from, to string) error
	// step is called before each step of a Put that changes the disk.
	step func(name string)
}

// Dir opens the archive in a directory, which it creates if it is missing
// (mode 0755 less the umask; the PDFs have 0644 less the umask). It fails when
// the path is not a directory or cannot be written to, and removes temporary
// files of runs that were killed more than an hour ago.
//
// A Put costs two syncs, of the file and of the directory; both are shared by
// those that wait at the same time. The directory must be on a
// file system that can rename; one without hard links gets copies.
func Dir(path string) (Archive, error) {
	if path == "" {
		return nil, errors.New("open the PDF directory: no path is given")
	}
	if fi, err := os.Stat(path); err == nil && !fi.IsDir() {
		return nil, fmt.Errorf("open the PDF directory %s: it is not a directory; name another one", path)
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("create the PDF directory %s: %w", path, err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the PDF directory: %w", err)
	}
	d := &dir{path: path, root: root, link: root.Link, step: func(string) {}, disk: groupsync.On(path)}
	d.top.Sync = func(callers int) error { return d.syncDir(".", callers) }
	d.older.Sync = func(callers int) error { return d.syncDir(supersededDir, callers) }
	if err := d.probe(); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("write to the PDF directory %s: %w", path, err)
	}
	d.sweep()
	return d, nil
}

// Close gives the directory's descriptor back. An archive that lives as long
// as the process need not be closed.
func (d *dir) Close() error { return d.root.Close() }

// probe writes and removes a file.
func (d *dir) probe() error {
	f, name, err := d.temp()
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), d.root.Remove(name))
}

func (d *dir) Put(ctx context.Context, doc Document, known Known) (Stored, error) {
	if err := doc.check(); err != nil {
		return Stored{}, err
	}
	for tries := 0; ; tries++ {
		if err := ctx.Err(); err != nil {
			return Stored{}, context.Cause(ctx)
		}
		stored, err := d.put(doc, known)
		// Another process put something there meanwhile: what it is decides.
		if errors.Is(err, errAppeared) && tries < 3 {
			continue
		}
		return stored, err
	}
}

func (d *dir) put(doc Document, known Known) (Stored, error) {
	name := newestName(doc.Number)
	stored := Stored{Name: name, SHA256: digest(doc.Data), Bytes: int64(len(doc.Data))}
	hereSum := ""
	here, err := d.read(name)
	switch {
	case err == nil:
		hereSum = digest(here)
	case errors.Is(err, errIrregular):
		return Stored{}, foreign(d.at(name), err.Error())
	case !errors.Is(err, fs.ErrNotExist):
		return Stored{}, d.failed("read", name, err)
	}
	m, revision, err := plan(doc, stored.SHA256, hereSum, d.at(name), known)
	if err != nil {
		return Stored{}, err
	}
	switch m {
	case nothing:
		err = d.settle(name)
	case create:
		err = d.create(name, doc.Data, &d.top)
	case supersede:
		if err = d.archiveRevision(name, olderName(doc.Number, revision), here); err == nil {
			err = d.replace(name, doc.Data)
		}
	case replace:
		err = d.replace(name, doc.Data)
	case archiveRevision:
		stored.Name = olderName(doc.Number, doc.Revision)
		err = d.archiveRevision("", stored.Name, doc.Data)
	}
	if err != nil {
		return Stored{}, err
	}
	return stored, nil
}

func (d *dir) Open(ctx context.Context, number string, revision int) (io.ReadCloser, Stored, error) {
	name, err := nameOf(number, revision)
	if err != nil {
		return nil, Stored{}, err
	}
	if err := ctx.Err(); err != nil {
		return nil, Stored{}, context.Cause(ctx)
	}
	data, err := d.read(name)
	if err != nil {
		return nil, Stored{}, d.failed("open", name, err)
	}
	return reader(data), Stored{Name: name, SHA256: digest(data), Bytes: int64(len(data))}, nil
}

func (d *dir) Has(ctx context.Context, number, sha256 string) (bool, error) {
	name, err := nameOf(number, 0)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, context.Cause(ctx)
	}
	data, err := d.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errIrregular):
		return false, nil
	case err != nil:
		return false, d.failed("read", name, err)
	}
	return digest(data) == strings.ToLower(sha256), nil
}

// at is a name's place for people.
func (d *dir) at(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

// failed adds the place and, on a full disk, what to do.
func (d *dir) failed(verb, name string, err error) error {
	if DiskFull(err) {
		return fmt.Errorf("%s %s: free some space on its disk: %w", verb, d.at(name), err)
	}
	return fmt.Errorf("%s %s: %w", verb, d.at(name), err)
}

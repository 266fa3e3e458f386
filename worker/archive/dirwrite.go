package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"invoicelink/worker/groupsync"
)

// errAppeared is what create says when the name was taken meanwhile.
var errAppeared = errors.New("another process wrote it at the same moment; try again")

// create puts data under a name where nothing is. The name is given by a hard
// link, which, other than a rename, never replaces what another process put
// there meanwhile.
func (d *dir) create(name string, data []byte, sync *groupsync.Group) error {
	tmp, err := d.writeTemp(data)
	if err != nil {
		return d.failed("write", name, err)
	}
	d.step("link")
	err = d.link(tmp, name)
	switch {
	case errors.Is(err, fs.ErrExist):
		_ = d.root.Remove(tmp)
		return fmt.Errorf("write %s: %w", d.at(name), errAppeared)
	case err != nil && linkless(err):
		d.step("rename")
		err = d.root.Rename(tmp, name)
	case err == nil:
		d.step("remove the temporary name")
		err = d.root.Remove(tmp)
	}
	if err != nil {
		_ = d.root.Remove(tmp)
		return d.failed("write", name, err)
	}
	return d.synced(name, sync)
}

// replace puts data in the place of a PDF that the ledger knows.
func (d *dir) replace(name string, data []byte) error {
	tmp, err := d.writeTemp(data)
	if err != nil {
		return d.failed("write", name, err)
	}
	d.step("rename")
	if err := d.root.Rename(tmp, name); err != nil {
		_ = d.root.Remove(tmp)
		return d.failed("replace", name, err)
	}
	return d.synced(name, &d.top)
}

// archiveRevision keeps data under superseded/, as a hard link to the file from, whose
// bytes they are, or as a file of its own where from is "" or the file system
// has no hard links. The same bytes kept before are enough; other bytes are an
// error.
func (d *dir) archiveRevision(from, name string, data []byte) error {
	if err := d.makeSuperseded(); err != nil {
		return err
	}
	kept, err := d.read(name)
	switch {
	case err == nil && bytes.Equal(kept, data):
		return d.settle(name)
	case err == nil:
		return fmt.Errorf("%w: %s has SHA-256 %s, the new one %s: compare the two and move the kept one away", ErrDiffers, d.at(name), digest(kept), digest(data))
	case errors.Is(err, errIrregular):
		return foreign(d.at(name), err.Error())
	case !errors.Is(err, fs.ErrNotExist):
		return d.failed("read", name, err)
	}
	if from != "" {
		d.step("link to superseded")
		err := d.link(from, name)
		if err == nil {
			return d.settle(name)
		}
		if !linkless(err) {
			return d.failed("keep", name, err)
		}
	}
	return d.create(name, data, &d.older)
}

// makeSuperseded makes the directory for superseded PDFs, and refuses a link there.
func (d *dir) makeSuperseded() error {
	fi, err := d.root.Lstat(supersededDir)
	switch {
	case err == nil && fi.IsDir():
		return nil
	case err == nil:
		return foreign(d.at(supersededDir), "not a directory")
	case !errors.Is(err, fs.ErrNotExist):
		return d.failed("open", supersededDir, err)
	}
	d.step("make superseded")
	if err := d.root.Mkdir(supersededDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return d.failed("create", supersededDir, err)
	}
	return d.synced(supersededDir, &d.top)
}

// settle makes a file durable that is there already: whoever wrote it may have
// been killed before the directory was synced.
func (d *dir) settle(name string) error {
	d.step("sync the file")
	f, err := d.root.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = d.root.Open(name) // read-only files can be synced where the system allows it
	}
	if err != nil {
		return d.failed("sync", name, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return d.failed("sync", name, err)
	}
	return d.synced(name, d.dirOf(name))
}

// synced makes the name durable. With a broker on the same file system that is
// left to the sync that the record of the page waits for: a record of a page
// whose name was lost has it drawn again.
func (d *dir) synced(name string, sync *groupsync.Group) error {
	d.step("sync the directory")
	if d.disk.Later(filepath.Join(d.path, filepath.Dir(name))) {
		return nil
	}
	if err := sync.Wait(); err != nil {
		return d.failed("sync the directory of", name, err)
	}
	return nil
}

func (d *dir) dirOf(name string) *groupsync.Group {
	if len(name) > len(supersededDir) && name[:len(supersededDir)+1] == supersededDir+"/" {
		return &d.older
	}
	return &d.top
}

// syncDir makes the names in a directory of the archive durable, for so many
// callers.
func (d *dir) syncDir(name string, callers int) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.disk.Sync(callers, f), f.Close())
}

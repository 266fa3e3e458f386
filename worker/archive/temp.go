package archive

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Temporary files are recognised by their names. They lie next to the PDFs,
// since a rename does not cross file systems.
const (
	tempPrefix = ".invoicelink-"
	tempSuffix = ".tmp"
	// tempAge is when a temporary file belongs to nobody any more: writing one
	// takes seconds.
	tempAge = time.Hour
)

// temp creates an empty temporary file with a name of its own.
func (d *dir) temp() (*os.File, string, error) {
	name := tempPrefix + rand.Text() + tempSuffix
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	return f, name, err
}

// writeTemp writes data to a temporary file, which is on disk when it returns.
// The sync is shared by all files that are written at the same time. Nothing is
// left behind when it fails.
func (d *dir) writeTemp(data []byte) (name string, err error) {
	d.step("create a temporary file")
	f, name, err := d.temp()
	if err != nil {
		return "", err
	}
	d.step("write the temporary file")
	_, err = f.Write(data)
	if err == nil {
		d.step("sync the temporary file")
		err = d.disk.Sync(1, f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(name)
		return "", err
	}
	return name, nil
}

// sweep removes what killed runs left. What cannot be removed does no harm.
func (d *dir) sweep() {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) || !e.Type().IsRegular() {
			continue
		}
		if fi, err := e.Info(); err == nil && time.Since(fi.ModTime()) > tempAge {
			_ = d.root.Remove(e.Name())
		}
	}
}

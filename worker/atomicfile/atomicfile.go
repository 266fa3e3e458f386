// Package atomicfile replaces files as a whole: a reader, and a program that
// starts after a crash, finds the old content or the new one and never a part.
// Start with [Write].
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// tempPattern names the file that is written before it takes the place of the
// one at path. A crash can leave one behind; it is only untidy.
const tempPattern = ".invoicelink-*"

// Write replaces the file at path by data; see [WriteFunc].
func Write(path string, data []byte, mode fs.FileMode) error {
	return WriteFunc(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteFunc replaces the file at path by what write writes: into a temporary
// file in the same directory, which is synced and renamed; then the directory
// is synced. After an error of write, which is returned as it is, or of the
// file system, the file at path is the old one. mode is set whatever the umask
// is.
func WriteFunc(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), tempPattern)
	if err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close() // closed already, or of no use
			_ = os.Remove(tmp.Name())
		}
	}()
	if err := write(tmp); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return tmp.Chmod(mode) },
		tmp.Sync,
		tmp.Close,
		func() error { return os.Rename(tmp.Name(), path) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("replace %s: %w", path, err)
		}
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a directory durable. Systems and file systems
// that cannot sync a directory (Windows, some network file systems) are no
// error: the files themselves are synced.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		err = nil
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("sync directory %s: %w", dir, err)
	}
	return nil
}

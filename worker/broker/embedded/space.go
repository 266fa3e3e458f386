package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"invoicelink/worker/atomicfile"
)

// storeLimit is the limit handed to the server: the one asked for, or what the
// store takes already plus three quarters of the free disk. Without the first
// part a store that has filled its limit once would be over it after the next
// start.
func storeLimit(dir string, asked int64) (int64, error) {
	if asked > 0 {
		return asked, nil
	}
	free, err := freeDisk(dir)
	if err != nil {
		return 0, fmt.Errorf("read the free disk under %s: %w", dir, err)
	}
	used, err := storeSize(dir)
	if err != nil {
		return 0, err
	}
	return max(1, used+free/4*3), nil
}

// storeSize adds up the store's files.
func storeSize(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(filepath.Join(dir, "jetstream"), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return ignoreMissing(err)
		}
		fi, err := e.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		sum += fi.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measure the store: %w", err)
	}
	return sum, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// makeDir creates the data directory for its owner alone.
func makeDir(dir string) (created bool, err error) {
	fi, err := os.Stat(dir)
	switch {
	case err == nil && !fi.IsDir():
		return false, fmt.Errorf("open the data directory %s: it is not a directory; name another one", dir)
	case err == nil:
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("open the data directory: %w", err)
	}
	top := dir // the highest directory that is missing
	for {
		parent := filepath.Dir(top)
		if _, err := os.Stat(parent); err == nil || parent == top {
			break
		}
		top = parent
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("create the data directory: %w", err)
	}
	// A power cut must not take the directory away with what is acknowledged in
	// it. A parent that may not be read cannot be synced.
	for d := dir; len(d) >= len(top); d = filepath.Dir(d) {
		if err := atomicfile.SyncDir(filepath.Dir(d)); err != nil && !errors.Is(err, fs.ErrPermission) {
			return false, err
		}
	}
	return true, nil
}

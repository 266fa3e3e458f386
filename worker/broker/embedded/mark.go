package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"invoicelink/worker/atomicfile"
)

const markName = "clean"

// begin takes the clean-stop mark away before the server starts. Where it is
// missing the last stop was not clean, and the streams' index files are
// removed: nats-server 2.15.2 trusts an index of a stream that was empty at
// the last clean stop if the block file now ends in eight or more zero bytes,
// as it may after a power cut on ext4 or XFS, and then hides every message of
// it. Without the file the server reads the blocks, as it must anyway.
//
// The removal of the mark is on disk before begin returns, so no message can
// be written under a mark of an earlier stop.
func begin(dir string) (clean bool, err error) {
	mark := filepath.Join(dir, markName)
	fi, err := os.Lstat(mark)
	switch {
	case err == nil && fi.Mode().IsRegular():
		if err := os.Remove(mark); err != nil {
			return false, fmt.Errorf("remove the clean-stop mark: %w", err)
		}
		return true, atomicfile.SyncDir(dir)
	case err == nil:
		return false, fmt.Errorf("read the clean-stop mark %s: it is not a regular file; remove it", mark)
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("read the clean-stop mark: %w", err)
	}
	return false, dropIndexes(dir)
}

// dropIndexes removes jetstream/<account>/streams/<stream>/msgs/index.db.
func dropIndexes(dir string) error {
	// A pattern over the directory's own name would read its [ and * as
	// wildcards, so the pattern is matched below it.
	files, err := fs.Glob(os.DirFS(dir), "jetstream/*/streams/*/msgs/index.db")
	if err != nil {
		return fmt.Errorf("list the stream indexes in %s: %w", dir, err)
	}
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(f))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stream index that may be stale: %w", err)
		}
	}
	return nil
}

// leaveMark says on disk that the server has stopped cleanly. It must be
// called after the server's last write only.
func leaveMark(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, markName), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the clean-stop mark: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the clean-stop mark: %w", err)
	}
	return atomicfile.SyncDir(dir)
}

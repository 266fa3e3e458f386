package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"invoicelink/worker/atomicfile"
	"invoicelink/worker/broker/blocks"
)

// Hold takes a data directory without starting a server on it, and returns what
// gives it back.
func Hold(dir string) (release func() error, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the data directory %s: %w", dir, err)
	}
	return lock(dir)
}

// ReplaceStream puts a stream of another data directory, whose server was
// stopped, in the place of the one in dir; "" leaves none, so that it is made
// anew. What was there is kept in "damaged". The caller holds the directory.
// After a crash in between, the next start refuses, and calling it again goes
// on where it was.
func ReplaceStream(dir, stream, from string) error {
	to := blocks.StreamDir(dir, stream)
	next := ""
	if from != "" {
		next = blocks.StreamDir(from, stream)
	}
	moved := false
	if from != "" {
		_, err := os.Stat(next)
		moved = errors.Is(err, fs.ErrNotExist) // by a call before
	}
	err := os.Remove(filepath.Join(dir, markerName)) // the next start compares everything
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if _, there := os.Stat(to); err == nil && there == nil && !moved {
		kept := filepath.Join(blocks.Damaged(dir), fmt.Sprintf("%s-%d", stream, time.Now().UnixMilli()))
		err = errors.Join(os.MkdirAll(filepath.Dir(kept), 0o700), os.Rename(to, kept), atomicfile.SyncDir(filepath.Dir(kept)))
	}
	if err == nil && from != "" && !moved {
		err = os.Rename(next, to)
	}
	if err == nil {
		err = errors.Join(atomicfile.SyncDir(filepath.Dir(to)), atomicfile.SyncDir(dir), blocks.Forget(dir, stream))
	}
	if err != nil {
		return fmt.Errorf("replace stream %s: %w", stream, err)
	}
	return nil
}

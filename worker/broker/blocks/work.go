package blocks

import (
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// work is what one commit has to sync.
type work struct {
	grown      map[block]synced // what the journal will say
	files      []string         // blocks, and directories in which files are new
	full       []block          // blocks that are not written to any more
	everything bool             // streams or consumers were made or removed: their files too
}

func (w *work) any() bool { return w.everything || len(w.files) > 0 || len(w.grown) > 0 }

func (w *work) grow(b block, y synced, path, dir string, isNew bool) {
	w.grown[b] = y
	w.files = append(w.files, path)
	if isNew {
		w.files = append(w.files, dir)
	}
}

// sync brings it to disk, for that many answers.
func (s *Store) sync(w *work, answers int) error {
	switch {
	case !Grouped:
		return nil // the server has synced each write
	case w.everything:
		return s.disk.SyncAll(answers, filepath.Join(s.dir, "jetstream"))
	}
	return s.syncPaths(answers, w.files...)
}

// syncPaths syncs the content of files and the names in directories. Those
// that have gone need none.
func (s *Store) syncPaths(answers int, paths ...string) (err error) {
	var files []*os.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	for _, path := range paths {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	return s.disk.Sync(answers, files...)
}

// dirState changes when an entry is made in a directory or removed.
type dirState struct {
	modified int64 // nanoseconds since 1970
	links    uint64
}

// recent reports whether a file or directory that was modified at that time may
// have changed again without another time: file systems keep times in steps of
// up to 10 ms.
func recent(modified int64) bool { return time.Now().UnixNano()-modified < int64(20*time.Millisecond) }

var buffers = sync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}

func updateSum(sum uint32, p []byte) uint32 { return crc32.Update(sum, castagnoli, p) }

func sortIndexes(indexes []uint32) { slices.Sort(indexes) }

package blocks

import (
	"errors"
	"fmt"
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
	files      []string         // blocks
	dirs       []string         // where files are new
	everything bool             // streams or consumers were made or removed: their files too
}

func (w *work) any() bool { return w.everything || len(w.files) > 0 || len(w.grown) > 0 }

func (w *work) grow(b block, y synced, path, dir string, isNew bool) {
	w.grown[b] = y
	w.files = append(w.files, path)
	if isNew && !slices.Contains(w.dirs, dir) {
		w.dirs = append(w.dirs, dir)
	}
}

// sync brings it to disk: the whole file system at once where the system can
// do that and report errors, and there is more than two files to sync, since
// each of them would have the file system's journal written; else each file.
func (w *work) sync(dir string) (syncs int, err error) {
	if !Grouped {
		return 0, nil // the server has synced each write
	}
	paths := append(w.files, w.dirs...)
	if w.everything || len(paths) > 2 {
		if done, err := syncFileSystem(dir); done {
			return 1, err
		}
		if w.everything {
			if paths, err = allBelow(dir); err != nil {
				return 0, err
			}
		}
	}
	errs := make([]error, len(paths))
	var all sync.WaitGroup
	for i, path := range paths[min(1, len(paths)):] {
		all.Go(func() { errs[i+1] = syncPath(path) })
	}
	if len(paths) > 0 {
		errs[0] = syncPath(paths[0])
	}
	all.Wait()
	return len(paths), errors.Join(errs...)
}

// syncPath syncs the content of a file, or the names in a directory. One that
// has gone needs none.
func syncPath(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(dataSync(f), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}

// dirState changes when an entry is made in a directory or removed.
type dirState struct {
	modified int64 // nanoseconds since 1970
	links    uint64
}

// recent reports whether the directory may have changed again without another
// time: file systems keep times in steps of up to 10 ms.
func (d dirState) recent() bool { return time.Now().UnixNano()-d.modified < int64(20*time.Millisecond) }

var buffers = sync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}

func updateSum(sum uint32, p []byte) uint32 { return crc32.Update(sum, castagnoli, p) }

func sortIndexes(indexes []uint32) { slices.Sort(indexes) }

// allBelow lists every file and directory of the store.
func allBelow(dir string) (paths []string, err error) {
	err = filepath.WalkDir(filepath.Join(dir, "jetstream"), func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			paths = append(paths, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return paths, err
}

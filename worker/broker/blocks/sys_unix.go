//go:build !windows

package blocks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Grouped reports whether this system's commits are grouped by a Store. Where
// they are not, the server has to sync each write.
const Grouped = true

func statBlock(path string) (size int64, inode uint64, err error) {
	var st syscall.Stat_t
	for {
		err = syscall.Stat(path, &st)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case err == syscall.ENOENT: //nolint:errorlint // a plain errno, compared on each commit
		return 0, 0, fs.ErrNotExist
	case err != nil:
		return 0, 0, fmt.Errorf("look at %s: %w", path, err)
	}
	return st.Size, st.Ino, nil
}

func inodeOf(fi os.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}

// stateOf is the zero state where there is no such directory.
func stateOf(dir string) dirState {
	fi, err := os.Stat(dir)
	if err != nil {
		return dirState{}
	}
	d := dirState{modified: fi.ModTime().UnixNano()}
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		d.links = uint64(st.Nlink)
	}
	return d
}

//go:build !linux

package groupsync

import (
	"os"
	"runtime"
)

// data brings a file's content and length, or the names in a directory, to
// disk. Windows cannot sync names; NTFS journals them.
func data(f *os.File) error {
	fi, err := f.Stat()
	if err == nil && fi.IsDir() && runtime.GOOS == "windows" {
		return nil
	}
	return f.Sync()
}

func syncFileSystem(f *os.File) error { return data(f) }

func wholeFileSystem() bool { return false }

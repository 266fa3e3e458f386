package groupsync

import (
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// data brings a file's content and length, or the names in a directory, to
// disk.
func data(f *os.File) error {
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if fi.IsDir() {
		return f.Sync()
	}
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR { //nolint:errorlint // a plain errno
			return err
		}
	}
}

// syncFileSystem brings everything to disk that was written to the file system
// of f.
func syncFileSystem(f *os.File) error { return unix.Syncfs(int(f.Fd())) }

// wholeFileSystem reports whether the system can do that and report writes that
// failed: Linux since 5.8.
var wholeFileSystem = sync.OnceValue(func() bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	major, rest, _ := strings.Cut(unix.ByteSliceToString(name.Release[:]), ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(strings.TrimRight(minor, "-abcdefghijklmnopqrstuvwxyz"))
	return errA == nil && (a > 5 || a == 5 && errB == nil && b >= 8)
})

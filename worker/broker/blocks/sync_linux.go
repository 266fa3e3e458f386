package blocks

import (
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// dataSync brings a file's content and length to disk.
func dataSync(f *os.File) error {
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

// syncFileSystem syncs the file system of a directory, and reports false where
// the kernel would not report a failed write: before Linux 5.8.
func syncFileSystem(dir string) (done bool, err error) {
	if !reportsErrors() {
		return false, nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	return true, unix.Syncfs(int(f.Fd()))
}

var reportsErrors = sync.OnceValue(func() bool {
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

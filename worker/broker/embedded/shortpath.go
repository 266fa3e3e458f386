package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// maxSocketPath is the longest path that a Unix socket address holds with its
// closing zero on every system: sun_path is 108 bytes on Linux and Windows,
// 104 on macOS and the BSDs.
const maxSocketPath = 103

// withShortPath calls do with a path that leads to dir and leaves room for a
// socket's name. A long dir is reached through an open descriptor of it on
// Linux, else through a symbolic link in the directory for temporary files;
// the link is gone when withShortPath returns, the socket stays.
func withShortPath(dir string, do func(short string) error) error {
	if len(filepath.Join(dir, socketName)) <= maxSocketPath {
		return do(dir)
	}
	if runtime.GOOS == "linux" {
		if done, err := throughDescriptor(dir, do); done {
			return err
		}
	}
	return throughLink(dir, do)
}

// throughDescriptor reports done=false where /proc is not there.
func throughDescriptor(dir string, do func(string) error) (done bool, err error) {
	d, err := os.Open(dir)
	if err != nil {
		return true, err
	}
	defer d.Close()
	short := fmt.Sprintf("/proc/self/fd/%d", d.Fd())
	fi, err := os.Stat(short)
	if err != nil || !fi.IsDir() {
		return false, nil
	}
	return true, do(short)
}

func throughLink(dir string, do func(string) error) error {
	var errs []error
	for _, base := range []string{os.TempDir(), "/tmp"} {
		tmp, err := os.MkdirTemp(base, "il")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		defer os.RemoveAll(tmp)
		short := filepath.Join(tmp, "d")
		if len(filepath.Join(short, socketName)) > maxSocketPath {
			continue
		}
		if err := os.Symlink(dir, short); err != nil {
			errs = append(errs, err)
			continue
		}
		return do(short)
	}
	return fmt.Errorf("shorten %s, whose path of %d bytes is too long for a socket: name a data directory with a shorter path: %w",
		dir, len(dir), errors.Join(errs...))
}

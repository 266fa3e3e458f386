package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// ErrInUse is wrapped by Start when another process, or another Server of this
// one, holds the directory. Dial talks to it.
var ErrInUse = errors.New("the data directory is in use")

const (
	lockName  = "lock"
	ownerName = "lock.pid"
)

// held keeps the locks of this process reachable: the system releases a lock
// when its file is closed, and an unreachable file is closed by the garbage
// collector.
var held struct {
	sync.Mutex
	locks map[string]*flock.Flock
}

// lock takes the directory for this process. Two servers on one directory lose
// acknowledged messages without a word (measured: 300 of 600), and the server
// has no lock of its own.
func lock(dir string) (unlock func() error, err error) {
	path := filepath.Join(dir, lockName)
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("lock %s: it is not a regular file; remove it", path)
	}
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	if !ok {
		_ = l.Close()
		return nil, inUse(dir)
	}
	// Whoever removed the file meanwhile has not the same lock: then two
	// processes would hold one each.
	if !sameFile(l, path) {
		_ = l.Close()
		return nil, fmt.Errorf("lock the data directory %s: %s was replaced at the same moment; try again", dir, path)
	}
	owner := filepath.Join(dir, ownerName)
	_ = os.WriteFile(owner, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600) // for people; nothing reads it back but inUse

	held.Lock()
	if held.locks == nil {
		held.locks = map[string]*flock.Flock{}
	}
	held.locks[dir] = l
	held.Unlock()
	return func() error {
		held.Lock()
		delete(held.locks, dir)
		held.Unlock()
		_ = os.Remove(owner)
		if err := l.Close(); err != nil {
			return fmt.Errorf("unlock the data directory %s: %w", dir, err)
		}
		return nil
	}, nil
}

func sameFile(l *flock.Flock, path string) bool {
	mine, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(mine, there)
}

func inUse(dir string) error {
	who := "another process"
	if b, err := os.ReadFile(filepath.Join(dir, ownerName)); err == nil && len(b) < 32 {
		if pid := strings.TrimSpace(string(b)); pid != "" {
			who = "process " + pid
		}
	}
	return fmt.Errorf("%w: %s holds %s; stop it, or name another directory", ErrInUse, who, dir)
}

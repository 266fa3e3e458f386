package embedded

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ErrDiskFull is wrapped by Health when the disk, or the store's limit, leaves
// no room for messages. On a full disk publishes only time out, and the stream
// stays frozen until Restart even when room was made (measured); at the
// store's limit they are refused with JetStream error 10023, and go on by
// themselves when messages are removed.
var ErrDiskFull = errors.New("no room for messages")

// minFree is the free disk in bytes below which Health complains: a few blocks
// of the store, so that the word comes before the first frozen stream.
const minFree = 16 << 20

// Health is nil while the server runs and every stream can be read and
// written. Its error says what to do. It takes about a millisecond and writes
// nothing, so it may be asked every few seconds.
func (s *Server) Health() error {
	s.state.Lock()
	ns, store := s.ns, s.store
	s.state.Unlock()
	if ns == nil {
		return errors.New("the embedded broker is not running")
	}
	if err := store.Err(); err != nil {
		if diskFull(err.Error()) {
			return fmt.Errorf("%w: the disk of %s is full (%w): free some space, then restart the broker", ErrDiskFull, s.dir, err)
		}
		return fmt.Errorf("check the embedded broker on %s: %w; restart it", s.dir, err)
	}
	hs := askHealth(func() *server.HealthStatus { return ns.Healthz(nil) }, ns.ReadyForConnections)
	if hs.StatusCode != http.StatusOK {
		why := hs.Error
		if why == "" {
			why = hs.Status
		}
		if diskFull(why) {
			return fmt.Errorf("%w: the disk of %s is full and a stream has stopped taking messages (%s): free some space, then restart the broker", ErrDiskFull, s.dir, why)
		}
		return fmt.Errorf("check the embedded broker on %s: %s; restart it", s.dir, why)
	}
	if free, err := freeDisk(s.dir); err == nil && free < minFree {
		return fmt.Errorf("%w: only %d KiB are left on the disk of %s: free some space", ErrDiskFull, free>>10, s.dir)
	}
	return s.roomLeft(ns)
}

// readyWithin is how long a server that runs may take to say so.
const readyWithin = 5 * time.Second

// askHealth asks the server again if it refuses while it is ready: its own check
// gives it one millisecond, and a process that was not scheduled for that long
// is busy, not broken (measured with 20,000 invoices on a loaded machine).
func askHealth(ask func() *server.HealthStatus, ready func(time.Duration) bool) *server.HealthStatus {
	status := ask()
	for range 4 {
		if status.StatusCode == http.StatusOK || !ready(readyWithin) {
			break
		}
		status = ask()
	}
	return status
}

// roomLeft compares the store with its limit.
func (s *Server) roomLeft(ns *server.Server) error {
	info, err := ns.Jsz(nil)
	if err != nil {
		return fmt.Errorf("ask the embedded broker for its size: %w", err)
	}
	if limit := info.Config.MaxStore; limit > 0 && info.Store >= uint64(limit) {
		return fmt.Errorf("%w: the store in %s has reached its limit of %d bytes: raise the limit or remove messages", ErrDiskFull, s.dir, limit)
	}
	return nil
}

// diskFull reads the server's words, which is all that it gives: the texts of
// ENOSPC and EDQUOT in Go and of ERROR_DISK_FULL in Windows.
func diskFull(why string) bool {
	for _, word := range []string{"no space left on device", "disk quota exceeded", "not enough space on the disk"} {
		if strings.Contains(strings.ToLower(why), word) {
			return true
		}
	}
	return false
}

package embedded_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/worker/broker/embedded"
)

func TestSocketIsTheOwnersAlone(t *testing.T) {
	t.Parallel()
	s := start(t, embedded.Config{})
	fi, err := os.Lstat(filepath.Join(s.Dir(), "broker.sock"))
	if err != nil {
		t.Fatal(err)
	}
	if fi.Mode()&os.ModeSocket == 0 || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want a socket with 0600", fi.Mode())
	}
	stop(t, s)
	if _, err := os.Lstat(filepath.Join(s.Dir(), "broker.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the stop: %v", err)
	}
}

// A path of 300 bytes is three times what a socket address holds.
func TestSocketUnderALongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 150), strings.Repeat("ø", 75))
	s := start(t, embedded.Config{Dir: dir})
	_, js := connect(t, s)
	mustStream(t, js, "JOBS", "jobs.>")
	nc, err := embedded.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	mustPublish(t, stream(t, nc), "jobs.a", "x")
	_, out := child(t, "dial", dir)
	expect(t, out, "jobs 2")
	stop(t, s)
	if _, err := embedded.Dial(dir); !errors.Is(err, embedded.ErrNotHeld) {
		t.Errorf("after the stop: %v", err)
	}
}

// A relative path means the same directory for the lock, the socket and Dial.
func TestRelativePath(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(filepath.Dir(dir))
	s := start(t, embedded.Config{Dir: filepath.Base(dir)})
	if s.Dir() != dir {
		t.Errorf("the directory is %s, want %s", s.Dir(), dir)
	}
	nc, err := embedded.Dial("./" + filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	nc.Close()
}

func TestDialWhatIsNoSocket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "broker.sock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Dial(dir); err == nil || errors.Is(err, embedded.ErrNotHeld) || !strings.Contains(err.Error(), path) {
		t.Errorf("a file: %v", err)
	}
	start(t, embedded.Config{Dir: dir}) // takes its place
	nc, err := embedded.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	nc.Close()
}

// Whoever connects and says nothing, or nonsense, disturbs nobody and does not
// keep Stop waiting.
func TestSocketTakesNonsense(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "il") // short enough for a plain address
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := start(t, embedded.Config{Dir: dir})
	var conns []net.Conn
	for i := range 140 { // beyond the limit of 128
		c, err := net.Dial("unix", filepath.Join(dir, "broker.sock"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			_, _ = c.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
		}
		conns = append(conns, c)
	}
	for _, c := range conns[:127] {
		_ = c.Close()
	}
	deadline := time.Now().Add(20 * time.Second)
	for { // the places are free again when the closes have been noticed
		nc, err := embedded.Dial(dir)
		if err == nil {
			nc.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no place became free: %v", err)
		}
	}
	stop(t, s)
}

package embedded

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where there is no /proc, as on macOS, a long path goes through a link.
func TestThroughLink(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 200))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var seen string
	err := throughLink(dir, func(short string) error {
		seen = short
		l, err := net.Listen("unix", filepath.Join(short, socketName))
		if err != nil {
			return err
		}
		c, err := net.Dial("unix", filepath.Join(short, socketName))
		if err != nil {
			return err
		}
		if _, err := os.Lstat(filepath.Join(dir, socketName)); err != nil {
			t.Errorf("the socket is not in the directory: %v", err)
		}
		c.Close()
		return l.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Dir(seen)); !os.IsNotExist(err) {
		t.Errorf("the link was left behind: %v", err)
	}
}

func TestStoreLimitGrowsWithTheStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "jetstream", "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "jetstream", "a", "1.blk"), make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if used, err := storeSize(dir); err != nil || used != 5000 {
		t.Errorf("the store takes %d, %v; want 5000", used, err)
	}
	free, err := freeDisk(dir)
	if err != nil || free <= 0 {
		t.Fatalf("free disk: %d, %v", free, err)
	}
	if limit, err := storeLimit(dir, 0); err != nil || limit < free/2 || limit > free {
		t.Errorf("derived limit %d of %d free, %v", limit, free, err)
	}
	if limit, err := storeLimit(dir, 77); err != nil || limit != 77 {
		t.Errorf("limit asked for: %d, %v", limit, err)
	}
}

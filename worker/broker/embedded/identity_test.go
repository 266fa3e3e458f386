package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/broker/embedded"
)

// A directory that is a copy of another is refused until somebody says that the
// other is used no more, and then taken once and for all; one that was renamed
// is the same.
func TestCopyIsNoticed(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir, moved, copied := filepath.Join(top, "data"), filepath.Join(top, "moved"), filepath.Join(top, "copied")
	begin := func(dir string, adopt bool) error {
		s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, AdoptCopy: adopt})
		if err == nil {
			err = s.Stop(context.Background())
		}
		return err
	}
	if err := begin(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	if err := begin(moved, false); err != nil {
		t.Errorf("a renamed directory: %v, want a start", err)
	}
	readTree(t, moved).write(t, copied)
	before := readTree(t, copied)
	if err := begin(copied, false); !errors.Is(err, embedded.ErrCopy) {
		t.Errorf("a copy: %v, want ErrCopy", err)
	}
	for name, data := range before {
		if is, err := os.ReadFile(filepath.Join(copied, name)); err != nil || string(is) != string(data) {
			t.Errorf("%s was changed although the start was refused (%v)", name, err)
		}
	}
	if err := begin(copied, true); err != nil {
		t.Errorf("an adopted copy: %v, want a start", err)
	}
	if err := begin(copied, false); err != nil {
		t.Errorf("an adopted copy later: %v, want a start", err)
	}
	if err := begin(moved, false); err != nil {
		t.Errorf("what it was copied from: %v, want a start", err)
	}
}

package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		write      func(io.Writer) error
		wantErr    error
		want       string // content of path afterwards; "" for no file
	}{
		{"a new file", "new", text("new"), nil, "new"},
		{"a file that is there", "file", text("newer"), nil, "newer"},
		{"an error of the writer", "file", func(w io.Writer) error {
			return errors.Join(text("half of it")(w), broken)
		}, broken, "newer"},
		{"a directory that is missing", "missing/file", text("new"), fs.ErrNotExist, ""},
		{"a directory in its place", ".", text("new"), fs.ErrExist, ""},
	} {
		// One after another: the cases stand on each other.
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.path)
			err := atomicfile.WriteFunc(path, 0o640, c.write)
			if c.path == "." && err != nil {
				err = c.wantErr // each system has an error of its own for it
			}
			if !errors.Is(err, c.wantErr) {
				t.Errorf("WriteFunc: got %v, want %v", err, c.wantErr)
			}
			got, err := os.ReadFile(path)
			if string(got) != c.want || (c.want != "" && err != nil) {
				t.Errorf("content: got %q (%v), want %q", got, err, c.want)
			}
			if fi, err := os.Stat(path); c.wantErr == nil && (err != nil || fi.Mode().Perm() != 0o640) {
				t.Errorf("mode: got %v (%v), want 0640", fi.Mode(), err)
			}
			for _, at := range []string{dir, filepath.Dir(dir)} {
				if left, err := filepath.Glob(filepath.Join(at, ".invoicelink-*")); err != nil || len(left) > 0 {
					t.Errorf("left behind: got %v (%v), want nothing", left, err)
				}
			}
		})
	}
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestSyncDirNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if err := atomicfile.SyncDir(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("SyncDir: got %v, want %v", err, fs.ErrNotExist)
	}
}

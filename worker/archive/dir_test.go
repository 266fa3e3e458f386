package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/worker/archive"
)

func openDir(t *testing.T, path string) archive.Archive {
	t.Helper()
	a, err := archive.Dir(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// files lists a directory's entries, those of superseded/ with their path.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// crash is what a test panics with in the place of a kill: nothing that would
// tidy up runs after it.
type crash struct{}

// TestKilledBetweenSteps cuts a first Put and a renewal before each of their
// steps. What is there then is whole, and the repetition ends the same.
func TestKilledBetweenSteps(t *testing.T) {
	t.Parallel()
	one, two := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
	l := ledger{sum(one.Data): 1}
	steps := 0
	for cut := 0; ; cut++ {
		path := t.TempDir()
		var at string
		var ended bool
		func() {
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(crash); !ok {
						panic(r)
					}
				}
			}()
			a := openDir(t, path)
			n := 0
			archive.BeforeStep(a, func(step string) {
				if n++; n > cut {
					at = step
					panic(crash{})
				}
			})
			put(t, a, one, l.known)
			put(t, a, two, l.known)
			ended = true
		}()
		if ended {
			steps = cut
			break
		}
		// Under the names there is nothing, or one of the two, whole.
		for _, name := range files(t, path) {
			if strings.HasSuffix(name, ".tmp") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(path, name))
			if err != nil || (string(data) != string(one.Data) && string(data) != string(two.Data)) {
				t.Errorf("cut before %q: %s holds %q, %v", at, name, data, err)
			}
		}
		a := openDir(t, path) // the next run
		put(t, a, two, l.known)
		// The ledger has revision 1 on record where it went so far, so its
		// job comes again too.
		l2 := ledger{sum(one.Data): 1, sum(two.Data): 2}
		put(t, a, one, l2.known)
		holds(t, a, "INV-1", 0, two)
		holds(t, a, "INV-1", 1, one)
		var left []string
		for _, name := range files(t, path) {
			if !strings.HasSuffix(name, ".tmp") {
				left = append(left, name)
			}
		}
		if want := []string{"INV-1.pdf", "superseded/INV-1.r1.pdf"}; !slices.Equal(left, want) {
			t.Errorf("cut before %q: left %v", at, left)
		}
	}
	if steps < 12 {
		t.Errorf("only %d steps were cut", steps)
	}
}

func TestNothingElseIsLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "out")
	a := openDir(t, path)
	one := doc("INV-1", 1, "one")
	put(t, a, one, nil)
	put(t, a, doc("INV-1", 2, "two"), ledger{sum(one.Data): 1}.known)
	if got, want := files(t, path), []string{"INV-1.pdf", "superseded/INV-1.r1.pdf"}; !slices.Equal(got, want) {
		t.Errorf("there are %v", got)
	}
}

func TestTheSameBytesAreNotWritten(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	a := openDir(t, path)
	d := doc("INV-1", 1, "one")
	put(t, a, d, nil)
	before, err := os.Stat(filepath.Join(path, "INV-1.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, a, d, nil)
	after, err := os.Stat(filepath.Join(path, "INV-1.pdf"))
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("it was written again: %v", err)
	}
}

// Temporary files of killed runs go when they are old; all else stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	for name, keep := range map[string]bool{
		".invoicelink-AAAA.tmp": false,
		".invoicelink-BBBB.tmp": true, // young: another run may be writing it
		".invoicelink-CCCC":     true,
		"report.tmp":            true,
	} {
		p := filepath.Join(path, name)
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != ".invoicelink-BBBB.tmp" {
			if err := os.Chtimes(p, old, old); err != nil {
				t.Fatal(err)
			}
		}
		defer func() {
			if _, err := os.Stat(p); (err == nil) != keep {
				t.Errorf("%s: kept %v, want %v", name, err == nil, keep)
			}
		}()
	}
	openDir(t, path)
}

func TestLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	one, two := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
	known := ledger{sum(one.Data): 1}.known
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, one.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	untouched := func(t *testing.T) {
		t.Helper()
		if got, err := os.ReadFile(secret); err != nil || string(got) != string(one.Data) {
			t.Errorf("the file behind the link: %q, %v", got, err)
		}
	}
	t.Run("at the name", func(t *testing.T) {
		path := t.TempDir()
		a := openDir(t, path)
		if err := os.Symlink(secret, filepath.Join(path, "INV-1.pdf")); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Put(t.Context(), two, known); !errors.Is(err, archive.ErrForeignFile) {
			t.Errorf("put: %v", err)
		}
		if _, _, err := a.Open(t.Context(), "INV-1", 0); err == nil {
			t.Error("open followed the link")
		}
		if got, err := a.Has(t.Context(), "INV-1", sum(one.Data)); got || err != nil {
			t.Errorf("has: %v, %v", got, err)
		}
		untouched(t)
	})
	t.Run("at the superseded name", func(t *testing.T) {
		path := t.TempDir()
		a := openDir(t, path)
		put(t, a, one, nil)
		if err := os.Mkdir(filepath.Join(path, "superseded"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, filepath.Join(path, "superseded", "INV-1.r1.pdf")); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Put(t.Context(), two, known); !errors.Is(err, archive.ErrForeignFile) {
			t.Errorf("put: %v", err)
		}
		holds(t, a, "INV-1", 0, one)
		untouched(t)
	})
	for what, target := range map[string]string{"outside": t.TempDir(), "inside": "."} {
		t.Run("superseded itself, "+what, func(t *testing.T) {
			path := t.TempDir()
			a := openDir(t, path)
			put(t, a, one, nil)
			if err := os.Symlink(target, filepath.Join(path, "superseded")); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Put(t.Context(), two, known); !errors.Is(err, archive.ErrForeignFile) {
				t.Errorf("put: %v", err)
			}
			holds(t, a, "INV-1", 0, one)
			if entries, err := os.ReadDir(t.TempDir()); err != nil || len(entries) != 0 {
				t.Errorf("behind the link: %v, %v", entries, err)
			}
		})
	}
	t.Run("something else at the name", func(t *testing.T) {
		path := t.TempDir()
		a := openDir(t, path)
		if err := os.Mkdir(filepath.Join(path, "INV-1.pdf"), 0o755); err != nil {
			t.Fatal(err)
		}
		huge, err := os.Create(filepath.Join(path, "INV-3.pdf"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(huge.Truncate(archive.MaxBytes+1), huge.Close()); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"INV-1", "INV-3"} {
			if _, err := a.Put(t.Context(), doc(n, 1, "x"), nil); !errors.Is(err, archive.ErrForeignFile) {
				t.Errorf("%s: %v", n, err)
			}
		}
	})
}

// A file that appears between the look and the write is not overwritten.
func TestAppearsMeanwhile(t *testing.T) {
	t.Parallel()
	d := doc("INV-1", 1, "ours")
	for what, theirs := range map[string]archive.Document{"another": doc("INV-1", 1, "theirs"), "the same": d} {
		path := t.TempDir()
		a := openDir(t, path)
		archive.BeforeStep(a, func(step string) {
			if step == "link" {
				if err := os.WriteFile(filepath.Join(path, "INV-1.pdf"), theirs.Data, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
		_, err := a.Put(t.Context(), d, nil)
		if same := what == "the same"; same != (err == nil) || (!same && !errors.Is(err, archive.ErrForeignFile)) {
			t.Errorf("%s file: %v", what, err)
		}
		holds(t, a, "INV-1", 0, theirs)
		if got := files(t, path); len(got) != 1 {
			t.Errorf("%s file: there are %v", what, got)
		}
	}
}

func TestBadDirectories(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                           "no path",
		file:                         "not a directory",
		filepath.Join(file, "below"): "not a directory",
	} {
		if _, err := archive.Dir(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %q", path, err, want)
		}
	}
}

// A directory that goes away under the worker is a temporary trouble.
func TestDirectoryGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out")
	a := openDir(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err := a.Put(t.Context(), doc("INV-1", 1, "x"), nil)
	if err == nil || !archive.Temporary(err) || !strings.Contains(err.Error(), filepath.Join(path, "INV-1.pdf")) {
		t.Errorf("got %v", err)
	}
}

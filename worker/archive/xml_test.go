package archive_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/archive"
)

// holdsXML checks what OpenXML gives; "" means that nothing must be there.
func holdsXML(t *testing.T, a archive.Archive, number, want string) {
	t.Helper()
	r, s, err := a.OpenXML(t.Context(), number)
	if want == "" {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want it not to exist", number, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	if string(got) != want || s.SHA256 != sum(got) {
		t.Errorf("%s holds %.40q with %s, want %.40q", number, got, s.SHA256, want)
	}
}

func testXML(t *testing.T, a archive.Archive) {
	holdsXML(t, a, "A/1", "")
	for _, text := range []string{"<one/>", "<one/>", "<two/>", "<one/>"} {
		d := archive.Document{Number: "A/1", Revision: 1, Data: []byte(text)}
		s, err := a.PutXML(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != "A=2F1.xml" || s.SHA256 != sum(d.Data) {
			t.Errorf("stored as %+v", s)
		}
		holdsXML(t, a, "A/1", text)
	}
	if _, err := a.PutXML(t.Context(), archive.Document{Number: "A/1", Revision: 1}); !errors.Is(err, archive.ErrDocument) {
		t.Errorf("an empty e-invoice: %v, want ErrDocument", err)
	}
	holds(t, a, "A/1", 0, none) // the PDF is a file of its own
}

// Whatever lay in the place of an e-invoice is kept, and what is no file stays.
func TestXMLOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := openDir(t, dir)
	foreign := []byte("somebody's own")
	if err := os.WriteFile(filepath.Join(dir, "A-1.xml"), foreign, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := a.PutXML(t.Context(), archive.Document{Number: "A-1", Revision: 1, Data: []byte("<one/>")}); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "superseded", fmt.Sprintf("A-1.%.12s.xml", sum(foreign))))
	if err != nil || string(kept) != string(foreign) {
		t.Errorf("kept %q, %v", kept, err)
	}
	if err := os.Mkdir(filepath.Join(dir, "B-1.xml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := a.PutXML(t.Context(), archive.Document{Number: "B-1", Revision: 1, Data: []byte("<one/>")}); !errors.Is(err, archive.ErrForeignFile) {
		t.Errorf("a directory in its place: %v, want ErrForeignFile", err)
	}
}

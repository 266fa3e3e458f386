package finish_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/go-pdf/fpdf"

	"invoicelink/invoice/pdf/finish"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// drawn is a page with one rectangle in a paragraph, as fpdf leaves it.
func drawn(t *testing.T, tree *finish.Tree) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	doc.SetCatalogSort(true)
	doc.SetCompression(false)
	doc.SetCreationDate(day)
	doc.SetModificationDate(day)
	doc.AddPage()
	tree.NextPage()
	p := tree.Root().Child("P")
	tree.Mark(p)
	doc.RawWriteStr("/P<</MCID 0>>BDC\n10 10 20 20 re f\nEMC\n")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(tree *finish.Tree) *finish.Document {
	return &finish.Document{Title: "Invoice 1 (draft) \\ Ω", Author: "A & B", Language: "de", Created: day, Tree: tree, FacturX: []byte("<x/>")}
}

func TestWriteIsStable(t *testing.T) {
	t.Parallel()
	var files [][]byte
	for range 2 {
		tree := finish.NewTree()
		file, err := finish.Write(drawn(t, tree), document(tree))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same document has other bytes")
	}
}

// What fpdf did not write is an error, never a broken file.
func TestWriteRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	tree := finish.NewTree()
	good := drawn(t, tree)
	moved := bytes.Clone(good)
	moved[bytes.Index(moved, []byte(" 00000 n"))-1] ^= 1
	for name, file := range map[string][]byte{
		"nothing":          nil,
		"no PDF":           []byte("hello"),
		"cut":              good[:len(good)/2],
		"no table":         bytes.Replace(good, []byte("xref"), []byte("xxxx"), 2),
		"another offset":   moved,
		"no trailer entry": bytes.Replace(good, []byte("/Root"), []byte("/Toor"), 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := finish.Write(file, document(tree)); err == nil {
				t.Errorf("made %d bytes of it", len(got))
			}
		})
	}
	more := finish.NewTree()
	file := drawn(t, more)
	more.NextPage()
	if _, err := finish.Write(file, document(more)); err == nil || !strings.Contains(err.Error(), "1 pages are drawn and 2 marked") {
		t.Errorf("a page that was not drawn: %v", err)
	}
}

func TestActualTextIsEscaped(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"DE12": "/Span<</ActualText(DE12)>>BDC\n", `(\)`: `/Span<</ActualText(\(\\\))>>BDC` + "\n", "Ä😀": "/Span<</ActualText<FEFF00C4D83DDE00>>>BDC\n",
	} {
		if got := string(finish.AppendActual(nil, s)); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/archive"
	"invoicelink/worker/broker/embedded"
)

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// ledger knows PDFs by their digest, as the worker's does.
type ledger map[string]int

func (l ledger) known(sum string) (int, bool) { r, ok := l[sum]; return r, ok }

func doc(number string, revision int, text string) archive.Document {
	return archive.Document{Number: number, Revision: revision, Data: []byte("%PDF-1.4 " + text)}
}

func put(t *testing.T, a archive.Archive, d archive.Document, known archive.Known) archive.Stored {
	t.Helper()
	s, err := a.Put(t.Context(), d, known)
	if err != nil {
		t.Fatal(err)
	}
	if s.SHA256 != sum(d.Data) || s.Bytes != int64(len(d.Data)) {
		t.Errorf("stored %+v, want %d bytes with %s", s, len(d.Data), sum(d.Data))
	}
	return s
}

// holds checks what Open gives; "" means that nothing must be there.
func holds(t *testing.T, a archive.Archive, number string, revision int, want archive.Document) {
	t.Helper()
	r, s, err := a.Open(t.Context(), number, revision)
	if want.Data == nil {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s r%d: %v, want it not to exist", number, revision, err)
		}
		return
	}
	if err != nil {
		t.Errorf("%s r%d: %v", number, revision, err)
		return
	}
	got, err := io.ReadAll(r)
	if e := errors.Join(err, r.Close()); e != nil {
		t.Error(e)
	}
	if !bytes.Equal(got, want.Data) {
		t.Errorf("%s r%d holds %.40q, want %.40q", number, revision, got, want.Data)
	}
	if s.SHA256 != sum(want.Data) || s.Bytes != int64(len(want.Data)) {
		t.Errorf("%s r%d is reported as %+v", number, revision, s)
	}
}

var none archive.Document

// Both archives keep one contract.
func TestContract(t *testing.T) {
	t.Parallel()
	archives := map[string]func(t *testing.T) archive.Archive{"directory": newDir, "object store": newObjects}
	tests := map[string]func(t *testing.T, a archive.Archive){
		"first":             testFirst,
		"again":             testAgain,
		"renewed":           testRenewed,
		"late":              testLate,
		"rendered again":    testRenderedAgain,
		"foreign":           testForeign,
		"superseded other":  testSupersededDiffers,
		"bad documents":     testBadDocuments,
		"names":             testNames,
		"many at once":      testManyAtOnce,
		"large":             testLarge,
		"cancelled":         testCancelled,
		"missing":           testMissing,
		"half of a renewal": testHalfOfRenewal,
		"e-invoice":         testXML,
	}
	for kind, open := range archives {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}

func newDir(t *testing.T) archive.Archive {
	t.Helper()
	a, err := archive.Dir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newObjects(t *testing.T) archive.Archive {
	t.Helper()
	a, err := archive.Objects(t.Context(), broker(t), archive.ObjectsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func broker(t testing.TB) jetstream.JetStream { return limited(t, 0) }

// limited is a broker whose store takes so many bytes.
func limited(t testing.TB, most int64) jetstream.JetStream {
	t.Helper()
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), MaxStore: most})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	nc, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func testFirst(t *testing.T, a archive.Archive) {
	d := doc("2026/0042", 1, "first")
	if s := put(t, a, d, nil); s.Name != "2026=2F0042.pdf" {
		t.Errorf("its name is %s", s.Name)
	}
	holds(t, a, d.Number, 0, d)
	holds(t, a, d.Number, 1, none)
	for digest, want := range map[string]bool{sum(d.Data): true, strings.ToUpper(sum(d.Data)): true, sum(nil): false, "": false} {
		if got, err := a.Has(t.Context(), d.Number, digest); err != nil || got != want {
			t.Errorf("has %q: %v, %v", digest, got, err)
		}
	}
}

func testAgain(t *testing.T, a archive.Archive) {
	d := doc("INV-1", 1, "first")
	first := put(t, a, d, nil)
	if again := put(t, a, d, nil); again != first {
		t.Errorf("the second time %+v, the first %+v", again, first)
	}
	holds(t, a, d.Number, 0, d)
}

func testRenewed(t *testing.T, a archive.Archive) {
	l := ledger{}
	var all []archive.Document
	for r := 1; r <= 4; r++ {
		d := doc("INV-1", r, fmt.Sprint("link ", r))
		put(t, a, d, l.known)
		put(t, a, d, l.known) // the ledger was not written, it comes again
		l[sum(d.Data)] = r
		put(t, a, d, l.known)
		all = append(all, d)
	}
	holds(t, a, "INV-1", 0, all[3])
	for r := 1; r <= 3; r++ {
		holds(t, a, "INV-1", r, all[r-1])
	}
	holds(t, a, "INV-1", 4, none)
}

// A job of an older revision that is delivered again does not take the place
// of a newer PDF.
func testLate(t *testing.T, a archive.Archive) {
	first, second := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
	l := ledger{sum(second.Data): 2}
	put(t, a, second, l.known)
	for range 2 {
		if s := put(t, a, first, l.known); s.Name != "superseded/INV-1.r1.pdf" {
			t.Errorf("its name is %s", s.Name)
		}
	}
	holds(t, a, "INV-1", 0, second)
	holds(t, a, "INV-1", 1, first)
}

func testRenderedAgain(t *testing.T, a archive.Archive) {
	old, now := doc("INV-1", 1, "old font"), doc("INV-1", 1, "new font")
	put(t, a, old, nil)
	put(t, a, now, ledger{sum(old.Data): 1}.known)
	holds(t, a, "INV-1", 0, now)
	holds(t, a, "INV-1", 1, none)
}

func testForeign(t *testing.T, a archive.Archive) {
	theirs := doc("INV-1", 1, "somebody else's")
	stored := put(t, a, theirs, nil)
	for what, known := range map[string]archive.Known{
		"nothing is known": nil,
		"not this one":     ledger{sum([]byte("other")): 1}.known,
		"revision 0":       ledger{sum(theirs.Data): 0}.known,
		"below":            func(string) (int, bool) { return -3, true },
	} {
		_, err := a.Put(t.Context(), doc("INV-1", 2, "ours"), known)
		if !errors.Is(err, archive.ErrForeignFile) || archive.Temporary(err) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && (!strings.Contains(err.Error(), stored.Name) || !strings.Contains(err.Error(), "move it away")) {
			t.Errorf("%s: %v does not say where and what to do", what, err)
		}
	}
	holds(t, a, "INV-1", 0, theirs)
	holds(t, a, "INV-1", 1, none)
}

func testSupersededDiffers(t *testing.T, a archive.Archive) {
	l := ledger{}
	one, two := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
	put(t, a, one, nil)
	l[sum(one.Data)] = 1
	put(t, a, two, l.known)
	l[sum(two.Data)] = 1 // a ledger that says revision 1 of two different PDFs
	_, err := a.Put(t.Context(), doc("INV-1", 3, "three"), l.known)
	if !errors.Is(err, archive.ErrDiffers) || archive.Temporary(err) || !strings.Contains(err.Error(), "INV-1.r1.pdf") {
		t.Errorf("got %v", err)
	}
	holds(t, a, "INV-1", 0, two)
	holds(t, a, "INV-1", 1, one)
}

func testBadDocuments(t *testing.T, a archive.Archive) {
	for what, d := range map[string]archive.Document{
		"no number":   doc("", 1, "x"),
		"no revision": doc("INV-1", 0, "x"),
		"negative":    doc("INV-1", -1, "x"),
		"no bytes":    {Number: "INV-1", Revision: 1},
		"too large":   {Number: "INV-1", Revision: 1, Data: make([]byte, archive.MaxBytes+1)},
	} {
		if _, err := a.Put(t.Context(), d, nil); !errors.Is(err, archive.ErrDocument) || archive.Temporary(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, _, err := a.Open(t.Context(), "", 0); !errors.Is(err, archive.ErrDocument) {
		t.Errorf("open without a number: %v", err)
	}
	if _, _, err := a.Open(t.Context(), "INV-1", -1); !errors.Is(err, archive.ErrDocument) {
		t.Errorf("open revision -1: %v", err)
	}
	if _, err := a.Has(t.Context(), "", sum(nil)); !errors.Is(err, archive.ErrDocument) {
		t.Errorf("has without a number: %v", err)
	}
	holds(t, a, "INV-1", 0, none)
}

var hostile = []string{
	"../../etc/passwd", "/etc/passwd", "..", ".", "a/../b", `..\..\x`, "A/1", "A_1", "a_1", "con", "CON", "NUL.pdf",
	"-rf", ".hidden", "superseded", "superseded/A", "INV 1", "INV\n1", "INV\x001", "Ærø 7", "💶", strings.Repeat("9", 300),
	strings.Repeat("9", 301), "x.r1", "*", "a>b", "a.", "invoice.pdf", "INV-1", "inv-1", "Inv-1", "\xff\xfe",
}

// Every number has a place of its own, inside.
func testNames(t *testing.T, a archive.Archive) {
	seen := map[string]string{}
	for _, n := range hostile {
		s := put(t, a, doc(n, 1, "one "+n), nil)
		folded := strings.ToLower(s.Name)
		if other, there := seen[folded]; there {
			t.Errorf("%q and %q share %s", n, other, s.Name)
		}
		seen[folded] = n
		put(t, a, doc(n, 2, "two "+n), ledger{s.SHA256: 1}.known)
	}
	for _, n := range hostile {
		holds(t, a, n, 0, doc(n, 2, "two "+n))
		holds(t, a, n, 1, doc(n, 1, "one "+n))
	}
}

func testManyAtOnce(t *testing.T, a archive.Archive) {
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			l := ledger{}
			for r := 1; r <= 2; r++ {
				d := doc(fmt.Sprint("N-", i), r, fmt.Sprint(i, r))
				if _, err := a.Put(t.Context(), d, l.known); err != nil {
					t.Error(err)
				}
				l[sum(d.Data)] = r
			}
		})
	}
	all.Wait()
	for i := range 40 {
		n := fmt.Sprint("N-", i)
		holds(t, a, n, 0, doc(n, 2, fmt.Sprint(i, 2)))
		holds(t, a, n, 1, doc(n, 1, fmt.Sprint(i, 1)))
	}
}

func testLarge(t *testing.T, a archive.Archive) {
	d := archive.Document{Number: "BIG", Revision: 1, Data: bytes.Repeat([]byte("0123456789abcdef"), 200_000)}
	put(t, a, d, nil)
	holds(t, a, "BIG", 0, d)
}

func testCancelled(t *testing.T, a archive.Archive) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Put(ctx, doc("INV-1", 1, "x"), nil); !errors.Is(err, context.Canceled) || archive.Temporary(err) {
		t.Errorf("put: %v", err)
	}
	if _, _, err := a.Open(ctx, "INV-1", 0); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v", err)
	}
	if _, err := a.Has(ctx, "INV-1", sum(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("has: %v", err)
	}
	holds(t, a, "INV-1", 0, none)
}

func testMissing(t *testing.T, a archive.Archive) {
	holds(t, a, "INV-404", 0, none)
	holds(t, a, "INV-404", 1, none)
	if got, err := a.Has(t.Context(), "INV-404", sum(nil)); got || err != nil {
		t.Errorf("has: %v, %v", got, err)
	}
}

// The older PDF was kept and the newer one not yet written: the repetition
// finds the kept one and goes on.
func testHalfOfRenewal(t *testing.T, a archive.Archive) {
	one, two := doc("INV-1", 1, "one"), doc("INV-1", 2, "two")
	// What a cut renewal leaves is what a late job of revision 1 leaves.
	put(t, a, two, nil)
	put(t, a, one, ledger{sum(two.Data): 2}.known)
	put(t, a, one, ledger{sum(two.Data): 1, sum(one.Data): 1}.known) // now revision 1 is the newest again
	holds(t, a, "INV-1", 0, one)
	put(t, a, two, ledger{sum(one.Data): 1}.known)
	holds(t, a, "INV-1", 0, two)
	holds(t, a, "INV-1", 1, one)
}

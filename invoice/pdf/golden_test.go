package pdf_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice/pdf"
)

var update = flag.Bool("update", false, "write the golden layouts anew")

// The layouts are compared as text: a change shows in the review as moved
// boxes. Look at the pages as pictures before updating.
func TestLayoutIsGolden(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for _, name := range []string{"plain", "credit", "prepaid", "sandbox", "danish", "german", "mixed", "zero", "paid", "receipt", "long"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := pdf.LayoutOf(all[name])
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "layout", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got == string(want) {
				return
			}
			a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("%s:%d: layout changed (go test -update writes it anew)\nwant %s\ngot  %s", path, i+1, a[i], b[i])
				}
			}
			t.Fatalf("%s: has %d lines, want %d", path, len(b), len(a))
		})
	}
}

// TestWriteSamples writes the sample documents to PDF_SAMPLES, to be looked at:
//
//	PDF_SAMPLES=/tmp go test -run TestWriteSamples ./invoice/pdf
//
// Without that directory it only holds that every sample is valid.
func TestWriteSamples(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PDF_SAMPLES")
	for name, page := range samples(t) {
		if err := page.Invoice.Validate().Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := page.Seller.Validate().Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file, err := pdf.Render(page)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".pdf"), file, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

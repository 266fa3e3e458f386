package sheet_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/invoice/sheet"
)

// FuzzReadWorkbook puts any bytes into a sheet's XML; FuzzReadFile reads any
// bytes as a file of either name. Neither may panic, and every error is about
// the file.
func FuzzReadWorkbook(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Invoice number</t></is></c><c r="B1" t="inlineStr"><is><t>Issue date</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>`))
	for _, name := range []string{"invoices.xlsx", "invoices-with-errors.xlsx"} {
		repack(f, fixtures+name, onSheet(func(c []byte) []byte { f.Add(c); return c }))
	}
	base := fixtures + "invoices.xlsx"
	f.Fuzz(func(t *testing.T, content []byte) {
		path := repack(t, base, onSheet(func([]byte) []byte { return content }))
		check(t, path)
	})
}

func FuzzReadFile(f *testing.F) {
	for _, name := range []string{"invoices.xlsx", "invoices.csv"} {
		data, err := os.ReadFile(fixtures + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(csvHead + "A-1,2026-11-20,2026-12-20,EUR,Example,\"Thing,2,100,25\n"))
	f.Add([]byte("sep=;\r\n" + csvHead))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"list.xlsx", "list.csv"} {
			check(t, write(t, name, string(data)))
		}
	})
}

// check reads a file; what is read without problems must survive its results.
func check(t *testing.T, path string) {
	o := sheet.Options{MaxRows: 1000, MaxBytes: 1 << 20, Currency: "DKK"}
	b, err := sheet.Read(t.Context(), path, o)
	if err != nil {
		if _, ok := errors.AsType[*sheet.FileError](err); !ok {
			t.Errorf("error is no FileError: %v", err)
		}
		return
	}
	for _, e := range b.Entries {
		if e.OK() && e.Invoice.Validate().Err() != nil {
			t.Errorf("invoice %q passes and is not valid: %v", e.Invoice.Number, e.Invoice.Validate())
		}
	}
	if b.Format != sheet.CSV {
		return
	}
	out := filepath.Join(t.TempDir(), "out.csv")
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	again, err := sheet.Read(t.Context(), out, sheet.Options{Currency: "DKK"})
	if err != nil {
		t.Fatalf("results are not read: %v", err)
	}
	for i, e := range b.Entries {
		if e.OK() && (i >= len(again.Entries) || again.Entries[i].Invoice.Digest() != e.Invoice.Digest()) {
			t.Errorf("invoice %q differs in its results", e.Invoice.Number)
		}
	}
}

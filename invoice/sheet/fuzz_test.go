package sheet_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice"
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
	soundEntries(t, b)
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

// soundEntries: an invoice that passes is valid, and each one, good or bad, can
// be kept as JSON.
func soundEntries(t *testing.T, b *sheet.Book) {
	t.Helper()
	for _, e := range b.Entries {
		if e.OK() && e.Invoice.Validate().Err() != nil {
			t.Errorf("invoice %q passes and is not valid: %v", e.Invoice.Number, e.Invoice.Validate())
		}
		var again invoice.Invoice
		data, err := json.Marshal(e.Invoice)
		if err == nil {
			err = json.Unmarshal(data, &again)
		}
		if err != nil || again.Number != e.Number || e.OK() && again.Digest() != e.Invoice.Digest() {
			t.Errorf("invoice %q is not the same from its JSON (%v): %s", e.Number, err, data)
		}
	}
}

// FuzzColumns puts any header and any values into a list: whatever the column
// is taken for, nothing panics, every question has an answer, and an invoice
// that passes is valid.
func FuzzColumns(f *testing.F) {
	for _, s := range [][3]string{{"Total", "125.00", "250.00"}, {"Due", "03/04/2026", "13/04/2026"}, {"Status", "Paid", ""}, {"Discount", "10 %", "1.234"}, {"", "5", "7"}, {"Moms", "25%", "0.25"}, {"Tax type", "zw", "20% S"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, header, one, two string) {
		q := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		path := write(t, "list.csv", head+","+q(header)+"\n"+row1+","+q(one)+"\n"+strings.Replace(row1, "A-1", "A-2", 1)+","+q(two)+"\n")
		b, err := sheet.Read(t.Context(), path, sheet.Options{})
		if err != nil {
			if _, ok := errors.AsType[*sheet.FileError](err); !ok {
				t.Errorf("error is no FileError: %v", err)
			}
		}
		if b == nil {
			return
		}
		for _, question := range b.Questions {
			if len(question.Answers) == 0 {
				t.Errorf("%s has no answer", question.Key)
			}
		}
		soundEntries(t, b)
	})
}

package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

func TestResultsOfLargeWorkbooks(t *testing.T) {
	t.Parallel()
	rows := [][]any{{"A title"}, headers}
	for i := range 300 {
		rows = append(rows, with(fmt.Sprintf("A-%d", i), map[string]any{"Quantity": []any{2, "x"}[min(1, i%50/49)]}))
	}
	path := workbook(t, rows, formatted(t, map[string]any{"B3": 46331, "I3": 0.25, "A3": 7}, map[string]string{"B3": "dd/mm/yyyy", "I3": "0%", "A3": "0000"}))
	for range 2 {
		b := read(t, path, sheet.Options{})
		out := filepath.Join(t.TempDir(), "list-results.xlsx")
		if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
			t.Fatal(err)
		}
		again := read(t, out, sheet.Options{})
		if len(again.Entries) != 300 || again.Entries[0].Invoice.Number != "0007" {
			t.Fatalf("%d invoices, the first %q", len(again.Entries), again.Entries[0].Invoice.Number)
		}
		for i, e := range again.Entries {
			if e.Invoice.Digest() != b.Entries[i].Invoice.Digest() || e.OK() != b.Entries[i].OK() {
				t.Errorf("invoice %s differs in its results: %v", e.Invoice.Number, e.Problems)
			}
		}
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if d, err := f.GetSheetDimension("Invoices"); err != nil || d != "A1:O302" {
			t.Errorf("dimension is %s, %v", d, err)
		}
		for cell, want := range map[string]string{"A1": "A title", "J2": "Status", "J3": "issued", "O3": "1", "J52": "rejected", "K52": `G52: quantity "x" is not a number`} {
			if got, err := f.GetCellValue("Invoices", cell); err != nil || got != want {
				t.Errorf("%s is %q, %v, want %q", cell, got, err, want)
			}
		}
		path = out
	}
}

func TestResultsAreWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{headers, good("A-1")}, nil)
	b := read(t, path, sheet.Options{})
	dir := t.TempDir()
	out := filepath.Join(dir, "out.xlsx")
	fails := func(to, want string) {
		t.Helper()
		if err := b.WriteResults(t.Context(), to, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
	fails(path, "is the file that was read; name another one")
	fails(filepath.Join(dir, "none", "out.xlsx"), "no such file or directory")
	if err := os.WriteFile(path, []byte("PK\x03\x04 other"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(out, "has changed since it was read")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
}

func TestForeignCommentsStay(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{headers, with("A-1", map[string]any{"Quantity": "x", "Unit price": "y"})}, func(f *excelize.File) {
		if err := f.AddComment("Invoices", excelize.Comment{Cell: "G2", Author: "Somebody", Text: "ask again"}); err != nil {
			t.Fatal(err)
		}
	})
	b := read(t, path, sheet.Options{})
	out := filepath.Join(t.TempDir(), "out.xlsx")
	if err := b.WriteResults(t.Context(), out, nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	comments, err := f.GetComments("Invoices")
	if err != nil || len(comments) != 1 || comments[0].Text != "ask again" {
		t.Errorf("comments are %+v, %v", comments, err)
	}
	for _, cell := range []string{"G2", "H2"} {
		id, err := f.GetCellStyle("Invoices", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || len(style.Fill.Color) != 1 || style.Fill.Color[0] != "FFC7CE" {
			t.Errorf("%s has the style %+v, %v, want the background of bad cells", cell, style, err)
		}
	}
}

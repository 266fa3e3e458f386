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

// The column UBL is there if it is wanted, also when the results are fed back;
// files next to the results are opened by their names.
func TestResultsNameTheEInvoice(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{append(headers[:len(headers):len(headers)], "UBL"), append(good("A-1"), "own"), append(good("A-2"), "own")}, nil)
	dir := t.TempDir()
	for _, name := range []string{"A-1.pdf", "A-1.xml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for round, ubl := range []bool{true, false} { // the second time, the columns of the first are written
		b := read(t, path, sheet.Options{})
		b.UBL = ubl
		out := filepath.Join(dir, fmt.Sprintf("results%d.xlsx", round))
		named := func(number string) (sheet.Result, bool) {
			r, ok := results(b)(number)
			r.UBL = number + ".xml"
			return r, ok
		}
		if err := b.WriteResults(t.Context(), out, named); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for cell, want := range map[string]string{"J1": "UBL", "J2": "own", "O1": "PDF", "Q1": "UBL (invoicelink)", "Q2": "A-1.xml", "Q3": "A-2.xml", "R1": ""} {
			if got, err := f.GetCellValue("Invoices", cell); err != nil || got != want {
				t.Errorf("round %d: %s is %q, %v, want %q", round, cell, got, err, want)
			}
		}
		for cell, want := range map[string]string{"M2": "https://example.com/pay/A-1", "O2": "A-1.pdf", "Q2": "A-1.xml", "O3": "", "Q3": ""} {
			if _, got, err := f.GetCellHyperLink("Invoices", cell); err != nil || got != want {
				t.Errorf("round %d: %s opens %q, %v, want %q", round, cell, got, err, want)
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

// TestTablesAndFiltersAreWidened holds that a table and a filter cover the new
// columns, so that sorting moves a result with its row, and that a hidden
// column and the other parts stay.
func TestTablesAndFiltersAreWidened(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{headers, good("A-1"), good("A-2")}, func(f *excelize.File) {
		for _, err := range []error{
			f.AddTable("Invoices", &excelize.Table{Range: "A1:I3", Name: "List"}),
			f.SetColVisible("Invoices", "C", false),
			f.SetColWidth("Invoices", "A", "XFD", 17),
			f.SetDocProps(&excelize.DocProperties{Title: "Our list"}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.NewSheet("Second"); err != nil {
			t.Fatal(err)
		}
		if err := f.AutoFilter("Second", "A1:B2", nil); err != nil {
			t.Fatal(err)
		}
	})
	for range 2 {
		b := read(t, path, sheet.Options{})
		out := filepath.Join(t.TempDir(), "out.xlsx")
		if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		tables, err := f.GetTables("Invoices")
		if err != nil || len(tables) != 1 || tables[0].Range != "A1:O3" {
			t.Errorf("tables are %+v, %v, want A1:O3", tables, err)
		}
		if visible, err := f.GetColVisible("Invoices", "C"); err != nil || visible {
			t.Errorf("column C is visible: %t, %v", visible, err)
		}
		if width, err := f.GetColWidth("Invoices", "K"); err != nil || width != 40 {
			t.Errorf("width of K is %g, %v, want 40", width, err)
		}
		if width, err := f.GetColWidth("Invoices", "Z"); err != nil || width != 17 {
			t.Errorf("width of Z is %g, %v, want 17", width, err)
		}
		if props, err := f.GetDocProps(); err != nil || props.Title != "Our list" {
			t.Errorf("properties are %+v, %v", props, err)
		}
		if link, target, err := f.GetCellHyperLink("Invoices", "L2"); err != nil || !link || target != "https://example.com/pay/A-1" {
			t.Errorf("link of L2 is %t %q, %v", link, target, err)
		}
		path = out
	}
}

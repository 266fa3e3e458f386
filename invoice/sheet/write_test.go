package sheet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

func TestTemplateIsReadAsItIs(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := sheet.WriteTemplate(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two templates differ")
	}
	path := filepath.Join(t.TempDir(), "template.xlsx")
	if err := os.WriteFile(path, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := read(t, path, sheet.Options{})
	wantProblems(t, b)
	if len(b.Entries) != 1 || len(b.Columns) != len(sheet.Fields()) {
		t.Errorf("%d entries and %d columns, want 1 and %d", len(b.Entries), len(b.Columns), len(sheet.Fields()))
	}
	for i, c := range b.Columns {
		if c.Role != sheet.RoleField || c.Field != sheet.Fields()[i] {
			t.Errorf("column %s %q is %s %q", c.Letter, c.Header, c.Role, c.Field)
		}
	}
}

// results gives every good invoice one.
func results(b *sheet.Book) func(string) (sheet.Result, bool) {
	out := map[string]sheet.Result{}
	for _, e := range b.Entries {
		if e.OK() {
			out[e.Number] = sheet.Result{Status: "issued", PaymentLink: "https://example.com/pay/" + e.Number, PDF: e.Number + ".pdf",
				LinkExpires: time.Date(2027, 1, 19, 12, 0, 0, 0, time.UTC), Revision: 1}
		}
	}
	return func(number string) (sheet.Result, bool) { r, ok := out[number]; return r, ok }
}

func TestResultsOfWorkbookAreReadAgain(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{
		append(headers[:len(headers):len(headers)], "Own remark"),
		append(good("A-1"), "keep me"),
		with("A-2", map[string]any{"Quantity": "abc"}),
		good("A-3"),
	}, nil)
	for range 2 { // the second time it is the results that are fed back
		b := read(t, path, sheet.Options{})
		if len(b.Entries) != 3 || b.Entries[1].OK() || !b.Entries[2].OK() {
			t.Fatalf("entries are %v", problemsOf(b))
		}
		out := filepath.Join(t.TempDir(), "list-results.xlsx")
		if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
			t.Fatal(err)
		}
		again := read(t, out, sheet.Options{})
		for i, e := range again.Entries {
			if e.Invoice.Digest() != b.Entries[i].Invoice.Digest() {
				t.Errorf("invoice %s has another digest in its results", e.Invoice.Number)
			}
		}
		f, err := excelize.OpenFile(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows("Invoices")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(rows[0][9:], "|"), "Own remark|Status|Error|Payment link|Link expires|PDF|Revision"; got != want {
			t.Errorf("headers are %s, want %s", got, want)
		}
		if got, want := strings.Join(rows[1][9:], "|"), "keep me|issued||https://example.com/pay/A-1|2027-01-19 12:00 UTC|A-1.pdf|1"; got != want {
			t.Errorf("row 2 ends %s, want %s", got, want)
		}
		if got, want := strings.Join(rows[2][9:], "|"), `|rejected|G3: quantity "abc" is not a number`; got != want {
			t.Errorf("row 3 ends %s, want %s", got, want)
		}
		comments, err := f.GetComments("Invoices")
		if err != nil || len(comments) != 1 || comments[0].Cell != "G3" {
			t.Errorf("comments are %v, %v", comments, err)
		}
		style, _ := f.GetCellStyle("Invoices", "G3")
		if s, err := f.GetStyle(style); err != nil || fmt.Sprint(s.Fill.Color) != "[FFC7CE]" {
			t.Errorf("fill of G3 is %v, %v", s, err)
		}
		path = out
	}
	// Corrected and fed back, the mark and the comment are gone.
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetCellValue("Invoices", "G3", 4); err != nil {
		t.Fatal(err)
	}
	fixed := filepath.Join(t.TempDir(), "fixed.xlsx")
	if err := f.SaveAs(fixed); err != nil {
		t.Fatal(err)
	}
	b := read(t, fixed, sheet.Options{})
	wantProblems(t, b)
	out := filepath.Join(t.TempDir(), "out.xlsx")
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	g, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if comments, err := g.GetComments("Invoices"); err != nil || len(comments) != 0 {
		t.Errorf("comments are %v, %v", comments, err)
	}
	style, _ := g.GetCellStyle("Invoices", "G3")
	if s, err := g.GetStyle(style); err != nil || len(s.Fill.Color) != 0 {
		t.Errorf("fill of G3 is %v, %v", s.Fill, err)
	}
	if v, _ := g.GetCellValue("Invoices", "K3"); v != "issued" {
		t.Errorf("status of the corrected invoice is %q", v)
	}
}

func TestResultsOfCSV(t *testing.T) {
	t.Parallel()
	const head = "Invoice number;Issue date;Due date;Currency;Customer name;Description;Quantity;Unit price;VAT %;Remark\r\n"
	path := csvFile(t, head+
		"A-1;2026-11-20;20.12.2026;EUR;=Evil Ltd;\"Thing; \"\"big\"\"\";1;12,50;25;-5\r\n"+
		"A-2;2026-11-20;20.12.2026;EUR;Møbler;Thing;x;12,50;25;=1+1\r\n")
	remark := sheet.Options{Columns: map[string]string{"Remark": "-"}}
	b := read(t, path, remark)
	wantProblems(t, b, `list.csv:3 column G: quantity "x" is not a number`)
	out := filepath.Join(t.TempDir(), "list-results.csv")
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeff" + strings.TrimSuffix(head, "\r\n") + ";Status;Error;Payment link;Link expires;PDF;Revision\r\n" +
		"A-1;2026-11-20;20.12.2026;EUR;'=Evil Ltd;\"Thing; \"\"big\"\"\";1;12,50;25;-5;issued;;https://example.com/pay/A-1;2027-01-19 12:00 UTC;A-1.pdf;1\r\n" +
		"A-2;2026-11-20;20.12.2026;EUR;Møbler;Thing;x;12,50;25;'=1+1;rejected;\"line 3: quantity \"\"x\"\" is not a number\";;;;\r\n"
	if string(data) != want {
		t.Errorf("results are\n%s\nwant\n%s", data, want)
	}
	again := read(t, out, remark)
	if again.Entries[0].Invoice.Digest() != b.Entries[0].Invoice.Digest() || again.Entries[0].Invoice.Buyer.Name != "=Evil Ltd" {
		t.Errorf("fed back, the customer is %q", again.Entries[0].Invoice.Buyer.Name)
	}
}

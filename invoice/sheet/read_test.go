package sheet_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

// headers of a small file in the own layout.
var headers = []any{"Invoice number", "Issue date", "Due date", "Currency", "Customer name", "Description", "Quantity", "Unit price", "VAT %"}

// good is a row that has nothing wrong with it.
func good(number string) []any {
	return []any{number, "2026-11-20", "2026-12-20", "EUR", "Example Customer Ltd", "Thing", 2, 100.5, 25}
}

// with is a good row with other cells, by header.
func with(number string, cells map[string]any) []any {
	row := good(number)
	for h, v := range cells {
		i := slices.Index(headers, any(h))
		if i < 0 {
			panic("no header " + h)
		}
		row[i] = v
	}
	return row
}

// workbook writes rows from A1 to a new file and returns its path; change may
// be nil.
func workbook(t testing.TB, rows [][]any, change func(*excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "Invoices"); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Invoices", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// csvFile writes lines to a new CSV file.
func csvFile(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string, o sheet.Options) *sheet.Book {
	t.Helper()
	b, err := sheet.Read(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refused reads a file that must be refused as a whole.
func refused(t testing.TB, path string, o sheet.Options, want ...string) *sheet.FileError {
	t.Helper()
	_, err := sheet.Read(t.Context(), path, o)
	fe, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		t.Fatalf("error is %v, want a FileError", err)
	}
	for _, w := range want {
		if !strings.Contains(fe.Error(), w) {
			t.Errorf("error %q does not say %q", fe, w)
		}
	}
	return fe
}

// problemsOf returns every problem of a file as a text.
func problemsOf(b *sheet.Book) []string {
	var out []string
	for _, p := range b.Problems {
		out = append(out, p.String())
	}
	for _, e := range b.Entries {
		for _, p := range e.Problems {
			out = append(out, p.String())
		}
	}
	return out
}

func wantProblems(t testing.TB, b *sheet.Book, want ...string) {
	t.Helper()
	if got := problemsOf(b); !slices.Equal(got, want) {
		t.Errorf("problems\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestReadGoodWorkbook(t *testing.T) {
	t.Parallel()
	second := with("", map[string]any{"Issue date": nil, "Due date": nil, "Currency": nil, "Customer name": nil, "Quantity": "1,5", "Unit price": 1.4600000000000002})
	b := read(t, workbook(t, [][]any{headers, good("A-1"), second, {}, good("0002")}, nil), sheet.Options{})
	wantProblems(t, b)
	if len(b.Entries) != 2 || b.Rows != 3 {
		t.Fatalf("%d entries of %d rows, want 2 of 3", len(b.Entries), b.Rows)
	}
	inv := b.Entries[0].Invoice
	if inv.Number != "A-1" || inv.IssueDate != "2026-11-20" || inv.Buyer.Name != "Example Customer Ltd" || len(inv.Lines) != 2 {
		t.Errorf("invoice is %+v", inv)
	}
	if l := inv.Lines[1]; l.Quantity != "1.5" || l.UnitPrice != "1.46" || l.VATRate != "25" {
		t.Errorf("second line is %+v", l)
	}
	if e := b.Entries[1]; e.FirstRow != 5 || e.Invoice.Number != "0002" {
		t.Errorf("second entry is in row %d with number %q", e.FirstRow, e.Invoice.Number)
	}
	if err := inv.Validate().Err(); err != nil {
		t.Error(err)
	}
}

func TestReadTellsEveryProblemByCell(t *testing.T) {
	t.Parallel()
	b := read(t, workbook(t, [][]any{
		headers,
		with("A-1", map[string]any{"Quantity": "abc", "Unit price": -5, "VAT %": "x"}),
		good("A-2"),
		with("A-3", map[string]any{"Issue date": nil, "Currency": "EURO", "Customer name": nil}),
		with("A-4", map[string]any{"Due date": "2026-11-01", "Unit price": nil}),
		with(strings.Repeat("9", 300), nil),
	}, nil), sheet.Options{})
	wantProblems(t, b,
		`Invoices!G2: quantity "abc" is not a number`,
		`Invoices!H2: unit price -5 is negative; make the quantity negative instead`,
		`Invoices!I2: VAT % "x" is not a number`,
		`Invoices!B4: issue date is missing; give the day the invoice is issued`,
		`Invoices!D4: currency "EURO" is not a currency code of ISO 4217`,
		`Invoices!E4: customer name is missing`,
		`Invoices!C5: due date 2026-11-01 is before the issue date 2026-11-20`,
		`Invoices!H5: unit price is missing; give the net price of one unit`,
		`Invoices!A6: invoice number has 300 characters; at most 64 are allowed`,
	)
	if !b.Entries[1].OK() {
		t.Error("the good invoice was rejected with the bad ones")
	}
}

func TestReadReject(t *testing.T) {
	t.Parallel()
	b := read(t, workbook(t, [][]any{headers, good("A-1"), good("A-2")}, nil), sheet.Options{})
	b.Entries[1].Reject("lines[0].description", "Thing", sheet.Sentence{Code: "other-content", Args: []string{"other.xlsx, row 7"}})
	wantProblems(t, b, "Invoices!F3: description has other content in other.xlsx, row 7")
}

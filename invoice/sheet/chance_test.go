package sheet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

// TestNoProofByChance holds that an amount under an unknown header is no
// quantity or rate because one row of the file agrees with it.
func TestNoProofByChance(t *testing.T) {
	t.Parallel()
	row := func(number, quantity, rate, extra string) string {
		return number + ",2026-11-13,2026-12-13,Example,EUR,Thing," + quantity + ",100.00," + rate + "," + extra + "\n"
	}
	for name, tt := range map[string]struct {
		rows string
		want []string
	}{
		"quantity once":   {row("A-1", "15", "0", "15"), []string{"column J"}},
		"rate twice":      {row("A-1", "2", "25", "25") + row("A-2", "3", "25", "25"), []string{"column J"}},
		"line amount":     {row("A-1", "2", "0", "200.00"), nil},
		"quantity thrice": {row("A-1", "15", "0", "15") + row("A-2", "3", "0", "3") + row("A-3", "7", "0", "7"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := asks(t, csvFile(t, head+",Dodatek\n"+tt.rows), sheet.Options{})
			if !slices.Equal(got, tt.want) {
				t.Errorf("asked %q, want %q", got, tt.want)
			}
		})
	}
}

// TestColumnsOfTheSheetOfLines holds that a column there which changes what is
// owed stops its invoices as one on the first sheet does.
func TestColumnsOfTheSheetOfLines(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{{"Invoice No", "Date", "Due Date", "Customer", "Currency"}, {"A-1", "2026-11-13", "2026-12-13", "Example", "EUR"}, {"A-2", "2026-11-13", "2026-12-13", "Example", "EUR"}}, func(f *excelize.File) {
		if _, err := f.NewSheet("Items"); err != nil {
			t.Fatal(err)
		}
		for i, row := range [][]any{{"Invoice No", "Description", "Quantity", "Unit price", "VAT %", "Rabatt", "Line total"}, {"A-1", "Thing", 1, 100, 0, 30, 100}, {"A-2", "Thing", 1, 50, 0, nil, 50}} {
			if err := f.SetSheetRow("Items", "A"+string(rune('1'+i)), &row); err != nil {
				t.Fatal(err)
			}
		}
	})
	got, b := asks(t, path, mine(t, "lines: {sheet: Items}"))
	if !slices.Equal(got, []string{"Items!F"}) {
		t.Fatalf("asked %q", got)
	}
	wantProblems(t, b, `Items!F2: stands under column F "Rabatt", which nothing explains and may change what is owed; say what it is`)
	for _, a := range b.Questions[0].Answers {
		if a.Section != "lines" || !strings.HasPrefix(a.Line, `columns: {"Rabatt": `) || strings.Contains(a.Line, "invoice_discount") {
			t.Errorf("answer is %s", a.YAML())
		}
	}
}

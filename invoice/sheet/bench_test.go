package sheet_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

// BenchmarkReadWorkbook and BenchmarkReadCSV read 20,000 rows of 26 columns, a
// quarter of them invoices.
func BenchmarkReadWorkbook(b *testing.B) { benchRead(b, large(b, 20_000)) }

func BenchmarkReadCSV(b *testing.B) {
	source := large(b, 20_000)
	f, err := excelize.OpenFile(source)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Invoices")
	if err != nil {
		b.Fatal(err)
	}
	var out strings.Builder
	for _, r := range rows {
		for len(r) < len(rows[0]) {
			r = append(r, "")
		}
		out.WriteString(strings.Join(r, ";") + "\n")
	}
	benchRead(b, write(b, "large.csv", out.String()))
}

func benchRead(b *testing.B, path string) {
	b.Helper()
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		book, err := sheet.Read(b.Context(), path, sheet.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if p := problemsOf(book); len(p) > 0 {
			b.Fatal(p[0])
		}
		rows += book.Rows
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkResults writes the results of 20,000 rows into the sender's own
// workbook.
func BenchmarkResults(b *testing.B) {
	book := read(b, large(b, 20_000), sheet.Options{})
	r := results(book)
	out := filepath.Join(b.TempDir(), "out.xlsx")
	for b.Loop() {
		if err := book.WriteResults(b.Context(), out, r); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}

// large streams a workbook of n rows in the layout of the fixtures, four for
// each invoice.
func large(tb testing.TB, n int) string { return largeOf(tb, n, 4) }

func largeOf(tb testing.TB, n, lines int) string {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fatal := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	fatal(f.SetSheetName("Sheet1", "Invoices"))
	code := "yyyy-mm-dd"
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	fatal(err)
	sw, err := f.NewStreamWriter("Invoices")
	fatal(err)
	fatal(sw.SetRow("A1", []any{"Invoice number", "Kind", "Issue date", "Due date", "Currency", "Customer name", "Customer number", "Customer VAT id", "Customer email",
		"Customer address", "Zip", "City", "Country", "Buyer reference", "Original invoice", "Note", "Language", "Prepaid",
		"Item", "Description", "Quantity", "Unit", "Unit price", "Discount %", "VAT %", "VAT category"}))
	for i := range n {
		number := fmt.Sprintf("2026-%06d", i/lines)
		fatal(sw.SetRow(fmt.Sprintf("A%d", i+2), []any{number, "invoice", excelize.Cell{StyleID: day, Value: 46331}, excelize.Cell{StyleID: day, Value: 46361}, "DKK",
			fmt.Sprintf("Eksempel Møbler %d ApS", i/lines), "1001", "DK10000001", "bogholderi@moebler.example.com", "Ærøgade 4", "2100", "København Ø", "DK", nil, nil, nil, "da", nil,
			fmt.Sprintf("M-%d", i), "Skrivebord i eg, 160 × 80 cm", 2, "stk", 3495.5, nil, 25, nil}))
	}
	fatal(sw.Flush())
	path := filepath.Join(tb.TempDir(), "large.xlsx")
	out, err := os.Create(path)
	fatal(err)
	fatal(f.Write(io.Writer(out)))
	fatal(out.Close())
	return path
}

package sheet_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
)

// formatted gives cells a value and a number format.
func formatted(t testing.TB, cells map[string]any, formats map[string]string) func(*excelize.File) {
	return func(f *excelize.File) {
		t.Helper()
		for cell, v := range cells {
			if err := f.SetCellValue("Invoices", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		for cell, code := range formats {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Invoices", cell, cell, id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCellsBySerialAndStyle(t *testing.T) {
	t.Parallel()
	b := read(t, workbook(t, [][]any{headers, good("A-1"), good("A-2"), good("A-3"), good("A-4")}, formatted(t, map[string]any{
		"A2": 42, "B2": 46331, "C2": 46366.75, "I2": 0.25, // a date with a time, a percentage
		"A3": 2026001, "B3": 46331, // a serial without a date format
		"B4": time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC),
		"A5": 42, "B5": 20261105, "G5": 1.4600000000000002,
	}, map[string]string{"A2": "0000000", "B2": "dd/mm/yyyy", "C2": "yyyy-mm-dd hh:mm", "I2": "0%", "B4": "d. mmm yyyy", "A5": `"INV-"0000`})), sheet.Options{})
	wantProblems(t, b)
	for i, want := range []string{"0000042", "2026001", "A-3", "INV-0042"} {
		inv := b.Entries[i].Invoice
		if inv.Number != want || inv.IssueDate != "2026-11-05" || inv.Lines[0].VATRate != "25" {
			t.Errorf("invoice %d is %+v", i, inv)
		}
	}
	if d := b.Entries[0].Invoice.DueDate; d != "2026-12-10" {
		t.Errorf("due date is %s", d)
	}
	if q := b.Entries[3].Invoice.Lines[0].Quantity; q != "1.46" {
		t.Errorf("quantity is %s", q)
	}
}

func TestWorkbookOf1904(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{headers, good("A-1")}, func(f *excelize.File) {
		on := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}); err != nil {
			t.Fatal(err)
		}
		formatted(t, map[string]any{"B2": 44869}, map[string]string{"B2": "yyyy-mm-dd"})(f)
	})
	b := read(t, path, sheet.Options{})
	wantProblems(t, b)
	if d := b.Entries[0].Invoice.IssueDate; d != "2026-11-05" {
		t.Errorf("issue date is %s, want 2026-11-05", d)
	}
	out := t.TempDir() + "/out.xlsx"
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	if again := read(t, out, sheet.Options{}); again.Entries[0].Invoice.Digest() != b.Entries[0].Invoice.Digest() {
		t.Errorf("issue date in the results is %s", again.Entries[0].Invoice.IssueDate)
	}
}

func TestFormulasAndErrors(t *testing.T) {
	t.Parallel()
	path := repack(t, workbook(t, [][]any{headers, good("A-1"), good("A-2"), good("A-3"), good("A-4"), good("A-5")}, nil), onSheet(func(c []byte) []byte {
		for from, to := range map[string]string{
			`<c r="G2"><v>2</v></c>`: `<c r="G2"><f>1+1</f><v>2</v></c>`,
			`<c r="G3"><v>2</v></c>`: `<c r="G3"><f>1+1</f></c>`,
			`<c r="G4"><v>2</v></c>`: `<c r="G4" t="e"><f>NA()</f><v>#N/A</v></c>`,
			`<c r="G5"><v>2</v></c>`: `<c r="G5" t="str"><f>""</f><v></v></c>`,
			`<c r="G6"><v>2</v></c>`: `<c r="G6" t="inlineStr"><is><r><t>1</t></r><rPh><t>x</t></rPh><r><t>2</t></r></is></c>`,
		} {
			if !bytes.Contains(c, []byte(from)) {
				t.Errorf("no cell %s", from)
			}
			c = bytes.Replace(c, []byte(from), []byte(to), 1)
		}
		return c
	}))
	b := read(t, path, sheet.Options{})
	wantProblems(t, b,
		"Invoices!G3: quantity is a formula without a stored value; open the file in a spreadsheet program, let it compute, save it and send it again",
		`Invoices!G4: quantity is the error value "#N/A"; correct the formula`,
		"Invoices!G5: quantity is missing; write 1 for a single one")
	if q := b.Entries[0].Invoice.Lines[0].Quantity; q != "2" {
		t.Errorf("computed quantity is %q", q)
	}
	if q := b.Entries[4].Invoice.Lines[0].Quantity; q != "12" {
		t.Errorf("quantity in runs is %q", q)
	}
	// A formula must not become an empty cell, nor an error a text, in the
	// results.
	out := t.TempDir() + "/out.xlsx"
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	again := read(t, out, sheet.Options{})
	for i, e := range again.Entries {
		if e.OK() != b.Entries[i].OK() || e.OK() && e.Invoice.Digest() != b.Entries[i].Invoice.Digest() {
			t.Errorf("invoice %s differs when the results are read: %v", e.Invoice.Number, e.Problems)
		}
	}
}

func TestReadingsThatTheFileDecides(t *testing.T) {
	t.Parallel()
	row := func(number, issued, price string) string {
		return number + ";" + issued + ";2027-01-31;EUR;Example;Thing;1;" + price + ";25\n"
	}
	head := strings.ReplaceAll(csvHead, ",", ";")
	for name, c := range map[string]struct {
		rows     string
		price    invoice.Decimal
		date     invoice.Date
		problems []string
	}{
		"comma and day first":   {row("A", "03/04/2026", "1.234") + row("B", "13/04/2026", "0,5"), "1234", "2026-04-03", nil},
		"point and month first": {row("A", "03/04/2026", "1.234") + row("B", "04/13/2026", "0.5"), "1.234", "2026-03-04", nil},
		"nothing": {row("A", "03/04/2026", "1,234") + row("B", "04/04/2026", "5"), "", "", []string{
			`list.csv:2 column B: issue date "03/04/2026" may mean 2026-04-03 or 2026-03-04, and no other date of the column shows which; write it as 2026-11-30`,
			`list.csv:2 column H: unit price "1,234" may mean 1234 or 1.234, and no other number of the file shows which; write it without a separator, or as a number cell`}},
		"both": {row("A", "03/04/2026", "1,234") + row("B", "13/04/2026", "0,5") + row("C", "04/13/2026", "0.5"), "", "", []string{
			`list.csv:2 column B: issue date "03/04/2026" may mean 2026-04-03 or 2026-03-04, and the other dates of the column show both orders; write it as 2026-11-30`,
			`list.csv:2 column H: unit price "1,234" may mean 1234 or 1.234, and the other numbers of the file show both; write it without a separator, or as a number cell`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := read(t, csvFile(t, head+c.rows), sheet.Options{})
			wantProblems(t, b, c.problems...)
			if inv := b.Entries[0].Invoice; inv.IssueDate != c.date || inv.Lines[0].UnitPrice != c.price {
				t.Errorf("date %s and price %s, want %s and %s", inv.IssueDate, inv.Lines[0].UnitPrice, c.date, c.price)
			}
		})
	}
}

func TestChecksOfTheCaller(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{append(headers[:len(headers):len(headers)], "Total"), append(good("A-1"), 251.26), append(good("A-2"), 260)}, nil)
	b := read(t, path, sheet.Options{AcceptRounding: true, Check: func(inv *invoice.Invoice) invoice.Problems {
		return invoice.Problems{{Field: "buyer.name", Value: inv.Buyer.Name, Message: "has a character that the fonts lack"}}
	}})
	wantProblems(t, b,
		"Invoices!E2: customer name has a character that the fonts lack",
		"Invoices!E3: customer name has a character that the fonts lack",
		"Invoices!J3: total is 260 here, but the lines give 251.25 EUR")
	if r := b.Entries[0].Invoice.Rounding; r != "0.01" {
		t.Errorf("rounding is %q, want 0.01", r)
	}
}

func TestSheetsRowsAndNotes(t *testing.T) {
	t.Parallel()
	path := workbook(t, [][]any{{"List of invoices"}, {"as of Monday"}, {}, headers, good("A-1"), {}, good("A-2"), {"Total", nil, nil, nil, nil, nil, 4, 201}}, func(f *excelize.File) {
		if _, err := f.NewSheet("Second"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetRowVisible("Invoices", 7, false); err != nil {
			t.Fatal(err)
		}
		if err := f.MergeCell("Invoices", "A1", "I1"); err != nil {
			t.Fatal(err)
		}
	})
	b := read(t, path, sheet.Options{})
	wantProblems(t, b, "Invoices!A7: row 7 is hidden, by hand or by a filter; accept the note hidden-rows if it is meant to be issued, or leave such rows out: hidden_rows: skip")
	b = read(t, path, sheet.Options{Accept: []string{"hidden-rows"}})
	wantProblems(t, b)
	if len(b.Entries) != 2 || b.Entries[0].FirstRow != 5 {
		t.Errorf("%d invoices", len(b.Entries))
	}
	var notes []string
	for _, n := range b.Notes {
		notes = append(notes, n.String())
	}
	if got, want := strings.Join(notes, "\n"), `Invoices: is the sheet that was read; carried through unread: Second
Invoices row 8: is left out, as "Total" makes it a row of totals
Invoices: has hidden rows, which were read too: 7`; got != want {
		t.Errorf("notes are\n%s\nwant\n%s", got, want)
	}
	// A line that is called so has a price.
	path = workbook(t, [][]any{headers, good("A-1"), with("", map[string]any{"Issue date": nil, "Due date": nil, "Description": "Sum"})}, nil)
	if b = read(t, path, sheet.Options{}); len(b.Entries[0].Invoice.Lines) != 2 || !b.Entries[0].OK() {
		t.Errorf("problems %v, notes %v", problemsOf(b), b.Notes)
	}
	path = workbook(t, [][]any{headers, good("A-1"), {"Total", nil, nil, nil, nil, nil, 4}}, nil)
	b = read(t, path, sheet.Options{})
	if len(b.Notes) != 1 || b.Notes[0].String() != `Invoices row 3: is left out, as "Total" makes it a row of totals` {
		t.Errorf("notes are %v", b.Notes)
	}
	refused(t, path, sheet.Options{Sheet: "Other"}, `has no sheet "Other"; its sheets are "Invoices"`)
}

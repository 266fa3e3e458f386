package sheet_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"invoicelink/invoice/sheet"
)

func TestEncodingsOfCSV(t *testing.T) {
	t.Parallel()
	plain := strings.ReplaceAll(csvHead, "\n", "\r\n") + "A-1,2026-11-20,2026-12-20,EUR,Café Ærø,Thing,2,100,25\r\n"
	latin, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	var wide [3]string
	for i, e := range []struct {
		endian unicode.Endianness
		mark   unicode.BOMPolicy
	}{{unicode.LittleEndian, unicode.UseBOM}, {unicode.BigEndian, unicode.UseBOM}, {unicode.LittleEndian, unicode.IgnoreBOM}} {
		if wide[i], err = unicode.UTF16(e.endian, e.mark).NewEncoder().String(plain); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ content, begins string }{
		"UTF-8":                  {plain, "\xef\xbb\xbfInvoice"}, // gets a mark, for Excel's sake
		"UTF-8 with mark":        {"\ufeff" + plain, "\xef\xbb\xbfInvoice"},
		"ASCII":                  {strings.ReplaceAll(plain, "Café Ærø", "Cafe Aero"), "Invoice"},
		"Windows-1252":           {latin, "Invoice"},
		"UTF-16 little-endian":   {wide[0], "\xff\xfeI\x00"},
		"UTF-16 big-endian":      {wide[1], "\xfe\xff\x00I"},
		"UTF-16 without a mark":  {wide[2], "\xff\xfeI\x00"},
		"semicolons":             {strings.ReplaceAll(plain, ",", ";"), "\xef\xbb\xbfInvoice number;"},
		"tabs":                   {strings.ReplaceAll(plain, ",", "\t"), "\xef\xbb\xbfInvoice number\t"},
		"a line for Excel":       {"sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"), "\xef\xbb\xbfsep=;\r\nInvoice number;"},
		"no line end at the end": {strings.TrimSuffix(plain, "\r\n"), "\xef\xbb\xbfInvoice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := read(t, csvFile(t, c.content), sheet.Options{})
			wantProblems(t, b)
			want := "Café Ærø"
			if name == "ASCII" {
				want = "Cafe Aero"
			}
			if got := b.Entries[0].Invoice.Buyer.Name; got != want {
				t.Errorf("customer is %q, want %q", got, want)
			}
			if noted := len(b.Notes) > 0; noted != (name == "Windows-1252") {
				t.Errorf("notes are %v", b.Notes)
			}
			out := t.TempDir() + "/out.csv"
			if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(data), c.begins) {
				t.Errorf("results begin %q, want %q", data[:min(len(data), 40)], c.begins)
			}
			again := read(t, out, sheet.Options{})
			if again.Entries[0].Invoice.Digest() != b.Entries[0].Invoice.Digest() || len(again.Columns) != 15 || again.Columns[9].Role != sheet.RoleResult {
				t.Errorf("fed back, the columns are %+v", again.Columns)
			}
		})
	}
}

func TestRaggedCSV(t *testing.T) {
	t.Parallel()
	b := read(t, csvFile(t, csvHead+
		"A-1,2026-11-20,2026-12-20,EUR,Example, Inc.,Thing,2,100,25\n"+
		"A-2,2026-11-20,2026-12-20,EUR,Example,Thing,2,100,25,,\n"+
		"A-3,2026-11-20,2026-12-20,EUR,Example,Thing,2,100\n"+
		"\n,,\n"+
		"A-4,2026-11-20,2026-12-20,EUR,Example,\"Thing\nof two lines\",2,100,25\n"+
		"A-5,2026-11-20,2026-12-20,EUR,Example,Thing,x,100,25\n"), sheet.Options{})
	var bad []string
	for _, e := range b.Entries {
		if !e.OK() {
			bad = append(bad, e.Invoice.Number)
		}
	}
	if strings.Join(bad, " ") != "A-1 A-3 A-5" {
		t.Errorf("bad invoices are %v: %v", bad, problemsOf(b))
	}
	if p := b.Entries[0].Problems[0].String(); p != "list.csv:2: has 10 fields, but the header row has 9; a separator is missing, or one inside a text is not in quotation marks" {
		t.Errorf("problems %s", p)
	}
	if e := b.Entries[4]; e.FirstRow != 9 || e.Problems[0].String() != `list.csv:9 column G: quantity "x" is not a number` {
		t.Errorf("row %d, %v", e.FirstRow, e.Problems)
	}
	out := t.TempDir() + "/out.csv"
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "\"Thing\nof two lines\",2,100,25,issued,") {
		t.Errorf("results are\n%s", data)
	}
}

func TestSameNumberAndSession(t *testing.T) {
	t.Parallel()
	head := strings.TrimSpace(csvHead) + ",Session id\n"
	row := func(number, customer, session string) string {
		return number + ",2026-11-20,2026-12-20,EUR," + customer + ",Thing,2,100,25," + session + "\n"
	}
	b := read(t, csvFile(t, head+row("A", "One", "")+row("B", "One", "s1")+row("A", "One", "")+row("C", "One", "s1")+row("D", "One", "")+row("D", "Two", "")+row("E", "One", "s2")+strings.Replace(row("E", "One", "s2"), "Thing", "Other", 1)), sheet.Options{})
	wantProblems(t, b,
		`list.csv:2 column A: invoice number "A" stands in A4 too; give each invoice its own number, and keep the rows of one together`,
		`list.csv:3 column J: session id "s1" stands in J5 ("C") too; a session belongs to one invoice`,
		`list.csv:4 column A: invoice number "A" stands in A2 too; give each invoice its own number, and keep the rows of one together`,
		`list.csv:5 column J: session id "s1" stands in J3 ("B") too; a session belongs to one invoice`,
		`list.csv:6 column E: customer name "One" is not the "Two" that stands in E7 for the same invoice; one invoice has one, so correct one of them, or the invoice number`,
		`list.csv:7 column E: customer name "Two" is not the "One" that stands in E6 for the same invoice; one invoice has one, so correct one of them, or the invoice number`,
	)
	if len(b.Entries) != 6 || !b.Entries[5].OK() {
		t.Errorf("%d entries", len(b.Entries))
	}
}

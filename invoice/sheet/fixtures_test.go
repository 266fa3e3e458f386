package sheet_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/invoice/sheet"
)

const fixtures = "../../fixtures/"

func TestGoodFixtures(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ invoices, lines int }{
		"invoices.xlsx": {25, 87}, "invoices-with-sessions.xlsx": {5, 8}, "invoices.csv": {5, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := read(t, fixtures+name, sheet.Options{})
			wantProblems(t, b)
			lines, credits, long, prepaid := 0, 0, 0, 0
			rates := map[string]bool{}
			for _, e := range b.Entries {
				lines += len(e.Invoice.Lines)
				if e.Invoice.IsCreditNote() {
					credits++
				}
				if len(e.Invoice.Lines) >= 30 {
					long++
				}
				if e.Invoice.Prepaid != "" {
					prepaid++
				}
				if (e.Invoice.SessionID != "") != (name == "invoices-with-sessions.xlsx") {
					t.Errorf("session of %s is %q", e.Invoice.Number, e.Invoice.SessionID)
				}
				for _, l := range e.Invoice.Lines {
					rates[string(l.VATRate)] = true
				}
			}
			if len(b.Entries) != want.invoices || lines != want.lines {
				t.Errorf("%d invoices of %d lines, want %d of %d", len(b.Entries), lines, want.invoices, want.lines)
			}
			if name == "invoices.xlsx" && (credits != 1 || long != 1 || prepaid != 1 || len(rates) != 2) {
				t.Errorf("%d credit notes, %d long, %d prepaid, rates %v", credits, long, prepaid, rates)
			}
			out := filepath.Join(t.TempDir(), "results"+filepath.Ext(name))
			if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
				t.Fatal(err)
			}
			again := read(t, out, sheet.Options{})
			for i, e := range again.Entries {
				if e.Invoice.Digest() != b.Entries[i].Invoice.Digest() {
					t.Errorf("invoice %s differs in its results", e.Invoice.Number)
				}
			}
		})
	}
}

// TestErrorFixture holds that exactly the rows which say that something is
// wrong are rejected, each problem once.
func TestErrorFixture(t *testing.T) {
	t.Parallel()
	b := read(t, fixtures+"invoices-with-errors.xlsx", sheet.Options{})
	f, err := excelize.OpenFile(fixtures + "invoices-with-errors.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Invoices")
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(row int) bool { return len(rows[row-1]) == 21 && rows[row-1][20] != "" }
	good := 0
	for _, e := range b.Entries {
		if wrong(e.FirstRow) == e.OK() {
			t.Errorf("rows %d to %d: problems are %v, but the row says %q", e.FirstRow, e.LastRow, e.Problems, rows[e.FirstRow-1][min(20, len(rows[e.FirstRow-1])-1)])
		}
		if e.OK() {
			good++
		}
	}
	if good < 7 {
		t.Errorf("%d good invoices", good)
	}
	all := problemsOf(b)
	if len(all) < 45 {
		t.Errorf("only %d problems", len(all))
	}
	slices.Sort(all)
	if once := slices.Compact(slices.Clone(all)); len(once) != len(all) {
		t.Errorf("a problem is reported twice:\n\t%s", strings.Join(all, "\n\t"))
	}
	for _, p := range all {
		if !strings.HasPrefix(p, "Invoices!") {
			t.Errorf("%s is reported without a cell", p)
		}
	}
}

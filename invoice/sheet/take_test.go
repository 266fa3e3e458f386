package sheet_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
)

// TestTake: entries whose invoices were taken while the file was read have the
// same problems and results as those that keep theirs.
func TestTake(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"workbook": fixtures + "invoices.xlsx", "with errors": fixtures + "invoices-with-errors.xlsx", "with sessions": fixtures + "invoices-with-sessions.xlsx", "csv": fixtures + "invoices.csv",
		"two of one number": write(t, "twice.csv", head+"\n"+row1+"\n"+row1+"\n"),
		"price with or without VAT": write(t, "prices.csv", "Invoice number,Issue date,Due date,Customer name,Currency,Description,Quantity,Price,VAT %\n"+
			"A-1,2026-11-20,2026-12-20,Example Ltd,EUR,Work,1,100,25\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := read(t, path, sheet.Options{})
			var invoices []*invoice.Invoice
			taken := read(t, path, sheet.Options{Take: func(e *sheet.Entry) { invoices = append(invoices, e.Invoice) }})
			if len(taken.Entries) != len(kept.Entries) || len(invoices) != len(kept.Entries) || len(invoices) == 0 {
				t.Fatalf("%d entries and %d invoices, want %d", len(taken.Entries), len(invoices), len(kept.Entries))
			}
			for i, want := range kept.Entries {
				got := taken.Entries[i]
				if got.Invoice != nil || got.Claims != nil || got.Number != want.Invoice.Number || got.SessionID != want.Invoice.SessionID || got.FirstRow != want.FirstRow {
					t.Errorf("entry %d is %+v, want number, session and row of %+v", i, got, want)
				}
				if !reflect.DeepEqual(invoices[i], want.Invoice) {
					t.Errorf("invoice %d: got %+v, want %+v", i, invoices[i], want.Invoice)
				}
				if !reflect.DeepEqual(got.Problems, want.Problems) {
					t.Errorf("problems of %s: got %v, want %v", got.Number, got.Problems, want.Problems)
				}
			}
			if got, want := written(t, taken), written(t, kept); !bytes.Equal(got, want) {
				t.Error("the results differ")
			}
		})
	}
}

// written is the file of results, with one for each good entry.
func written(t *testing.T, b *sheet.Book) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out."+string(b.Format))
	if err := b.WriteResults(t.Context(), out, results(b)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

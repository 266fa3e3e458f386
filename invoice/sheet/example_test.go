package sheet_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"invoicelink/invoice/sheet"
	"invoicelink/invoice/sheet/profile"
)

// A list with one row per invoice and a total lacks what only its sender knows;
// a profile says it.
func ExampleRead() {
	dir, err := os.MkdirTemp("", "sheet")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(path, []byte("Invoice No,Date,Customer,Amount\n1001,2026-11-13,Example Ltd,125.00\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	p, err := profile.Parse("mine", []byte(`
columns: {Amount: total}
defaults: {currency: DKK, vat_rate: 25, description: "Invoice {number}", due_after: 30d}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	book, err := sheet.Read(context.Background(), path, sheet.Options{Profiles: []*profile.Profile{p}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range book.Entries {
		fmt.Println(e.Invoice.Number, e.Invoice.DueDate, e.Invoice.Lines[0].UnitPrice, e.OK())
	}
	// Output: 1001 2026-12-13 100 true
}

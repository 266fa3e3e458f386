package pdf

import (
	"fmt"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// Render prints the page and returns the PDF file: version 1.7, all fonts
// embedded, PDF/A-3a and PDF/UA-1 by construction. The same page gives the same
// bytes, with the same build of the program, on any machine and at any time.
//
// Invoice and seller must be valid by their Validate methods and by
// [Printable] and [PrintableSeller]. An error names the field and what is
// wrong with it; a character that no font holds is an error, never an empty
// box. Render may be called by any number of goroutines.
func Render(p Page) ([]byte, error) {
	c, err := newComposer(&p)
	if err == nil {
		var file []byte
		if file, err = c.print(); err == nil {
			return file, nil
		}
	}
	return nil, fmt.Errorf("render %s: %w", nameOf(p.Invoice), err)
}

func nameOf(inv *invoice.Invoice) string {
	if inv == nil {
		return "page"
	}
	return "invoice " + text.Truncate(inv.Number, maxShown)
}

// created is the date of the document. The clock is not read: it is as old as
// what it says.
func (c *composer) created() time.Time {
	if n := len(c.page.Receipts); n > 0 {
		return c.page.Receipts[n-1].At.UTC()
	}
	if !c.page.RenewedOn.IsZero() {
		return c.page.RenewedOn.UTC()
	}
	return c.inv.IssueDate.Start(time.UTC).UTC()
}

package pdf_test

import (
	"bytes"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// Whatever Validate and Printable let through is printed, and Printable finds
// everything that Render would refuse.
func FuzzRender(f *testing.F) {
	f.Add("2026-0042", "Example", "Street 1\nFloor 2", "Description", "pcs", "1", "9.99", "25", "note", "en")
	f.Add("a", "Å\u0301\u0327", strings.Repeat("\n", 200), strings.Repeat("W", 1000), "\u00A0", "-0.000001", "999999999999.999999", "0", "\u2028", "de")
	f.Add("((\\", ")\\(", "(\\)", "\\", "%", "123456789012", "0.000001", "100", "الع", "da")
	f.Add("№ 1", "茶", "a\u0300\u0301\u0302", "ﬁ ½ ₺ ✓", "გ", "1", "1", "0", "\uFFFE\uFEFF", "x")
	f.Fuzz(func(t *testing.T, number, name, street, description, unit, quantity, price, rate, note, language string) {
		inv := plainInvoice()
		inv.Number, inv.Buyer.Name, inv.Buyer.Address.Street, inv.Note, inv.Language = number, name, street, note, language
		inv.Lines = append(inv.Lines, invoice.Line{
			Item: name, Description: description, Unit: unit,
			Quantity: invoice.Decimal(quantity), UnitPrice: invoice.Decimal(price), VATRate: invoice.Decimal(rate),
		})
		if len(inv.Validate()) > 0 {
			return
		}
		s := seller()
		s.Footer, s.PaymentTerms = note, description
		problems := append(pdf.Printable(inv, s), pdf.PrintableSeller(s)...)
		file, err := pdf.Render(pdf.Page{Invoice: inv, Seller: s, Mark: pdf.MarkTest})
		switch {
		case (err != nil) != (len(problems) > 0):
			t.Fatalf("Printable says %v, Render says %v", problems, err)
		case err == nil && !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")):
			t.Fatal("file is cut off")
		}
	})
}

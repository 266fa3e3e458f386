package pdf_test

import (
	"fmt"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

func ExampleRender() {
	inv := &invoice.Invoice{
		Number: "2026-0001", IssueDate: "2026-11-02", DueDate: "2026-12-02", Currency: "EUR", Language: "de",
		Buyer: invoice.Party{Name: "Beispiel GmbH", Address: invoice.Address{Street: "Musterweg 1", Zip: "20095", City: "Hamburg", Country: "DE"}},
		Lines: []invoice.Line{{Description: "Beratung", Quantity: "2", Unit: "h", UnitPrice: "95", VATRate: "19"}},
	}
	seller := &invoice.Seller{
		Party: invoice.Party{Name: "Sample GmbH", VATID: "DE123456788", Address: invoice.Address{Street: "Beispielallee 7", Zip: "10115", City: "Berlin", Country: "DE"}},
		IBAN:  "DE89370400440532013000",
	}
	page := pdf.Page{Invoice: inv, Seller: seller}
	xml, err := pdf.EInvoice(page)
	if err != nil {
		fmt.Println(err)
		return
	}
	page.XML = xml
	file, err := pdf.Render(page)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, with an e-invoice: %t\n", file[:8], len(xml) > 0)
	// Output: %PDF-1.7, with an e-invoice: true
}

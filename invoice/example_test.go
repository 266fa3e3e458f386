package invoice_test

import (
	"fmt"

	"invoicelink/invoice"
)

func ExampleDocument_CheckLaw() {
	seller := &invoice.Seller{Party: invoice.Party{Name: "Sample GmbH", VATID: "DE136695976",
		Address: invoice.Address{Street: "Musterweg 1", Zip: "10115", City: "Berlin", Country: "DE"}}}
	inv := &invoice.Invoice{
		Number: "2026-0042", IssueDate: "2026-03-01", DueDate: "2026-03-31", Currency: "EUR",
		Buyer: invoice.Party{Name: "Buyer AG", Address: invoice.Address{Street: "Gasse 2", Zip: "1010", City: "Wien", Country: "AT"}},
		Lines: []invoice.Line{{Description: "Consulting", Quantity: "3", Unit: "h", UnitPrice: "95", VATCategory: invoice.VATReverseCharge}},
	}
	if err := inv.Validate().Err(); err != nil {
		fmt.Println(err)
		return
	}
	d, err := invoice.NewDocument(inv.Canonical(), seller)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range d.CheckLaw() {
		fmt.Println(p.Code, p.Field, p.Message)
	}
	fmt.Println(d.Totals.Payable, d.Exemption(invoice.VATReverseCharge).Case)
	// Output:
	// BR-AE-02 buyer.vatId is missing; reverse charge needs the buyer's VAT id, or its registration number if it has none
	// 285.00 EUR art-196
}

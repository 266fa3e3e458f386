package einvoice

import (
	"fmt"

	"invoicelink/invoice"
)

// CheckPeppol reports what a Peppol receiver needs and the document lacks, by
// the ids of the rules of Peppol BIS Billing 3.0. EN 16931 itself is for
// Document.CheckLaw.
func CheckPeppol(d *invoice.Document) invoice.Problems {
	t := newTerms(d, Options{})
	var p invoice.Problems
	add := func(code, field, message string) {
		p = append(p, invoice.Problem{Code: code, Field: field, Message: message})
	}
	address := func(code, field string, party invoice.Party) {
		if e := party.ElectronicAddress(); e.ID == "" || e.Scheme == "EM" {
			add(code, field, "is missing; give the electronic address in the Peppol network with its scheme, such as a GLN (0088)")
		}
	}
	address("PEPPOL-EN16931-R020", "seller.endpoint", t.Seller.Party)
	address("PEPPOL-EN16931-R010", "buyer.endpoint", t.inv.Buyer)
	if t.inv.BuyerReference == "" && t.inv.References.Order == "" {
		add("PEPPOL-EN16931-R003", "buyerReference", "is missing; Peppol wants the buyer's reference or the number of its order")
	}
	for i, l := range t.inv.Lines {
		if !lineAddsUp(l, t.inv.Currency) {
			add("PEPPOL-EN16931-R120", fmt.Sprintf("lines[%d].unitPrice", i), "gives an amount that "+t.inv.Currency+" rounds by more than 0.02, which Peppol takes for an error; round the price so that quantity × price is a whole amount")
		}
	}
	if t.Seller.Address.Country == "DK" && t.Seller.Register() != "0184" {
		add("DK-R-014", "seller.registrationNo", "is missing; a Danish seller states its CVR number of 8 digits")
	}
	return p
}

// lineAddsUp reports whether quantity × price in hundredths is the line's own
// amount, as Peppol computes it. In a currency without hundredths it may not be.
func lineAddsUp(l invoice.Line, currency string) bool {
	own, err := l.Amounts(currency)
	if err != nil {
		return true // UBL fails on it
	}
	exact, err := l.Amounts("EUR")
	if err != nil {
		return true
	}
	a, errA := invoice.ParseMoney(own.Net.Number(), "EUR")
	b, errB := invoice.MoneyOf(exact.Net)
	return errA != nil || errB != nil || a == b
}

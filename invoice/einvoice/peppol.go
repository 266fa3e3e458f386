package einvoice

import "invoicelink/invoice"

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
	if t.Seller.Address.Country == "DK" && t.Seller.Register() != "0184" {
		add("DK-R-014", "seller.registrationNo", "is missing; a Danish seller states its CVR number of 8 digits")
	}
	return p
}

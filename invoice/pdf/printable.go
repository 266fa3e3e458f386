package pdf

import (
	"fmt"
	"strings"

	"invoicelink/invoice"
)

// Printable reports every character of the invoice that no font of the page
// holds or that the page cannot set (scripts written from right to left, and
// those whose letters join), by the field's JSON path and with the character
// named. The fonts hold Latin with all diacritics in use, Greek, Cyrillic,
// Armenian, Georgian, and common symbols. An invoice without problems, here
// and in its Validate, can be rendered.
func Printable(inv *invoice.Invoice) invoice.Problems {
	var p missing
	p.line("number", inv.Number)
	p.party("buyer", inv.Buyer)
	p.line("buyerReference", inv.BuyerReference)
	p.line("originalInvoice", inv.OriginalInvoice)
	p.line("note", inv.Note)
	for i, l := range inv.Lines {
		if plain(l.Item) && plain(l.Description) && plain(l.Unit) {
			continue
		}
		path := fmt.Sprintf("lines[%d]", i)
		p.line(path+".item", l.Item)
		p.line(path+".description", l.Description)
		p.line(path+".unit", l.Unit)
	}
	return p.problems
}

// PrintableSeller is [Printable] for the seller's profile. It also reports a
// logo that cannot be printed.
func PrintableSeller(s *invoice.Seller) invoice.Problems {
	var p missing
	p.party("seller", s.Party)
	p.line("seller.email", s.Email)
	p.line("seller.phone", s.Phone)
	p.line("seller.bank", s.Bank)
	p.line("seller.iban", s.IBAN)
	p.line("seller.bic", s.BIC)
	p.line("seller.paymentTerms", s.PaymentTerms)
	p.line("seller.footer", s.Footer)
	if len(s.Logo) > 0 {
		if _, err := openLogo(s.Logo); err != nil {
			p.problems = append(p.problems, invoice.Problem{Field: "seller.logo", Message: err.Error()})
		}
	}
	return p.problems
}

type missing struct{ problems invoice.Problems }

// party checks what is printed of a party; a buyer's e-mail and phone are not.
func (p *missing) party(path string, who invoice.Party) {
	p.line(path+".name", who.Name)
	p.line(path+".id", who.ID)
	p.line(path+".vatId", who.VATID)
	p.line(path+".registrationNo", who.RegistrationNo)
	p.line(path+".address.street", who.Address.Street)
	p.line(path+".address.zip", who.Address.Zip)
	p.line(path+".address.city", who.Address.City)
	p.line(path+".address.country", who.Address.Country)
}

// line reports each character of a field once, and at most ten of them.
func (p *missing) line(field, s string) {
	const most = 10
	if plain(s) {
		return
	}
	var found []string
	seen := map[rune]bool{}
	for _, r := range clean(s) {
		if r == '\n' || seen[r] || len(found) == most {
			continue
		}
		seen[r] = true
		// Any field may be printed in bold, so both weights must hold it.
		if f, _ := faceFor(regular, r); f != nil {
			if f, _ := faceFor(bold, r); f != nil {
				continue
			}
		}
		found = append(found, fmt.Sprintf("U+%04X %q", r, r))
	}
	if len(found) == 0 {
		return
	}
	what := "the character " + found[0]
	if len(found) > 1 {
		what = "the characters " + strings.Join(found, ", ")
	}
	p.problems = append(p.problems, invoice.Problem{
		Field: field, Value: clip(s),
		Message: "has " + what + ", which the page has no letter for; write it in Latin, Greek or Cyrillic letters",
	})
}

// clip keeps a hostile value short.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

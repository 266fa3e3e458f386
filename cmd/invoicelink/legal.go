package main

import (
	"fmt"
	"io"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
)

// legalFlag says what becomes of an invoice that breaks a legal rule of its
// seller's country.
type legalFlag struct {
	Legal invoice.Enforcement `enum:"enforce,warn" default:"enforce" help:"What becomes of invoices that break a legal rule (EN 16931, VAT law) of the seller's country: ${enum}. The profile's \"legal\" chooses the rules." placeholder:"WHAT"`
}

// seller reads the profile and holds it against the rules itself. What only
// warns is written to w.
func (f legalFlag) seller(path string, w io.Writer) (*invoice.Seller, error) {
	s, err := readSeller(path)
	if err != nil {
		return nil, err
	}
	found := s.CheckLaw()
	if len(found) > 0 && f.Legal == invoice.LegalEnforce {
		return nil, fmt.Errorf("seller profile %s breaks legal rules; correct it, or use --legal warn:\n%s", path, profileProblems(found))
	}
	if len(found) > 0 {
		fmt.Fprintf(w, "seller profile %s breaks legal rules:\n%s\n", path, profileProblems(found))
	}
	return s, nil
}

// check is what an invoice of a file is held against beyond its form. Without a
// seller no legal rule is looked at.
func (f legalFlag) check(seller *invoice.Seller) func(*invoice.Invoice) invoice.Problems {
	return func(inv *invoice.Invoice) invoice.Problems {
		found := pdf.Printable(inv, seller)
		if seller != nil {
			refused, _ := f.Legal.Judge(seller, inv)
			found = append(found, refused...)
		}
		return found
	}
}

// warn lists the legal rules that the good documents of a file break, if these
// only warn, and says if none was looked at.
func (f legalFlag) warn(w io.Writer, u *batch.Upload, b *sheet.Book, seller *invoice.Seller) error {
	if seller == nil {
		fmt.Fprintln(w, "  not checked: legal rules, which depend on the seller; name the profile with --seller")
		return nil
	}
	if !lawChecked(seller) {
		fmt.Fprintln(w, "  not checked: legal rules, of which the seller's profile has none (legal)")
		return nil
	}
	return u.Each(b, func(e *sheet.Entry, inv *invoice.Invoice) error {
		if !e.OK() {
			return nil
		}
		_, warned := f.Legal.Judge(seller, inv)
		for _, p := range warned {
			fmt.Fprintf(w, "  warning: invoice %s: %s: %s %s\n", inv.Number, p.Code, p.Field, p.Message)
		}
		return nil
	})
}

// lawChecked reports whether invoices are held against legal rules at all.
func lawChecked(seller *invoice.Seller) bool {
	return seller != nil && seller.LegalRules() != invoice.LegalNone
}

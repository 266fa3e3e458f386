package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Canonical returns the invoice in the one form that equal content has:
// defaults filled in, spaces trimmed, zero amounts left out. The receiver is
// not changed.
func (inv *Invoice) Canonical() *Invoice {
	c := *inv
	trim(&c.Number, &c.Currency, &c.BuyerReference, &c.OriginalInvoice, &c.Note, &c.Language, &c.SessionID)
	c.Currency = strings.ToUpper(c.Currency)
	if c.Kind == "" {
		c.Kind = KindInvoice
	}
	if c.SupplyDate == c.IssueDate {
		c.SupplyDate = ""
	}
	c.Buyer = c.Buyer.canonical()
	c.Lines = make([]Line, len(inv.Lines))
	for i, l := range inv.Lines {
		trim(&l.Item, &l.Description, &l.Unit)
		l.Quantity = l.Quantity.Or("1")
		if l.VATRate != "" || l.VATCategory != "" { // neither is for Validate to tell
			l.VATRate, l.VATCategory = l.VATRate.Or("0"), l.Category()
		}
		l.Discount, l.DiscountPercent = orNothing(l.Discount), orNothing(l.DiscountPercent)
		c.Lines[i] = l
	}
	c.Prepaid, c.Rounding = orNothing(c.Prepaid), orNothing(c.Rounding)
	return &c
}

func (p Party) canonical() Party {
	trim(&p.Name, &p.ID, &p.VATID, &p.RegistrationNo, &p.Email, &p.Phone,
		&p.Address.Street, &p.Address.Zip, &p.Address.City, &p.Address.Country)
	p.VATID = strings.ToUpper(p.VATID)
	p.Address.Country = strings.ToUpper(p.Address.Country)
	return p
}

// Digest is the SHA-256 of the canonical JSON, in lower-case hex. Two requests
// with the same digest ask for the same invoice.
func (inv *Invoice) Digest() string {
	return digest(inv.Canonical())
}

// Digest is the SHA-256 of the seller's JSON, in lower-case hex: the name of a
// snapshot.
func (s *Seller) Digest() string { return digest(s) }

func digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		// Only strings, slices and structs of them are marshalled here.
		panic(fmt.Sprintf("invoice: marshal %T: %v", v, err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func orNothing(d Decimal) Decimal {
	if d.IsZero() {
		return ""
	}
	return d
}

func trim(fields ...*string) {
	for _, f := range fields {
		*f = strings.TrimSpace(*f)
	}
}

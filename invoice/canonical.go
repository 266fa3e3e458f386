package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Canonical returns the invoice in the one form that equal content has:
// defaults filled in, texts cleaned and trimmed, codes in upper case, zero
// amounts left out. The receiver is not changed.
func (inv *Invoice) Canonical() *Invoice {
	c := *inv
	copySlices(reflect.ValueOf(&c).Elem())
	if c.Lines == nil {
		c.Lines = []Line{} // "lines":[] in JSON, not null
	}
	eachText(reflect.ValueOf(&c), "", func(_, name string, s *string) {
		*s = strings.TrimSpace(Clean(*s))
		if upperCase[name] {
			*s = strings.ToUpper(*s)
		}
	})
	c.Language = primaryLanguage(c.Language)
	if c.Kind == "" {
		c.Kind = KindInvoice
	}
	if c.SupplyDate == c.IssueDate {
		c.SupplyDate = ""
	}
	country := c.Buyer.Address.Country
	c.Buyer.GlobalID.Scheme = icdOf(c.Buyer.GlobalID.Scheme, country)
	c.Buyer.RegistrationScheme = icdOf(c.Buyer.RegistrationScheme, country)
	c.Buyer.Endpoint.Scheme = easOf(c.Buyer.Endpoint, country)
	c.Delivery.Location.Scheme = icdOf(c.Delivery.Location.Scheme, c.Delivery.Address.Country)
	c.Account.IBAN = strings.ReplaceAll(c.Account.IBAN, " ", "")
	c.canonicalReferences()
	for i := range c.Lines {
		c.Lines[i].canonical()
	}
	canonicalAllowances(c.Allowances)
	canonicalAllowances(c.Charges)
	c.Prepaid, c.Rounding = orNothing(c.Prepaid), orNothing(c.Rounding)
	return &c
}

// upperCase are the members that hold codes.
var upperCase = map[string]bool{"currency": true, "country": true, "vatId": true, "iban": true, "bic": true, "reasonCode": true, "code": true}

func (l *Line) canonical() {
	l.Quantity = l.Quantity.Or("1")
	l.StandardID.Scheme = itemScheme(l.StandardID)
	if l.VATRate != "" || l.VATCategory != "" { // neither is for Validate to report
		l.VATRate, l.VATCategory = l.VATRate.Or("0"), l.Category()
	}
	l.Discount, l.DiscountPercent = orNothing(l.Discount), orNothing(l.DiscountPercent)
	if l.GrossPrice == l.UnitPrice {
		l.GrossPrice = ""
	}
	if l.PriceQuantity == "1" {
		l.PriceQuantity = ""
	}
}

func canonicalAllowances(list []DocumentAllowance) {
	for i := range list {
		if a := &list[i]; a.VATRate != "" || a.VATCategory != "" {
			a.VATRate, a.VATCategory = a.VATRate.Or("0"), a.Category()
		}
	}
}

// canonicalReferences leaves a single reference without a date where it always
// stood, and puts all others into the list.
func (inv *Invoice) canonicalReferences() {
	list := inv.Preceding()
	inv.OriginalInvoice, inv.PrecedingInvoices = "", list
	if len(list) == 1 && list[0].IssueDate == "" {
		inv.OriginalInvoice, inv.PrecedingInvoices = list[0].Number, nil
	}
}

// primaryLanguage is the first subtag of a language tag, which is what the page
// is printed by.
func primaryLanguage(tag string) string {
	primary, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(primary)
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
		// Only strings, booleans, slices and structs of them are marshalled here.
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

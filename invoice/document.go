package invoice

import "strings"

// Document is an invoice together with its seller and its totals: everything
// that a page, an e-invoice and the law look at. Its methods give what counts,
// wherever it was stated.
type Document struct {
	Invoice *Invoice
	Seller  *Seller
	Totals  *Totals
}

// NewDocument computes the totals of an invoice that Validate has no problem
// with.
func NewDocument(inv *Invoice, seller *Seller) (*Document, error) {
	t, err := inv.Totals()
	if err != nil {
		return nil, err
	}
	return &Document{Invoice: inv, Seller: seller, Totals: t}, nil
}

// Language is the primary language that the document is written in: the
// invoice's, else the seller's, else "en".
func (d *Document) Language() string {
	for _, tag := range []string{d.Invoice.Language, d.Seller.Language} {
		if tag != "" {
			return primaryLanguage(tag)
		}
	}
	return "en"
}

// PaymentTerms are the invoice's, else the seller's (BT-20).
func (d *Document) PaymentTerms() string {
	if d.Invoice.PaymentTerms != "" {
		return d.Invoice.PaymentTerms
	}
	return d.Seller.PaymentTerms
}

// Account is where a transfer goes: the invoice's account, else the seller's
// (BG-17). The holder is filled in.
func (d *Document) Account() BankAccount {
	a := d.Invoice.Account
	if a.IBAN == "" {
		a = BankAccount{IBAN: d.Seller.IBAN, BIC: d.Seller.BIC, Bank: d.Seller.Bank}
	}
	if a.Holder == "" {
		a.Holder = d.Seller.Name
	}
	return a
}

// TaxRepresentative is the invoice's, else the seller's (BG-11).
func (d *Document) TaxRepresentative() TaxRepresentative {
	if d.Invoice.TaxRepresentative != (TaxRepresentative{}) {
		return d.Invoice.TaxRepresentative
	}
	return d.Seller.TaxRepresentative
}

// CashAccounting reports whether the VAT becomes chargeable with the payment.
func (d *Document) CashAccounting() bool {
	return d.Invoice.CashAccounting || d.Seller.CashAccounting && d.Invoice.TaxPointDate == ""
}

// SmallBusiness reports whether the seller charges no VAT as a small enterprise.
func (d *Document) SmallBusiness() bool { return d.Invoice.SmallBusiness || d.Seller.SmallBusiness }

// OutOfScope reports whether nothing on the document is subject to VAT. Such a
// document states no VAT identifier (BR-O-02): the seller's is left out.
func (d *Document) OutOfScope() bool {
	for _, g := range d.Totals.VAT {
		if g.Category != VATOutOfScope {
			return false
		}
	}
	return len(d.Totals.VAT) > 0
}

// SupplyDate is the day of supply (BT-72): the invoice's own, else the issue
// date, which a missing one means.
func (d *Document) SupplyDate() Date {
	if d.Invoice.SupplyDate != "" {
		return d.Invoice.SupplyDate
	}
	return d.Invoice.IssueDate
}

// BuyerCountry is that of the buyer's VAT identifier, else of the address, as
// ISO 3166-1 writes it; "" if neither says.
func (d *Document) BuyerCountry() string {
	if c := vatCountry(d.Invoice.Buyer.VATID); c != "" {
		return c
	}
	return d.Invoice.Buyer.Address.Country
}

// vatCountry is the country of a VAT identifier's prefix: Greece's is EL.
func vatCountry(id string) string {
	if len(id) < 2 {
		return ""
	}
	switch prefix := strings.ToUpper(id[:2]); {
	case prefix == "EL":
		return "GR"
	case isCountry(prefix):
		return prefix
	}
	return ""
}

// vatArea is the country that a place belongs to for VAT on goods: "XI" for
// Northern Ireland, and "" for the parts of member states that are outside the
// VAT area (Directive 2006/112/EC, articles 6 and 7), which their post codes
// tell.
func (a Address) vatArea() string {
	zip := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(a.Zip))
	number := strings.TrimLeft(zip, "ADEFGILRSX") // without a country, as in D-78266
	for _, begin := range outsideVATArea[a.Country] {
		if strings.HasPrefix(number, begin) {
			return ""
		}
	}
	switch {
	case a.Country == "MC":
		return "FR"
	case a.Country == "GB" && len(zip) > 2 && zip[:2] == "BT" && digits(zip[2:3]):
		return "XI"
	}
	return a.Country
}

// outsideVATArea are the beginnings of post codes there, by country.
var outsideVATArea = map[string][]string{
	"DE": {"27498", "78266"},                 // Heligoland, Büsingen
	"ES": {"35", "38", "51", "52"},           // Canary Islands, Ceuta, Melilla
	"FI": {"22"},                             // Åland
	"FR": {"97", "984", "986", "987", "988"}, // departments and territories overseas
	"GR": {"63086"},                          // Mount Athos
	"IT": {"22061", "23041"},                 // Campione, Livigno
}

// deliveryArea is the vatArea that goods or services went to (BT-80, else the
// buyer's address), and the place in words; both are empty if no country is
// known.
func (d *Document) deliveryArea() (area, place string) {
	to := d.Invoice.Delivery.Address
	if to.Country == "" {
		to = d.Invoice.Buyer.Address
	}
	switch area = to.vatArea(); {
	case to.Country == "":
		return "", ""
	case area == "":
		return "", strings.TrimSpace(to.Country + " " + to.Zip)
	case area == "XI":
		return area, "Northern Ireland (XI)"
	}
	return area, to.Country
}

// inEU reports whether a country belongs to the VAT area of the EU; Northern
// Ireland does for goods.
func inEU(country string) bool {
	switch country {
	case "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI":
		return true
	}
	return false
}

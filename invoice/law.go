package invoice

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// LegalProfile names the rules that an invoice is held against.
type LegalProfile string

// The legal profiles. A seller without one has that of its country: DE, DK, EU
// in other member states, and none elsewhere.
const (
	LegalEU   LegalProfile = "eu"   // EN 16931 and Directive 2006/112/EC
	LegalDE   LegalProfile = "de"   // and the German UStG
	LegalDK   LegalProfile = "dk"   // and the Danish momsbekendtgørelse
	LegalNone LegalProfile = "none" // none of them
)

var legalProfiles = []LegalProfile{LegalEU, LegalDE, LegalDK, LegalNone}

// Enforcement says what becomes of a document that breaks a legal rule.
type Enforcement string

// The enforcements. The zero value looks at no rule.
const (
	LegalEnforce Enforcement = "enforce" // it is refused
	LegalWarn    Enforcement = "warn"    // it is issued, with a warning
)

// Judge holds an invoice in any form against the rules of its seller: what it is
// refused for, and what is worth a warning.
func (e Enforcement) Judge(s *Seller, inv *Invoice) (refused, warned Problems) {
	switch e {
	case LegalEnforce:
		return s.CheckInvoice(inv), nil
	case LegalWarn:
		return nil, s.CheckInvoice(inv)
	}
	return nil, nil
}

// LegalRules is the profile that holds for the seller.
func (s *Seller) LegalRules() LegalProfile {
	switch country := s.Address.Country; {
	case s.Legal != "":
		return s.Legal
	case country == "DE":
		return LegalDE
	case country == "DK":
		return LegalDK
	case inEU(country):
		return LegalEU
	}
	return LegalNone
}

// CheckLaw reports every rule of the seller's profile that the profile itself
// breaks, whatever is invoiced. Validate says what is wrong with its form.
func (s *Seller) CheckLaw() Problems {
	var p Problems
	if s.LegalRules() == LegalNone {
		return p
	}
	if utf8.RuneCountInString(strings.TrimSpace(s.Name)) < 2 {
		p.add("seller-name", "seller.name", s.Name, "is not the full name of a business (Directive 2006/112/EC, article 226, number 5)")
	}
	p.vatID("seller.vatId", s.VATID)
	p.vatID("seller.taxRepresentative.vatId", s.TaxRepresentative.VATID)
	if s.VATID == "" && s.RegistrationNo == "" && s.GlobalID.ID == "" {
		p.add("BR-CO-26", "seller.registrationNo", "", "is missing; a seller without a VAT id is identified by a registration number or a global id")
	}
	p.fullAddress("seller-address", "seller.address", s.Address)
	if s.LegalRules() == LegalDK && vatCountry(s.VATID) != "DK" && s.RegistrationNo == "" {
		p.add("dk-cvr", "seller.registrationNo", "", "is missing; a Danish seller states its CVR number (momsbekendtgørelsen § 58, no. 3)")
	}
	return p
}

// CheckInvoice is Document.CheckLaw for an invoice in any form. It is nil for
// one whose totals cannot be computed; what is wrong with it, Validate says.
func (s *Seller) CheckInvoice(inv *Invoice) Problems {
	d, err := NewDocument(inv.Canonical(), s)
	if err != nil {
		return nil
	}
	return d.CheckLaw()
}

// law looks at one document.
type law struct {
	*Document
	Problems
	profile LegalProfile
}

// CheckLaw reports every rule of the seller's profile that the document breaks:
// rules of EN 16931 by their ids, others by words. The invoice must be in its
// canonical form. Problems of the seller's own profile are not among them.
func (d *Document) CheckLaw() Problems {
	l := &law{Document: d, profile: d.Seller.LegalRules()}
	if l.profile == LegalNone {
		return nil
	}
	l.parties()
	l.categories()
	l.reasons()
	l.references()
	l.nationalCurrency()
	l.rates()
	if d.SmallBusiness() && !d.Totals.VATTotal.IsZero() {
		l.add("small-business-vat", "lines[0].vatRate", string(d.Invoice.Lines[0].VATRate), "charges VAT, which a small business does not; use category E with rate 0")
	}
	return l.Problems
}

func (l *law) parties() {
	buyer := l.Invoice.Buyer
	l.vatID("buyer.vatId", buyer.VATID)
	l.vatID("taxRepresentative.vatId", l.Invoice.TaxRepresentative.VATID)
	switch {
	case buyer.Address.Country == "":
		l.add("BR-11", "buyer.address.country", "", "is missing; give the two-letter code of the buyer's country")
	case !l.Simplified():
		l.fullAddress("buyer-address", "buyer.address", buyer.Address)
	}
}

// fullAddress is what article 226, number 5 asks for: a street or a box, and a
// town.
func (p *Problems) fullAddress(rule, path string, a Address) {
	if a.Street == "" && a.Zip == "" {
		p.add(rule, path+".street", "", "is missing; an invoice states the full address (Directive 2006/112/EC, article 226, number 5)")
	}
	if a.City == "" {
		p.add(rule, path+".city", "", "is missing; an invoice states the full address (Directive 2006/112/EC, article 226, number 5)")
	}
}

// Simplified reports whether the document may leave out the buyer's address: it
// is small, and no VAT is left to the buyer (Directive 2006/112/EC, articles
// 220a and 238: up to 100 EUR; § 33 UStDV: 250 EUR; momsbekendtgørelsen § 63:
// 3,000 DKK).
func (d *Document) Simplified() bool {
	most, code := 100, "EUR"
	switch d.Seller.LegalRules() {
	case LegalDE:
		most = 250
	case LegalDK:
		most, code = 3000, "DKK"
	}
	for _, g := range d.Totals.VAT {
		if g.Category == VATReverseCharge || g.Category == VATIntraCommunity {
			return false
		}
	}
	return d.Invoice.Currency == code && within(d.Totals.Total, centsOf(100*most, code))
}

// use is where a VAT category stands: the suffix of the rules about it and the
// field of its first occurrence.
type use struct{ suffix, field string }

// uses finds out where each category stands first.
func (l *law) uses() map[VATCategory]use {
	m := map[VATCategory]use{}
	note := func(c VATCategory, suffix, field string) {
		if _, seen := m[c]; !seen {
			m[c] = use{suffix, field + ".vatCategory"}
		}
	}
	for i, line := range l.Invoice.Lines {
		note(line.Category(), "02", fmt.Sprintf("lines[%d]", i))
	}
	for i, a := range l.Invoice.Allowances {
		note(a.Category(), "03", fmt.Sprintf("allowances[%d]", i))
	}
	for i, c := range l.Invoice.Charges {
		note(c.Category(), "04", fmt.Sprintf("charges[%d]", i))
	}
	return m
}

// categories checks who must be identified for each VAT category, and where the
// goods go.
func (l *law) categories() {
	uses := l.uses()
	seller, buyer := l.Seller, l.Invoice.Buyer
	representative := l.TaxRepresentative().VATID
	home := l.supplyCountry()
	for _, group := range l.Totals.VAT {
		u := uses[group.Category]
		rule := ruleGroups[group.Category]
		if (group.Category == VATIntraCommunity || group.Category == VATExport) && seller.VATID == "" && representative == "" {
			l.add(rule+u.suffix, "seller.vatId", "", "is missing; the seller's VAT id is needed for category "+string(group.Category))
		}
		switch group.Category {
		case VATReverseCharge:
			if buyer.VATID == "" && buyer.RegistrationNo == "" {
				l.add(rule+u.suffix, "buyer.vatId", "", "is missing; reverse charge needs the buyer's VAT id, or its registration number if it has none")
			}
		case VATIntraCommunity:
			if buyer.VATID == "" {
				l.add(rule+u.suffix, "buyer.vatId", "", "is missing; an intra-community supply needs the buyer's VAT id")
			}
			switch area, to := l.deliveryArea(); {
			case to == "":
				l.add("BR-IC-12", "delivery.address.country", "", "is missing; an intra-community supply states the country the goods went to")
			case area == "":
				l.add("intra-community-country", u.field, string(group.Category), fmt.Sprintf("is an intra-community supply, but %s is outside the VAT area of the EU: an export, category G (Directive 2006/112/EC, article 6)", to))
			case area == home || !inEU(area):
				l.add("intra-community-country", u.field, string(group.Category), fmt.Sprintf("is an intra-community supply, but the goods went to %s and came from %s", to, home))
			}
			if c := vatCountry(buyer.VATID); c != "" && (c == home || !inEU(c)) {
				l.add("intra-community-buyer", "buyer.vatId", buyer.VATID, "is not of another member state, which an intra-community supply needs")
			}
		case VATExport:
			if area, to := l.deliveryArea(); inEU(area) {
				l.add("export-country", u.field, string(group.Category), fmt.Sprintf("is an export, but the goods went to %s, which is inside the EU", to))
			}
		case VATZero:
			if area, to := l.deliveryArea(); to != "" && area != home && inEU(home) {
				l.add("zero-rate-abroad", u.field, string(group.Category), fmt.Sprintf("is the zero rate of %s, but this went to %s: state why no VAT is charged (K for goods to a business in the EU, AE where it accounts for the VAT, G for an export, E for another exemption, O where no VAT is due)", home, to))
			}
		case VATOutOfScope:
			if buyer.VATID != "" {
				l.add(rule+u.suffix, "buyer.vatId", buyer.VATID, "cannot stand on an invoice that is not subject to VAT; take it out or use another category")
			}
			if seller.RegistrationNo == "" && seller.GlobalID.ID == "" {
				l.add("BR-CO-26", "seller.registrationNo", "", "is missing; without its VAT id, which category O forbids, the seller is identified by a registration number or a global id")
			}
			l.outOfScopeAlone(uses)
		}
	}
}

// supplyCountry is where the goods came from: the country of the VAT id that
// they are supplied under, else of the seller's address.
func (d *Document) supplyCountry() string {
	for _, id := range []string{d.TaxRepresentative().VATID, d.Seller.VATID} {
		if c := vatCountry(id); inEU(c) {
			return c
		}
	}
	return d.Seller.Address.Country
}

// outOfScopeAlone: category O stands on no invoice with another category.
func (l *law) outOfScopeAlone(uses map[VATCategory]use) {
	rules := map[string]string{"02": "BR-O-12", "03": "BR-O-13", "04": "BR-O-14"}
	for _, group := range l.Totals.VAT {
		if group.Category != VATOutOfScope {
			u := uses[group.Category]
			l.add(rules[u.suffix], u.field, string(group.Category), "stands next to category O; what is not subject to VAT needs an invoice of its own (BR-O-11)")
		}
	}
}

// reasons: an exemption says why (BR-E-10), and so does each allowance and
// charge.
func (l *law) reasons() {
	if u, exempt := l.uses()[VATExempt]; exempt && l.Exemption(VATExempt) == (Exemption{}) {
		l.add("BR-E-10", u.field, string(VATExempt), "is exempt from VAT without saying why; give the reason or its VATEX code in exemptions")
	}
	missing := func(path string, a Allowance, rule *allowanceRule) {
		if a.Reason == "" && a.ReasonCode == "" {
			l.add(rule.reason, path+".reason", "", "is missing; say what the "+rule.what+" is for, or give its code, such as "+rule.example)
		}
	}
	for i, a := range l.Invoice.Allowances {
		missing(fmt.Sprintf("allowances[%d]", i), a.Allowance, &allowanceRules)
	}
	for i, a := range l.Invoice.Charges {
		missing(fmt.Sprintf("charges[%d]", i), a.Allowance, &chargeRules)
	}
	for n, line := range l.Invoice.Lines {
		for i, a := range line.Allowances {
			missing(fmt.Sprintf("lines[%d].allowances[%d]", n, i), a, &lineAllowanceRules)
		}
		for i, a := range line.Charges {
			missing(fmt.Sprintf("lines[%d].charges[%d]", n, i), a, &lineChargeRules)
		}
	}
}

// references: a credit note names the invoice that it corrects (article 219),
// or the period of a bonus.
func (l *law) references() {
	if l.Invoice.IsCreditNote() && len(l.Invoice.Preceding()) == 0 && l.Invoice.Period == (Period{}) {
		l.add("credit-note-original", "originalInvoice", "", "is missing; a credit note names the invoice it corrects, or the period it is for (Directive 2006/112/EC, article 219)")
	}
}

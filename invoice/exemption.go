package invoice

import (
	"slices"
	"strings"
)

// ExemptionCase is the key of a provision under which no VAT is charged. The
// page has the sentence for each in its own language.
type ExemptionCase string

// The cases. Articles are those of Directive 2006/112/EC.
const (
	CaseArt44         ExemptionCase = "art-44"         // service supplied where the buyer is, outside the EU
	CaseArt138        ExemptionCase = "art-138"        // intra-community supply of goods
	CaseArt146        ExemptionCase = "art-146"        // export of goods
	CaseArt194        ExemptionCase = "art-194"        // reverse charge: the seller is not established in the buyer's country
	CaseArt196        ExemptionCase = "art-196"        // reverse charge: service to a business in another member state
	CaseArt199        ExemptionCase = "art-199"        // reverse charge inside one member state
	CaseDE13b         ExemptionCase = "de-13b"         // the same in Germany, § 13b UStG
	CaseDK46          ExemptionCase = "dk-46"          // the same in Denmark, momsloven § 46
	CaseSmallBusiness ExemptionCase = "small-business" // small enterprise, articles 281 to 292
	CaseDE19          ExemptionCase = "de-19"          // the same in Germany, § 19 UStG
	CaseDK48          ExemptionCase = "dk-48"          // the same in Denmark, momsloven § 48
	CaseMarginTravel  ExemptionCase = "margin-travel-agents"
	CaseMarginGoods   ExemptionCase = "margin-second-hand-goods"
	CaseMarginArt     ExemptionCase = "margin-works-of-art"
	CaseMarginItems   ExemptionCase = "margin-collectors-items"
	CaseOutOfScope    ExemptionCase = "out-of-scope" // not subject to VAT
	// By the law of a country outside the EU, which the sender may name as reason.
	CaseExport        ExemptionCase = "export"
	CaseReverseCharge ExemptionCase = "reverse-charge"
)

// exemptionCases say in which categories a case can stand, and the code of the
// CEF VATEX list (BT-121) that goes with it.
var exemptionCases = map[ExemptionCase]struct {
	categories []VATCategory
	code       string
}{
	CaseArt44:         {[]VATCategory{VATOutOfScope, VATExport, VATReverseCharge}, ""},
	CaseArt138:        {[]VATCategory{VATIntraCommunity}, "VATEX-EU-IC"},
	CaseArt146:        {[]VATCategory{VATExport}, "VATEX-EU-G"},
	CaseArt194:        {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
	CaseArt196:        {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
	CaseArt199:        {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
	CaseDE13b:         {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
	CaseDK46:          {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
	CaseSmallBusiness: {[]VATCategory{VATExempt}, ""},
	CaseDE19:          {[]VATCategory{VATExempt}, ""},
	CaseDK48:          {[]VATCategory{VATExempt}, ""},
	CaseMarginTravel:  {[]VATCategory{VATExempt}, "VATEX-EU-D"},
	CaseMarginGoods:   {[]VATCategory{VATExempt}, "VATEX-EU-F"},
	CaseMarginArt:     {[]VATCategory{VATExempt}, "VATEX-EU-I"},
	CaseMarginItems:   {[]VATCategory{VATExempt}, "VATEX-EU-J"},
	CaseOutOfScope:    {[]VATCategory{VATOutOfScope}, "VATEX-EU-O"},
	CaseExport:        {[]VATCategory{VATExport}, "VATEX-EU-G"},
	CaseReverseCharge: {[]VATCategory{VATReverseCharge}, "VATEX-EU-AE"},
}

// categoryCodes are the VATEX codes of categories that have one of their own.
var categoryCodes = map[VATCategory]string{
	VATReverseCharge: "VATEX-EU-AE", VATIntraCommunity: "VATEX-EU-IC", VATExport: "VATEX-EU-G", VATOutOfScope: "VATEX-EU-O",
}

// codeCategory is the only category that a VATEX code stands in, "" if it can
// stand in several (Peppol rules P0104 to P0111).
func codeCategory(code string) VATCategory {
	code = strings.ToUpper(code)
	for category, own := range categoryCodes {
		if code == own {
			return category
		}
	}
	switch code {
	case "VATEX-EU-D", "VATEX-EU-F", "VATEX-EU-I", "VATEX-EU-J": // margin schemes
		return VATExempt
	}
	return ""
}

var marginCases = map[MarginScheme]ExemptionCase{
	MarginTravelAgents: CaseMarginTravel, MarginSecondHand: CaseMarginGoods, MarginArt: CaseMarginArt, MarginCollectors: CaseMarginItems,
}

// Exemption returns why no VAT is charged in the category: what the invoice
// says itself, with its gaps filled by the case that fits the parties. A
// category with VAT has the zero Exemption, and so has E if nothing says why.
func (d *Document) Exemption(c VATCategory) Exemption {
	e := Exemption{VATCategory: c}
	if i := slices.IndexFunc(d.Invoice.Exemptions, func(e Exemption) bool { return e.VATCategory == c }); i >= 0 {
		e = d.Invoice.Exemptions[i]
	}
	if e.Case == "" && e.Reason == "" && (e.Code == "" || c != VATExempt) {
		e.Case = d.usualCase(c)
	}
	if e.Code == "" {
		e.Code = exemptionCases[e.Case].code
	}
	if e.Code == "" {
		e.Code = categoryCodes[c]
	}
	if e == (Exemption{VATCategory: c}) {
		return Exemption{}
	}
	return e
}

func (d *Document) usualCase(c VATCategory) ExemptionCase {
	seller, buyer := d.Seller.Address.Country, d.BuyerCountry()
	abroad := !inEU(d.supplyCountry()) // where no article of the Directive holds
	switch {
	case c == VATIntraCommunity:
		return CaseArt138
	case c == VATExport && abroad:
		return CaseExport
	case c == VATReverseCharge && abroad:
		return CaseReverseCharge
	case c == VATOutOfScope && abroad:
		return CaseOutOfScope
	case c == VATExport:
		return CaseArt146
	case c == VATOutOfScope && buyer != "" && buyer != seller:
		return CaseArt44
	case c == VATOutOfScope:
		return CaseOutOfScope
	case c == VATReverseCharge && (buyer == seller || buyer == ""):
		return national(seller, CaseArt199, CaseDE13b, CaseDK46)
	case c == VATReverseCharge && !inEU(buyer):
		return CaseArt44
	case c == VATReverseCharge:
		return CaseArt196
	case c == VATExempt && d.Invoice.MarginScheme != "":
		return marginCases[d.Invoice.MarginScheme]
	case c == VATExempt && d.SmallBusiness():
		return national(seller, CaseSmallBusiness, CaseDE19, CaseDK48)
	}
	return ""
}

func national(country string, eu, de, dk ExemptionCase) ExemptionCase {
	switch country {
	case "DE":
		return de
	case "DK":
		return dk
	}
	return eu
}

// Text is the English sentence for the case; "" for none.
func (c ExemptionCase) Text() string { return exemptionTexts[c] }

var exemptionTexts = map[ExemptionCase]string{
	CaseArt44:         "Not subject to VAT in the seller's country: place of supply abroad, Article 44 of Directive 2006/112/EC",
	CaseArt138:        "Intra-community supply, exempt under Article 138 of Directive 2006/112/EC",
	CaseArt146:        "Export outside the EU, exempt under Article 146 of Directive 2006/112/EC",
	CaseArt194:        "Reverse charge, Article 194 of Directive 2006/112/EC",
	CaseArt196:        "Reverse charge, Articles 44 and 196 of Directive 2006/112/EC",
	CaseArt199:        "Reverse charge, Article 199 of Directive 2006/112/EC",
	CaseDE13b:         "Reverse charge, § 13b UStG (Steuerschuldnerschaft des Leistungsempfängers)",
	CaseDK46:          "Reverse charge, momsloven § 46 (omvendt betalingspligt)",
	CaseSmallBusiness: "Exempt: small enterprise, Article 284 of Directive 2006/112/EC",
	CaseDE19:          "Exempt: small enterprise, § 19 UStG (Kleinunternehmer)",
	CaseDK48:          "Exempt: small enterprise, momsloven § 48",
	CaseMarginTravel:  "Margin scheme - travel agents",
	CaseMarginGoods:   "Margin scheme - second-hand goods",
	CaseMarginArt:     "Margin scheme - works of art",
	CaseMarginItems:   "Margin scheme - collector's items and antiques",
	CaseOutOfScope:    "Not subject to VAT",
	CaseExport:        "Export, exempt from VAT",
	CaseReverseCharge: "Reverse charge: the recipient accounts for the VAT",
}

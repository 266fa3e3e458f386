package invoice_test

import (
	"fmt"
	"slices"
	"testing"

	"invoicelink/invoice"
)

// lawfulSeller is a seller of the country whose profile breaks no rule.
func lawfulSeller(country string) *invoice.Seller {
	s := &invoice.Seller{Party: invoice.Party{
		Name: "Seller Ltd", RegistrationNo: "12345674", Address: invoice.Address{Street: "Main Street 1", Zip: "1000", City: "Town", Country: country},
	}}
	s.VATID = map[string]string{"DE": "DE136695976", "DK": "DK12345674", "FR": "FR40303265045", "SE": "SE556188840401"}[country]
	return s
}

// lawful is an invoice to a business of the country that breaks no rule, of one
// line.
func lawful(country string, category invoice.VATCategory, rate invoice.Decimal) *invoice.Invoice {
	inv := small(invoice.Line{Description: "Thing", Quantity: "10", UnitPrice: "1000", VATRate: rate, VATCategory: category})
	inv.Buyer = invoice.Party{Name: "Buyer", Address: invoice.Address{Street: "Side Street 2", Zip: "2000", City: "City", Country: country}}
	inv.Buyer.VATID = map[string]string{"AT": "ATU13585627", "DE": "DE811569869", "DK": "DK13585628", "PL": "PL8567346215", "SE": "SE556188840401", "GR": "EL094259216"}[country]
	return inv
}

type lawCase struct {
	name   string
	seller *invoice.Seller
	inv    *invoice.Invoice
	change func(*invoice.Seller, *invoice.Invoice)
	want   []string // "code field" of each problem
}

func (c lawCase) check(t *testing.T) {
	t.Helper()
	if c.change != nil {
		c.change(c.seller, c.inv)
	}
	if p := append(c.seller.Validate(), c.inv.Validate()...); len(p) > 0 {
		t.Fatalf("the form itself is wrong: %v", p)
	}
	var got []string
	for _, p := range append(c.seller.CheckLaw(), c.seller.CheckInvoice(c.inv)...) {
		got = append(got, p.Code+" "+p.Field)
		if p.Message == "" {
			t.Errorf("%s has no message", p.Code)
		}
	}
	if !slices.Equal(got, c.want) {
		t.Errorf("got  %q\nwant %q", got, c.want)
	}
}

func TestLawfulDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []lawCase{
		{name: "domestic, Germany", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19")},
		{name: "domestic, Germany, reduced", seller: lawfulSeller("DE"), inv: lawful("DE", "", "7")},
		{name: "domestic, Germany, the rate of late 2020", seller: lawfulSeller("DE"), inv: lawful("DE", "", "16"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.SupplyDate = "2020-08-01" }},
		{name: "domestic, Denmark, in euros", seller: lawfulSeller("DK"), inv: lawful("DK", "", "25")},
		{name: "domestic, Denmark, in crowns of Sweden", seller: lawfulSeller("DK"), inv: lawful("DK", "", "25"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Currency, inv.LocalVAT = "SEK", invoice.LocalVAT{Currency: "DKK", Rate: "0.65"}
			}},
		{name: "reverse charge to Austria", seller: lawfulSeller("DE"), inv: lawful("AT", "AE", "0")},
		{name: "reverse charge to a buyer with a registration number", seller: lawfulSeller("DE"), inv: lawful("AT", "AE", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Buyer.VATID, inv.Buyer.RegistrationNo = "", "FN 1 a"
			}},
		{name: "reverse charge at home", seller: lawfulSeller("DE"), inv: lawful("DE", "AE", "0")},
		{name: "goods to Poland", seller: lawfulSeller("DK"), inv: lawful("PL", "K", "0")},
		{name: "goods to Greece, whose prefix is EL", seller: lawfulSeller("DK"), inv: lawful("GR", "K", "0")},
		{name: "goods for a buyer in Denmark, delivered in Sweden", seller: lawfulSeller("DE"), inv: lawful("DK", "K", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{City: "Malmö", Country: "SE"}
			}},
		{name: "export to Ukraine", seller: lawfulSeller("DE"), inv: lawful("UA", "G", "0")},
		{name: "not subject to VAT", seller: lawfulSeller("DE"), inv: lawful("US", "O", "0")},
		{name: "exempt with a reason", seller: lawfulSeller("DE"), inv: lawful("DE", "E", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Reason: "§ 4 Nr. 21 UStG"}}
			}},
		{name: "exempt with a code", seller: lawfulSeller("FR"), inv: lawful("DE", "E", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Code: "VATEX-EU-132"}}
			}},
		{name: "small business with a tax number", seller: lawfulSeller("DE"), inv: lawful("DE", "E", "0"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) {
				s.VATID, s.TaxNumber, s.SmallBusiness = "", "12/345/67890", true
			}},
		{name: "margin scheme", seller: lawfulSeller("DE"), inv: lawful("DE", "E", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginSecondHand }},
		{name: "tax representative", seller: lawfulSeller("FR"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) {
				s.VATID, s.TaxRepresentative = "", invoice.TaxRepresentative{Name: "Rep", VATID: "DE136695976", Address: invoice.Address{Country: "DE"}}
			}},
		{name: "credit note with its original", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Kind, inv.OriginalInvoice = invoice.KindCreditNote, "7"
			}},
		{name: "credit note for a year's bonus", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Kind, inv.Period = invoice.KindCreditNote, invoice.Period{Start: "2025-01-01", End: "2025-12-31"}
			}},
		{name: "small amount without address", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].UnitPrice, inv.Buyer.Address = "20", invoice.Address{Country: "DE"}
			}},
		{name: "a seller outside the EU", seller: lawfulSeller("US"), inv: small(),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.TaxNumber = "1" }},
		{name: "no rules wanted", seller: lawfulSeller("DE"), inv: small(),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Legal = invoice.LegalNone }},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
	}
}

func TestEachLegalRule(t *testing.T) {
	t.Parallel()
	noBuyerVAT := func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "" }
	noSellerVAT := func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.TaxNumber = "", "1" }
	allowance := func(a invoice.Allowance, category invoice.VATCategory, rate invoice.Decimal) []invoice.DocumentAllowance {
		return []invoice.DocumentAllowance{{Allowance: a, VATRate: rate, VATCategory: category}}
	}
	cases := []lawCase{
		{name: "buyer without country", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address = invoice.Address{} }, want: []string{"BR-11 buyer.address.country"}},
		{name: "buyer without address", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address = invoice.Address{Country: "DE"} },
			want:   []string{"buyer-address buyer.address.street", "buyer-address buyer.address.city"}},
		{name: "small amount that reverses the charge, without address", seller: lawfulSeller("DE"), inv: lawful("AT", "AE", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].UnitPrice, inv.Buyer.Address.City = "1", ""
			}, want: []string{"buyer-address buyer.address.city"}},
		{name: "VAT id without country", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "811569869" }, want: []string{"BR-CO-09 buyer.vatId"}},
		{name: "Greek VAT id with GR", seller: lawfulSeller("DE"), inv: lawful("GR", "K", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "GR094259216" }, want: []string{"BR-CO-09 buyer.vatId"}},
		{name: "VAT id of another length", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "DE81156986" }, want: []string{"vat-id-form buyer.vatId"}},
		{name: "VAT id with a slip", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "DE811569868" }, want: []string{"vat-id-check-digit buyer.vatId"}},
		{name: "seller's VAT id with a slip", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID = "DE136695975" }, want: []string{"vat-id-check-digit seller.vatId"}},
		{name: "seller named X", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Name = "X" }, want: []string{"seller-name seller.name"}},
		{name: "seller without address", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Address = invoice.Address{Country: "DE"} },
			want:   []string{"seller-address seller.address.street", "seller-address seller.address.city"}},
		{name: "seller with a tax number alone", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.TaxNumber, s.RegistrationNo = "", "1", "" },
			want:   []string{"BR-CO-26 seller.registrationNo"}},
		{name: "Danish seller without CVR", seller: lawfulSeller("DK"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.RegistrationNo = "DE136695976", "" },
			want:   []string{"dk-cvr seller.registrationNo"}},
		{name: "reverse charge without the buyer's VAT id", seller: lawfulSeller("DE"), inv: lawful("AT", "AE", "0"),
			change: noBuyerVAT, want: []string{"BR-AE-02 buyer.vatId"}},
		{name: "intra-community supply without the buyer's VAT id", seller: lawfulSeller("DE"), inv: lawful("AT", "K", "0"),
			change: noBuyerVAT, want: []string{"BR-IC-02 buyer.vatId"}},
		{name: "intra-community supply without the seller's VAT id", seller: lawfulSeller("DE"), inv: lawful("AT", "K", "0"),
			change: noSellerVAT, want: []string{"BR-IC-02 seller.vatId"}},
		{name: "export without the seller's VAT id", seller: lawfulSeller("DE"), inv: lawful("US", "G", "0"),
			change: noSellerVAT, want: []string{"BR-G-02 seller.vatId"}},
		{name: "intra-community supply to nowhere", seller: lawfulSeller("DE"), inv: lawful("AT", "K", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address.Country = "" },
			want:   []string{"BR-11 buyer.address.country", "BR-IC-12 delivery.address.country"}},
		{name: "intra-community supply at home", seller: lawfulSeller("DE"), inv: lawful("DE", "K", "0"),
			want: []string{"intra-community-country lines[0].vatCategory", "intra-community-buyer buyer.vatId"}},
		{name: "intra-community supply outside the EU", seller: lawfulSeller("DE"), inv: lawful("AT", "K", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Delivery.Address.Country = "CH" },
			want:   []string{"intra-community-country lines[0].vatCategory"}},
		{name: "export inside the EU", seller: lawfulSeller("DE"), inv: lawful("AT", "G", "0"), want: []string{"export-country lines[0].vatCategory"}},
		{name: "not subject to VAT, with the buyer's VAT id", seller: lawfulSeller("DE"), inv: lawful("AT", "O", "0"), want: []string{"BR-O-02 buyer.vatId"}},
		{name: "not subject to VAT, seller without number", seller: lawfulSeller("DE"), inv: lawful("US", "O", "0"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.RegistrationNo = "" }, want: []string{"BR-CO-26 seller.registrationNo"}},
		{name: "O next to S", seller: lawfulSeller("DE"), inv: lawful("US", "O", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Lines = append(inv.Lines, line("1", "1", "19")) },
			want:   []string{"BR-O-12 lines[1].vatCategory"}},
		{name: "O next to an allowance in S", seller: lawfulSeller("DE"), inv: lawful("US", "O", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1", ReasonCode: "95"}, "S", "19")
			}, want: []string{"BR-O-13 allowances[0].vatCategory"}},
		{name: "O next to a charge in Z", seller: lawfulSeller("DE"), inv: lawful("US", "O", "0"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}, "Z", "0")
			}, want: []string{"BR-O-14 charges[0].vatCategory"}},
		{name: "exempt without reason", seller: lawfulSeller("DE"), inv: lawful("DE", "E", "0"), want: []string{"BR-E-10 lines[0].vatCategory"}},
		{name: "allowance without reason", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1"}, "S", "19")
			},
			want: []string{"BR-33 allowances[0].reason"}},
		{name: "charge without reason", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1"}, "S", "19")
			},
			want: []string{"BR-38 charges[0].reason"}},
		{name: "a line's allowance and charge without reason", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].Allowances, inv.Lines[0].Charges = []invoice.Allowance{{Amount: "1"}}, []invoice.Allowance{{Percent: "1"}}
			}, want: []string{"BR-42 lines[0].allowances[0].reason", "BR-44 lines[0].charges[0].reason"}},
		{name: "credit note for nothing", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Kind = invoice.KindCreditNote }, want: []string{"credit-note-original originalInvoice"}},
		{name: "VAT in Swedish crowns from Denmark", seller: lawfulSeller("DK"), inv: lawful("DK", "", "25"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Currency = "SEK" }, want: []string{"national-currency localVat.currency"}},
		{name: "VAT in dollars from Germany", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Currency, inv.LocalVAT = "USD", invoice.LocalVAT{Currency: "DKK", Rate: "6.9"}
			}, want: []string{"national-currency localVat.currency"}},
		{name: "VAT in euros from Sweden", seller: lawfulSeller("SE"), inv: lawful("SE", "", "25"), want: []string{"national-currency localVat.currency"}},
		{name: "a rate that Denmark has not", seller: lawfulSeller("DK"), inv: lawful("DK", "", "12"), want: []string{"dk-vat-rate lines[0].vatRate"}},
		{name: "a rate that Germany has no more", seller: lawfulSeller("DE"), inv: lawful("DE", "", "16"), want: []string{"de-vat-rate lines[0].vatRate"}},
		{name: "small business that charges VAT", seller: lawfulSeller("DE"), inv: lawful("DE", "", "19"),
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.SmallBusiness = true }, want: []string{"small-business-vat lines[0].vatRate"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
	}
	// The rules of one group differ by where the category stands.
	for suffix, change := range map[string]func(*invoice.Invoice, invoice.VATCategory){
		"02": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Lines[0].VATCategory, inv.Lines[0].VATRate = c, "0"
		},
		"03": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Allowances = allowance(invoice.Allowance{Amount: "1", Reason: "x"}, c, "0")
		},
		"04": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Charges = allowance(invoice.Allowance{Amount: "1", Reason: "x"}, c, "0")
		},
	} {
		for category, group := range map[invoice.VATCategory]string{"AE": "BR-AE-", "K": "BR-IC-"} {
			t.Run(group+suffix, func(t *testing.T) {
				t.Parallel()
				c := lawCase{seller: lawfulSeller("DE"), inv: lawful("AT", "", "19"), want: []string{group + suffix + " buyer.vatId"}}
				c.inv.Buyer.VATID = ""
				change(c.inv, category)
				c.check(t)
			})
		}
	}
}

func TestLegalProfileFollowsTheCountry(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]invoice.LegalProfile{"DE": "de", "DK": "dk", "FR": "eu", "GR": "eu", "US": "none", "GB": "none", "": "none"} {
		s := &invoice.Seller{Party: invoice.Party{Address: invoice.Address{Country: country}}}
		if got := s.LegalRules(); got != want {
			t.Errorf("%q: %s, want %s", country, got, want)
		}
		s.Legal = invoice.LegalEU
		if got := s.LegalRules(); got != invoice.LegalEU {
			t.Errorf("%q: the profile's own rules gave way to %s", country, got)
		}
	}
}

// Valid and invalid identifiers of each country; made with python-stdnum, which
// agrees on 600 more.
func TestVATIDs(t *testing.T) {
	t.Parallel()
	problem := func(id string) string {
		inv := lawful("DE", "", "19")
		inv.Buyer.VATID = id
		if p := lawfulSeller("DE").CheckInvoice(inv); len(p) > 0 {
			return p[0].Code
		}
		return ""
	}
	for _, id := range []string{
		"ATU83933521", "BE1725959305", "BE0454868236", "CY03751290X", "CZ87357976", "DE352006613", "DK22149776", "EE103465157", "EL931055850",
		"ESX5262417V", "ESA16624041", "FI13596464", "FR15227264405", "HR02802727697", "HU63928152", "IE1627896PA", "IT47709720057", "LT274431129510",
		"LT933202819", "LU92387757", "LV43999066967", "MT17978462", "NL785796459B67", "NL004495445B01", "PL5934809008", "PT713363401", "RO2020686670",
		"RO8969646849", "SE861881504001", "SI26271397", "SK5542034377", "BG724251726", "NO925105104MVA", "CHE101127158MWST", "GB353025725", "XI353025725",
		"de 352 006 613", "CHE-101.127.158 MWST", "UA1", "",
	} {
		if code := problem(id); code != "" {
			t.Errorf("%s was refused by %s", id, code)
		}
	}
	for _, id := range []string{
		"ATU42323221", "BE1280830360", "CY39908031U", "CZ38436772", "DE975643460", "DK99222005", "EE100663251", "EL847191300", "ESK9015185S",
		"FI07621006", "FR45146028653", "HR67953685067", "HU27773269", "IE0616656BH", "IT85542539315", "LT907699888", "LU76659494", "LV49687381370",
		"MT52219537", "NL692567832B88", "PL8313105359", "PT631785061", "RO3350303", "SE720751086701", "SI70579623", "SK0326633644", "BG981507315",
		"NO068810503", "CHE608602862", "GB549334704",
	} {
		if code := problem(id); code != "vat-id-check-digit" {
			t.Errorf("%s: got %q, want vat-id-check-digit", id, code)
		}
	}
	for id, want := range map[string]string{"DE1": "vat-id-form", "DK123456789": "vat-id-form", "NL123456789": "vat-id-form", "12345": "BR-CO-09", "ZZ1": "BR-CO-09", "GR094259216": "BR-CO-09"} {
		if code := problem(id); code != want {
			t.Errorf("%s: got %q, want %s", id, code, want)
		}
	}
}

func TestExemptionFitsTheCase(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		seller, buyer string
		category      invoice.VATCategory
		change        func(*invoice.Invoice)
		want          invoice.Exemption
	}{
		{"DE", "AT", "AE", nil, invoice.Exemption{Case: "art-196", Code: "VATEX-EU-AE"}},
		{"DE", "DE", "AE", nil, invoice.Exemption{Case: "de-13b", Code: "VATEX-EU-AE"}},
		{"DK", "DK", "AE", nil, invoice.Exemption{Case: "dk-46", Code: "VATEX-EU-AE"}},
		{"FR", "FR", "AE", nil, invoice.Exemption{Case: "art-199", Code: "VATEX-EU-AE"}},
		{"DE", "US", "AE", nil, invoice.Exemption{Case: "art-44", Code: "VATEX-EU-AE"}},
		{"DE", "AT", "AE", func(inv *invoice.Invoice) {
			inv.Exemptions = []invoice.Exemption{{VATCategory: "AE", Case: invoice.CaseArt194}}
		}, invoice.Exemption{Case: "art-194", Code: "VATEX-EU-AE"}},
		{"DE", "AT", "AE", func(inv *invoice.Invoice) {
			inv.Exemptions = []invoice.Exemption{{VATCategory: "AE", Reason: "Reverse charge"}}
		}, invoice.Exemption{Reason: "Reverse charge", Code: "VATEX-EU-AE"}},
		{"DE", "AT", "K", nil, invoice.Exemption{Case: "art-138", Code: "VATEX-EU-IC"}},
		{"DE", "US", "G", nil, invoice.Exemption{Case: "art-146", Code: "VATEX-EU-G"}},
		{"DE", "US", "O", nil, invoice.Exemption{Case: "art-44", Code: "VATEX-EU-O"}},
		{"DE", "DE", "O", nil, invoice.Exemption{Case: "out-of-scope", Code: "VATEX-EU-O"}},
		{"DE", "DE", "E", func(inv *invoice.Invoice) { inv.SmallBusiness = true }, invoice.Exemption{Case: "de-19"}},
		{"DK", "DK", "E", func(inv *invoice.Invoice) { inv.SmallBusiness = true }, invoice.Exemption{Case: "dk-48"}},
		{"FR", "FR", "E", func(inv *invoice.Invoice) { inv.SmallBusiness = true }, invoice.Exemption{Case: "small-business"}},
		{"FR", "FR", "E", func(inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginTravelAgents }, invoice.Exemption{Case: "margin-travel-agents", Code: "VATEX-EU-D"}},
		{"FR", "FR", "E", nil, invoice.Exemption{}},
		{"FR", "FR", "S", nil, invoice.Exemption{}},
	} {
		t.Run(fmt.Sprint(i, c.seller, c.buyer, c.category, c.want.Case), func(t *testing.T) {
			t.Parallel()
			inv := lawful(c.buyer, c.category, "0")
			if c.change != nil {
				c.change(inv)
			}
			d := &invoice.Document{Invoice: inv, Seller: lawfulSeller(c.seller)}
			got := d.Exemption(c.category)
			if c.want != (invoice.Exemption{}) {
				c.want.VATCategory = c.category
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

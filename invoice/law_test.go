package invoice_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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

// lawCase is a document that begins as a lawful one.
type lawCase struct {
	name     string
	from, to string // countries of seller and buyer
	category invoice.VATCategory
	rate     invoice.Decimal
	change   func(*invoice.Seller, *invoice.Invoice) // nil: nothing
	want     []string                                // "code field" of each problem
	kept     func(*invoice.Seller, *invoice.Invoice) // instead of change, for one without problems; nil: nothing
}

func (c lawCase) start() (*invoice.Seller, *invoice.Invoice) {
	return lawfulSeller(c.from), lawful(c.to, c.category, c.rate)
}

// codes are those of the problems, each once.
func (c lawCase) codes() []string {
	var out []string
	for _, w := range c.want {
		if code, _, _ := strings.Cut(w, " "); !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

func (c lawCase) check(t *testing.T) {
	t.Helper()
	s, inv := c.start()
	if c.change != nil {
		c.change(s, inv)
	}
	if p := append(s.Validate(), inv.Validate()...); len(p) > 0 {
		t.Fatalf("the form itself is wrong: %v", p)
	}
	var got []string
	for _, p := range append(s.CheckLaw(), s.CheckInvoice(inv)...) {
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
		{name: "domestic, Germany", from: "DE", to: "DE", rate: "19"},
		{name: "domestic, Germany, reduced", from: "DE", to: "DE", rate: "7"},
		{name: "domestic, Germany, the rate of late 2020", from: "DE", to: "DE", rate: "16",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.SupplyDate = "2020-08-01" }},
		{name: "domestic, Denmark, in euros", from: "DK", to: "DK", rate: "25"},
		{name: "domestic, Denmark, in crowns of Sweden", from: "DK", to: "DK", rate: "25",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Currency, inv.LocalVAT = "SEK", invoice.LocalVAT{Currency: "DKK", Rate: "0.65"}
			}},
		{name: "reverse charge to Austria", from: "DE", to: "AT", category: "AE", rate: "0"},
		{name: "reverse charge to a buyer with a registration number", from: "DE", to: "AT", category: "AE", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Buyer.VATID, inv.Buyer.RegistrationNo = "", "FN 1 a"
			}},
		{name: "reverse charge at home", from: "DE", to: "DE", category: "AE", rate: "0"},
		{name: "goods to Poland", from: "DK", to: "PL", category: "K", rate: "0"},
		{name: "goods to Greece, whose prefix is EL", from: "DK", to: "GR", category: "K", rate: "0"},
		{name: "goods for a buyer in Denmark, delivered in Sweden", from: "DE", to: "DK", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{City: "Malmö", Country: "SE"}
			}},
		{name: "goods from a stock in Poland to Germany", from: "DE", to: "DE", category: "K", rate: "0",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID = "PL8567346215" }},
		{name: "goods from Germany through a tax representative", from: "FR", to: "SE", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.TaxRepresentative = invoice.TaxRepresentative{Name: "Rep", VATID: "DE136695976", Address: invoice.Address{Country: "DE"}}
			}},
		{name: "export to Ukraine", from: "DE", to: "UA", category: "G", rate: "0"},
		{name: "export to a part of Germany outside the VAT area", from: "DE", to: "DE", category: "G", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address.Zip = "D-78266" }},
		{name: "export to Åland, under the country code of Finland", from: "DE", to: "FI", category: "G", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address.Zip = "FI-22100" }},
		{name: "goods to Monaco", from: "DE", to: "MC", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "FR40303265045" }},
		{name: "goods to Northern Ireland", from: "DE", to: "GB", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Buyer.VATID, inv.Buyer.Address.Zip = "XI980780684", "BT37 0QB"
			}},
		{name: "goods from Northern Ireland, in pounds", from: "GB", to: "GB", rate: "20",
			change: func(s *invoice.Seller, inv *invoice.Invoice) {
				s.VATID, s.Legal, inv.Currency = "XI980780684", invoice.LegalEU, "GBP"
			}},
		{name: "not subject to VAT", from: "DE", to: "US", category: "O", rate: "0"},
		{name: "exempt with a reason", from: "DE", to: "DE", category: "E", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Reason: "§ 4 Nr. 21 UStG"}}
			}},
		{name: "exempt with a code", from: "FR", to: "DE", category: "E", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Code: "VATEX-EU-132"}}
			}},
		{name: "small business with a tax number", from: "DE", to: "DE", category: "E", rate: "0",
			change: func(s *invoice.Seller, _ *invoice.Invoice) {
				s.VATID, s.TaxNumber, s.SmallBusiness = "", "12/345/67890", true
			}},
		{name: "margin scheme", from: "DE", to: "DE", category: "E", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginSecondHand }},
		{name: "tax representative", from: "FR", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) {
				s.VATID, s.TaxRepresentative = "", invoice.TaxRepresentative{Name: "Rep", VATID: "DE136695976", Address: invoice.Address{Country: "DE"}}
			}},
		{name: "domestic, France, by German rules", from: "FR", to: "FR", rate: "20",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Legal = invoice.LegalDE }},
		{name: "credit note with its original", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Kind, inv.OriginalInvoice = invoice.KindCreditNote, "7"
			}},
		{name: "credit note for a year's bonus", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Kind, inv.Period = invoice.KindCreditNote, invoice.Period{Start: "2025-01-01", End: "2025-12-31"}
			}},
		{name: "small amount without address", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].UnitPrice, inv.Buyer.Address = "20", invoice.Address{Country: "DE"}
			}},
		{name: "a seller outside the EU", from: "US", change: func(s *invoice.Seller, inv *invoice.Invoice) { s.TaxNumber, *inv = "1", *small() }},
		{name: "no rules wanted", from: "DE", change: func(s *invoice.Seller, inv *invoice.Invoice) { s.Legal, *inv = invoice.LegalNone, *small() }},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
	}
}

func TestEachLegalRule(t *testing.T) {
	t.Parallel()
	for _, c := range legalRules() {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
	}
}

// legalRules are documents that each break one rule of law.
func legalRules() []lawCase {
	noBuyerVAT := func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "" }
	noSellerVAT := func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.TaxNumber = "", "1" }
	allowance := func(a invoice.Allowance, category invoice.VATCategory, rate invoice.Decimal) []invoice.DocumentAllowance {
		return []invoice.DocumentAllowance{{Allowance: a, VATRate: rate, VATCategory: category}}
	}
	cases := []lawCase{
		{name: "buyer without country", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address.Country = "" }, want: []string{"BR-11 buyer.address.country"}},
		{name: "buyer without address", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address = invoice.Address{Country: "DE"} },
			want:   []string{"buyer-address buyer.address.street", "buyer-address buyer.address.city"}},
		{name: "small amount that reverses the charge, without address", from: "DE", to: "AT", category: "AE", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].UnitPrice, inv.Buyer.Address.City = "1", ""
			}, want: []string{"buyer-address buyer.address.city"}},
		{name: "VAT id without country", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "811569869" }, want: []string{"BR-CO-09 buyer.vatId"}},
		{name: "Greek VAT id with GR", from: "DE", to: "GR", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "GR094259216" }, want: []string{"vat-id-form buyer.vatId"}},
		{name: "VAT id of another length", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "DE81156986" }, want: []string{"vat-id-form buyer.vatId"}},
		{name: "VAT id with a slip", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "DE811569868" }, want: []string{"vat-id-check-digit buyer.vatId"}},
		{name: "seller's VAT id with a slip", from: "DE", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID = "DE136695975" }, want: []string{"vat-id-check-digit seller.vatId"}},
		{name: "seller named X", from: "DE", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Name = "X" }, want: []string{"seller-name seller.name"}},
		{name: "seller without address", from: "DE", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.Address = invoice.Address{Country: "DE"} },
			want:   []string{"seller-address seller.address.street", "seller-address seller.address.city"}},
		{name: "seller with a tax number alone", from: "DE", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.TaxNumber, s.RegistrationNo = "", "1", "" },
			want:   []string{"BR-CO-26 seller.registrationNo"}},
		{name: "Danish seller without CVR", from: "DK", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.VATID, s.RegistrationNo = "DE136695976", "" },
			want:   []string{"dk-cvr seller.registrationNo"}},
		{name: "reverse charge without the buyer's VAT id", from: "DE", to: "AT", category: "AE", rate: "0",
			change: noBuyerVAT, want: []string{"BR-AE-02 buyer.vatId"}},
		{name: "intra-community supply without the buyer's VAT id", from: "DE", to: "AT", category: "K", rate: "0",
			change: noBuyerVAT, want: []string{"BR-IC-02 buyer.vatId"}},
		{name: "intra-community supply without the seller's VAT id", from: "DE", to: "AT", category: "K", rate: "0",
			change: noSellerVAT, want: []string{"BR-IC-02 seller.vatId"}},
		{name: "export without the seller's VAT id", from: "DE", to: "US", category: "G", rate: "0",
			change: noSellerVAT, want: []string{"BR-G-02 seller.vatId"}},
		{name: "intra-community supply to nowhere", from: "DE", to: "AT", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.Address.Country = "" },
			want:   []string{"BR-11 buyer.address.country", "BR-IC-12 delivery.address.country"}},
		{name: "intra-community supply delivered at home", from: "DE", to: "AT", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Delivery.Address.Country = "DE" },
			want:   []string{"intra-community-country lines[0].vatCategory"}},
		{name: "intra-community supply to a business at home", from: "DE", to: "AT", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Buyer.VATID = "DE811569869" },
			want:   []string{"intra-community-buyer buyer.vatId"}},
		{name: "intra-community supply outside the EU", from: "DE", to: "AT", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Delivery.Address.Country = "CH" },
			want:   []string{"intra-community-country lines[0].vatCategory"},
			kept:   func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Delivery.Address.Country = "SE" }},
		{name: "intra-community supply to the Canary Islands", from: "DE", to: "AT", category: "K", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{Zip: "35001", Country: "ES"}
			},
			want: []string{"intra-community-country lines[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{Zip: "28001", Country: "ES"}
			}},
		{name: "export to Northern Ireland", from: "DE", to: "GB", category: "G", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{Zip: "BT3 9DT", Country: "GB"}
			},
			want: []string{"export-country lines[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Delivery.Address = invoice.Address{Zip: "SW1A 1AA", Country: "GB"}
			}},
		{name: "export inside the EU", from: "DE", to: "AT", category: "G", rate: "0", want: []string{"export-country lines[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Delivery.Address.Country = "US" }},
		{name: "zero-rated abroad, as 0 % without a category is", from: "DE", to: "AT", rate: "0", want: []string{"zero-rate-abroad lines[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Buyer.VATID, inv.Buyer.Address.Country = "", "DE"
			}},
		{name: "freight zero-rated to the United States", from: "DE", to: "US", category: "G", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}, "", "0")
			}, want: []string{"zero-rate-abroad charges[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}, "G", "0")
			}},
		{name: "not subject to VAT, with the buyer's VAT id", from: "DE", to: "AT", category: "O", rate: "0", want: []string{"BR-O-02 buyer.vatId"},
			kept: noBuyerVAT},
		{name: "not subject to VAT, seller without number", from: "DE", to: "US", category: "O", rate: "0",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.RegistrationNo = "" }, want: []string{"BR-CO-26 seller.registrationNo"}},
		{name: "O next to S", from: "DE", to: "US", category: "O", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Lines = append(inv.Lines, line("1", "1", "19")) },
			want:   []string{"BR-O-12 lines[1].vatCategory"}},
		{name: "O next to an allowance in S", from: "DE", to: "US", category: "O", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1", ReasonCode: "95"}, "S", "19")
			}, want: []string{"BR-O-13 allowances[0].vatCategory"}},
		{name: "O next to a charge in S", from: "DE", to: "US", category: "O", rate: "0",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}, "S", "20")
			}, want: []string{"BR-O-14 charges[0].vatCategory"}},
		{name: "exempt without reason", from: "DE", to: "DE", category: "E", rate: "0", want: []string{"BR-E-10 lines[0].vatCategory"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.SmallBusiness = true }},
		{name: "allowance without reason", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1"}, "S", "19")
			},
			want: []string{"BR-33 allowances[0].reason"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1", ReasonCode: "95"}, "S", "19")
			}},
		{name: "charge without reason", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1"}, "S", "19")
			},
			want: []string{"BR-38 charges[0].reason"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", Reason: "Freight"}, "S", "19")
			}},
		{name: "a line's allowance without reason", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].Allowances = []invoice.Allowance{{Amount: "1"}}
			}, want: []string{"BR-42 lines[0].allowances[0].reason"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].Allowances = []invoice.Allowance{{Amount: "1", Reason: "x"}}
			}},
		{name: "a line's charge without reason", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].Charges = []invoice.Allowance{{Percent: "1"}}
			}, want: []string{"BR-44 lines[0].charges[0].reason"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Lines[0].Charges = []invoice.Allowance{{Percent: "1", ReasonCode: "FC"}}
			}},
		{name: "credit note for nothing", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Kind = invoice.KindCreditNote }, want: []string{"credit-note-original originalInvoice"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Kind, inv.OriginalInvoice = invoice.KindCreditNote, "7"
			}},
		{name: "VAT in Swedish crowns from Denmark", from: "DK", to: "DK", rate: "25",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Currency = "SEK" }, want: []string{"national-currency localVat.currency"}},
		{name: "VAT in dollars from Germany", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Currency, inv.LocalVAT = "USD", invoice.LocalVAT{Currency: "DKK", Rate: "6.9"}
			}, want: []string{"national-currency localVat.currency"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Currency, inv.LocalVAT = "USD", invoice.LocalVAT{Currency: "EUR", Rate: "0.9"}
			}},
		{name: "VAT in euros from Sweden", from: "SE", to: "SE", rate: "25", want: []string{"national-currency localVat.currency"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Currency = "SEK" }},
		{name: "a rate that Denmark has not", from: "DK", to: "DK", rate: "12", want: []string{"dk-vat-rate lines[0].vatRate"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.Lines[0].VATRate = "25" }},
		{name: "freight at a rate that Denmark has not", from: "DK", to: "DK", rate: "25",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Charges = allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}, "S", "12")
			}, want: []string{"dk-vat-rate charges[0].vatRate"}},
		{name: "a discount at a rate that Germany has not", from: "DE", to: "DE", rate: "19",
			change: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.Allowances = allowance(invoice.Allowance{Amount: "1", ReasonCode: "95"}, "S", "20")
			}, want: []string{"de-vat-rate allowances[0].vatRate"}},
		{name: "a rate that Germany has no more", from: "DE", to: "DE", rate: "16", want: []string{"de-vat-rate lines[0].vatRate"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) { inv.SupplyDate = "2020-12-31" }},
		{name: "small business that charges VAT", from: "DE", to: "DE", rate: "19",
			change: func(s *invoice.Seller, _ *invoice.Invoice) { s.SmallBusiness = true }, want: []string{"small-business-vat lines[0].vatRate"},
			kept: func(_ *invoice.Seller, inv *invoice.Invoice) {
				inv.SmallBusiness, inv.Lines[0].VATCategory, inv.Lines[0].VATRate = true, "E", "0"
			}},
	}
	// The rules of one group differ by where the category stands.
	places := map[string]func(*invoice.Invoice, invoice.VATCategory){
		"02": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Lines[0].VATCategory, inv.Lines[0].VATRate = c, "0"
		},
		"03": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Allowances = allowance(invoice.Allowance{Amount: "1", Reason: "x"}, c, "0")
		},
		"04": func(inv *invoice.Invoice, c invoice.VATCategory) {
			inv.Charges = allowance(invoice.Allowance{Amount: "1", Reason: "x"}, c, "0")
		},
	}
	for _, suffix := range slices.Sorted(maps.Keys(places)) {
		for _, g := range []struct {
			group, to string
			category  invoice.VATCategory
			broken    func(*invoice.Seller, *invoice.Invoice)
			field     string
		}{
			{"BR-AE-", "AT", "AE", noBuyerVAT, "buyer.vatId"}, {"BR-IC-", "AT", "K", noBuyerVAT, "buyer.vatId"},
			{"BR-G-", "US", "G", noSellerVAT, "seller.vatId"}, {"BR-O-", "AT", "O", func(*invoice.Seller, *invoice.Invoice) {}, "buyer.vatId"},
		} {
			c := lawCase{name: g.group + suffix, from: "DE", to: g.to, category: "S", rate: "20"}
			c.kept = func(_ *invoice.Seller, inv *invoice.Invoice) {
				places[suffix](inv, g.category)
				if g.category == "O" {
					inv.Lines[0].VATCategory, inv.Lines[0].VATRate, inv.Buyer.VATID = "O", "0", ""
				}
			}
			c.change = func(s *invoice.Seller, inv *invoice.Invoice) {
				places[suffix](inv, g.category)
				g.broken(s, inv)
			}
			c.want = []string{g.group + suffix + " " + g.field}
			if g.category == "O" && suffix != "02" {
				c.want = append(c.want, "BR-O-12 lines[0].vatCategory")
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// TestRatesNeedADay: an invoice whose date could not be read was said to have a
// rate that its country has not.
func TestRatesNeedADay(t *testing.T) {
	t.Parallel()
	inv := lawful("DE", "", "19")
	inv.IssueDate = ""
	if p := lawfulSeller("DE").CheckInvoice(inv); len(p) > 0 {
		t.Errorf("without an issue date: %v", p)
	}
	inv = lawful("DE", "", "16")
	if p := lawfulSeller("DE").CheckInvoice(inv); len(p) != 1 || p[0].Message != "16 % is no rate of DE on that day; these are 19 and 7 %" {
		t.Errorf("16 %%: %v", p)
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
	for id, want := range map[string]string{"DE1": "vat-id-form", "DK123456789": "vat-id-form", "NL123456789": "vat-id-form", "12345": "BR-CO-09", "ZZ1": "BR-CO-09", "GR094259216": "vat-id-form"} {
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
		{"CH", "DE", "G", nil, invoice.Exemption{Case: "export", Code: "VATEX-EU-G"}},
		{"GB", "GB", "AE", nil, invoice.Exemption{Case: "reverse-charge", Code: "VATEX-EU-AE"}},
		{"NO", "DE", "O", nil, invoice.Exemption{Case: "out-of-scope", Code: "VATEX-EU-O"}},
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

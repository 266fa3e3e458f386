package einvoice_test

import (
	"strconv"
	"strings"

	"invoicelink/invoice"
)

// oddSamples are lawful documents that are unlike the usual one.
func oddSamples() []sample {
	with := func(inv *invoice.Invoice, changes ...func(*invoice.Invoice)) *invoice.Invoice {
		for _, change := range changes {
			change(inv)
		}
		return inv
	}
	credit := func(inv *invoice.Invoice) {
		inv.Kind, inv.OriginalInvoice, inv.DueDate, inv.Note = invoice.KindCreditNote, "2026/0001", "", "Two pieces came back broken."
	}
	reductions := func(category invoice.VATCategory, rate invoice.Decimal) func(*invoice.Invoice) {
		return func(inv *invoice.Invoice) {
			inv.Allowances = append(inv.Allowances, invoice.DocumentAllowance{
				Allowance: invoice.Allowance{Percent: "3", Reason: "Loyalty"}, VATRate: rate, VATCategory: category})
			inv.Charges = append(inv.Charges, invoice.DocumentAllowance{
				Allowance: invoice.Allowance{Amount: "7.77", ReasonCode: "FC"}, VATRate: rate, VATCategory: category})
		}
	}
	in := func(currency string) func(*invoice.Invoice) {
		return func(inv *invoice.Invoice) { inv.Currency = currency }
	}
	list := []sample{
		{"mixed-categories", seller("DE"), with(of("PL", line("1", "10", "19", ""), line("1", "20", "7", ""),
			line("1", "40", "0", "E"), line("1", "50", "0", "AE"), line("1", "60", "0", "K")), func(inv *invoice.Invoice) {
			inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Code: "VATEX-EU-132-1I"}}
			inv.Delivery.Address = invoice.Address{Street: "Ulica 1", Zip: "00-001", City: "Warszawa", Country: "PL"}
		}), payLink},
		{"zero-rated", seller("DE"), of("DE", line("1", "10", "19", ""), line("1", "30", "0", "Z")), payLink},
		{"zero-price", seller("DE"), of("DE", line("1", "0", "19", ""), line("2", "10", "19", "")), payLink},
		{"nothing-due", seller("DE"), of("DE", line("1", "0", "19", "")), ""},
		{"zero-quantity", seller("DE"), of("DE", line("0", "10", "19", ""), line("1", "10", "19", "")), payLink},
		{"price-per-thousand", seller("DE"), of("DE", invoice.Line{Description: "Screws", Quantity: "2500", Unit: "pcs", UnitPrice: "12.3456", PriceQuantity: "1000", VATRate: "19"}), payLink},
		{"list-price", seller("DE"), with(of("DE", invoice.Line{Description: "Screws", Quantity: "2500", Unit: "pcs", UnitPrice: "12.3456", GrossPrice: "15", PriceQuantity: "1000", VATRate: "19"}),
			func(inv *invoice.Invoice) { inv.Fields = []invoice.Field{{Label: "Machine", Value: "M-7"}} }), payLink},
		{"whole-discount", seller("DE"), of("DE", invoice.Line{Description: "Gift", Quantity: "1", UnitPrice: "10", DiscountPercent: "100", VATRate: "19"}, line("1", "5", "19", "")), payLink},
		{"return-with-percentage", seller("DE"), of("DE", line("5", "10", "19", ""), invoice.Line{Description: "Return", Quantity: "-2", UnitPrice: "10", DiscountPercent: "10", VATRate: "19"}), payLink},
		{"unknown-unit", seller("DE"), of("DE", invoice.Line{Description: "Cable", Quantity: "3", Unit: "Trommel", UnitPrice: "10", VATRate: "19"},
			invoice.Line{Description: "Work", Quantity: "3", Unit: "HUR", UnitPrice: "10", VATRate: "19"}), payLink},
		{"prepaid-in-part", seller("DE"), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) { inv.Prepaid, inv.Rounding = "19.01", "0.01" }), payLink},
		{"overpaid", seller("DE"), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) { inv.Prepaid = "150" }), ""},
		{"rounding", seller("DE"), with(of("DE", line("3", "0.335", "19", ""), line("7", "0.005", "7", "")), func(inv *invoice.Invoice) { inv.Rounding = "-0.01" }), payLink},
		{"yen", seller("DE"), with(of("DE", line("3", "33.4", "19", "")), in("JPY"), func(inv *invoice.Invoice) {
			inv.LocalVAT = invoice.LocalVAT{Currency: "EUR", Rate: "0.0061"}
		}), payLink},
		{"yen-discount", seller("DE"), with(of("US", invoice.Line{Description: "Thing", Quantity: "1", UnitPrice: "30817", DiscountPercent: "10", VATRate: "0", VATCategory: "G"}), in("JPY")), payLink},
		{"yen-with-base", seller("DE"), with(of("US", line("1.5", "1001", "0", "G")), in("JPY")), payLink},
		{"period-open", seller("DE"), with(of("DE", line("1", "10", "19", "")), func(inv *invoice.Invoice) { inv.Period = invoice.Period{Start: "2026-02-01"} }), payLink},
		{"cash-discount-with-text", seller("DE"), with(of("DE", line("1", "10", "19", "")), func(inv *invoice.Invoice) {
			inv.EarlyPayment, inv.PaymentTerms = []invoice.EarlyPayment{{Percent: "2.5", Until: "2026-03-08"}}, "Net #30 days\nor less"
		}), payLink},
		{"greek-buyer", seller("DE"), with(of("GR", line("1", "10", "0", "K")), func(inv *invoice.Invoice) { inv.Buyer.VATID = "EL094259216" }), payLink},
		{"northern-ireland", seller("DE"), with(of("GB", line("1", "10", "0", "K")), func(inv *invoice.Invoice) {
			inv.Buyer.VATID, inv.Delivery.Address = "XI353025725", invoice.Address{City: "Belfast", Country: "XI"}
		}), payLink},
		{"swiss-buyer", seller("DE"), with(of("CH", line("1", "10", "0", "AE")), func(inv *invoice.Invoice) { inv.Buyer.VATID = "CHE-101.127.158 MWST" }), payLink},
		{"danish-public-buyer", seller("DK"), with(of("DK", line("1", "10", "25", "")), func(inv *invoice.Invoice) {
			inv.Buyer.GlobalID, inv.Buyer.Endpoint = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}, invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}
			inv.References.Order, inv.BuyerReference = "4500001", "Person 7"
		}, in("DKK")), payLink},
		{"danish-without-account", dkWithoutAccount(), of("DK", line("1", "100", "25", "")), payLink},
		{"simplified", seller("DK"), with(of("DK", line("1", "100", "25", "")), in("DKK"), func(inv *invoice.Invoice) {
			inv.Buyer = invoice.Party{Name: "Forbruger", Email: "a@example.com", Address: invoice.Address{Country: "DK"}}
		}), payLink},
		{"long-texts", seller("DE"), with(of("DE", invoice.Line{Description: strings.Repeat("Beschreibung der Leistung, ", 37), Item: strings.Repeat("A", 200), Quantity: "1", Unit: "Std.", UnitPrice: "1", VATRate: "19"}),
			func(inv *invoice.Invoice) {
				inv.Number, inv.Note, inv.Intro = strings.Repeat("9", 64), strings.Repeat("Ü", 1000), strings.Repeat("Wort\n", 190)
				inv.Buyer.Name, inv.Buyer.Address.Street = strings.Repeat("Größe ", 33), strings.Repeat("Zeile\n", 30)+"Ende"
			}), payLink},
		{"thousand-lines", seller("DE"), thousandLines(), payLink},
		{"french", of2("FR", "FR15227264405"), of("DE", line("1", "100", "20", "")), payLink},
		{"french-reverse-charge", of2("FR", "FR15227264405"), of("DE", line("1", "100", "0", "AE")), payLink},
		{"polish", of2("PL", "PL5934809008"), with(of("PL", line("1", "100", "23", "")), in("PLN")), payLink},
		{"polish-in-euros", of2("PL", "PL5934809008"), with(of("PL", line("1", "100", "23", "")), func(inv *invoice.Invoice) {
			inv.LocalVAT = invoice.LocalVAT{Currency: "PLN", Rate: "4.2731"}
		}), payLink},
		{"hungarian", of2("HU", "HU63928152"), with(of("DE", line("1", "100000", "27", "")), in("HUF")), payLink},
		{"swedish", swedish(), with(of("SE", line("1", "100", "25", "")), in("SEK")), payLink},
		{"italian", of2("IT", "IT47709720057"), of("IT", line("1", "100", "22", "")), payLink},
		{"identifiers", gln(seller("DE")), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) { inv.Buyer.TaxNumber = "99/1" }), payLink},
		{"out-of-scope-with-representative", seller("DE"), with(of("US", line("1", "100", "0", "O")), func(inv *invoice.Invoice) {
			inv.TaxRepresentative = invoice.TaxRepresentative{Name: "Rep AG", VATID: "DE352006613", Address: invoice.Address{City: "Berlin", Country: "DE"}}
		}), payLink},
		{"american-seller", of2("US", "US12-3456789"), with(of("US", line("1", "100", "0", "O")), in("USD"), func(inv *invoice.Invoice) { inv.Exemptions = nil }), payLink},
		{"norwegian-seller", of2("NO", "NO925105104MVA"), with(of("DK", line("1", "100", "25", "")), in("NOK")), payLink},
		{"margin-travel", seller("DE"), with(of("DE", line("1", "80", "0", "E")), func(inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginTravelAgents }), payLink},
		{"self-billed-credit-note", seller("DE"), with(of("DE", line("1", "80", "19", "")), credit, func(inv *invoice.Invoice) { inv.SelfBilled = true }), ""},
		{"credit-note-for-period", seller("DE"), with(of("DE", line("1", "80", "19", "")), credit, func(inv *invoice.Invoice) {
			inv.OriginalInvoice, inv.Period = "", invoice.Period{Start: "2026-01-01", End: "2026-01-31"}
		}), ""},
		{"credit-note-small-business", small(), with(of("DE", line("1", "80", "0", "E")), credit), ""},
		{"credit-note-danish", seller("DK"), with(of("DK", line("1", "80", "25", "")), credit, in("DKK")), ""},
		{"credit-note-prepaid", seller("DE"), with(of("DE", line("1", "80", "19", "")), credit, func(inv *invoice.Invoice) { inv.Prepaid, inv.DueDate = "10", "2026-03-31" }), ""},
	}
	for _, c := range []struct {
		to       string
		category invoice.VATCategory
		rate     invoice.Decimal
	}{{"DE", "S", "19"}, {"DE", "Z", "0"}, {"DE", "E", "0"}, {"AT", "AE", "0"}, {"PL", "K", "0"}, {"US", "G", "0"}, {"US", "O", "0"}} {
		reason := func(inv *invoice.Invoice) {
			if c.category == "E" {
				inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Reason: "§ 4 Nr. 21 UStG"}}
			}
		}
		list = append(list, sample{"reductions-" + string(c.category), seller("DE"),
			with(of(c.to, line("3", "33.33", c.rate, c.category)), reductions(c.category, c.rate), reason), payLink},
			sample{"credit-note-" + string(c.category), seller("DE"),
				with(of(c.to, line("3", "33.33", c.rate, c.category)), reductions(c.category, c.rate), reason, credit), ""})
	}
	return list
}

func small() *invoice.Seller {
	s := seller("DE")
	s.VATID, s.TaxNumber, s.SmallBusiness = "", "12/345/67890", true
	return s
}

// gln names the list of its identifier in a word.
func gln(s *invoice.Seller) *invoice.Seller {
	s.GlobalID = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}
	return s
}

func dkWithoutAccount() *invoice.Seller {
	s := seller("DK")
	s.IBAN, s.BIC = "", ""
	return s
}

// of2 is a seller of another country.
func of2(country, vatID string) *invoice.Seller {
	s := seller("DE")
	s.VATID, s.RegistrationNo, s.LegalInfo = vatID, "123 456", ""
	s.Address = invoice.Address{Street: "Street 1", Zip: "1000", City: "Town", Country: country}
	return s
}

func thousandLines() *invoice.Invoice {
	inv := of("DE")
	for i := range 1000 {
		inv.Lines = append(inv.Lines, line(invoice.Decimal(strconv.Itoa(i%13+1)), invoice.Decimal("3."+strconv.Itoa(i%7+1)+"5"), []invoice.Decimal{"19", "7"}[i%2], ""))
	}
	return inv
}

// swedish has the number that a Swedish register gives out.
func swedish() *invoice.Seller {
	s := of2("SE", "SE556188840401")
	s.RegistrationNo = "5561888404"
	return s
}

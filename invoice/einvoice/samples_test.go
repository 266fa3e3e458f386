package einvoice_test

import (
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/einvoice"
)

const payLink = "https://pay.example.com/l/7d31?s=ab&v=1"

func seller(country string) *invoice.Seller {
	s := &invoice.Seller{
		Party: invoice.Party{
			Name: "Sample & Söhne GmbH", VATID: "DE136695976", RegistrationNo: "HRB 1234", Contact: "Billing", Email: "billing@example.com", Phone: "+49 30 000000",
			Address: invoice.Address{Street: "Musterweg 1\nHof 2", Zip: "10115", City: "Berlin", Country: "DE"},
		},
		IBAN: "DE89370400440532013000", BIC: "COBADEFFXXX", Bank: "Bank", PaymentTerms: "30 days net", LegalInfo: "HRB 1234, Amtsgericht Berlin",
	}
	if country == "DK" {
		s.VATID, s.RegistrationNo = "DK12345674", "12345674"
		s.Address = invoice.Address{Street: "Prøvegade 12", Zip: "2100", City: "København Ø", Country: "DK"}
		s.IBAN, s.BIC = "DK5000400440116243", "DABADKKK"
	}
	return s
}

func buyer(country string) invoice.Party {
	p := invoice.Party{Name: "Käufer Ltd", ID: "C-77", Contact: "Accounts", Email: "accounts@example.com", Phone: "+45 00000000",
		Address: invoice.Address{Street: "Side Street 2", Zip: "2000", City: "City", Country: country}}
	p.VATID = map[string]string{"DE": "DE811569869", "DK": "DK13585628", "AT": "ATU13585627", "SE": "SE556188840401", "PL": "PL8567346215"}[country]
	p.RegistrationNo = map[string]string{"DK": "13585628"}[country]
	if country == "US" {
		p.Endpoint = invoice.Identifier{Scheme: "DUNS", ID: "123456789"}
	}
	return p
}

func of(country string, lines ...invoice.Line) *invoice.Invoice {
	return &invoice.Invoice{
		Number: "2026/0042", IssueDate: "2026-03-01", DueDate: "2026-03-31", Currency: "EUR", BuyerReference: "04011000-12345-03",
		Buyer: buyer(country), Lines: lines,
	}
}

func line(quantity, price, rate invoice.Decimal, category invoice.VATCategory) invoice.Line {
	return invoice.Line{Description: "Thing <&> \"quoted\"", Quantity: quantity, Unit: "pcs", UnitPrice: price, VATRate: rate, VATCategory: category}
}

// everything states each business term that the model knows and one document
// can hold.
func everything() *invoice.Invoice {
	inv := of("DE",
		invoice.Line{Item: "A-1", StandardID: invoice.Identifier{ID: "4006381333931"}, Description: "Consulting\nin two parts", Period: invoice.Period{Start: "2026-02-02", End: "2026-02-27"}, Quantity: "3", Unit: "h",
			UnitPrice: "39.98", PriceQuantity: "2", DiscountPercent: "10",
			Allowances: []invoice.Allowance{{Percent: "2", Base: "50", Reason: "Campaign", ReasonCode: "95"}},
			Charges:    []invoice.Allowance{{Amount: "2", Reason: "Packing", ReasonCode: "PC"}}, VATRate: "19"},
		line("2", "15", "7", ""))
	inv.SupplyDate, inv.TaxPointDate, inv.Period = "2026-02-27", "2026-02-28", invoice.Period{Start: "2026-02-01", End: "2026-02-28"}
	inv.LocalVAT = invoice.LocalVAT{Currency: "DKK", Rate: "7.46"}
	inv.Buyer.GlobalID, inv.Buyer.Endpoint = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}, invoice.Identifier{Scheme: "0088", ID: "5790000000005"}
	inv.Buyer.Address.Region = "Bayern"
	inv.Delivery = invoice.Delivery{Name: "Store 7", Location: invoice.Identifier{Scheme: "0088", ID: "5790000000012"},
		Address: invoice.Address{Street: "Quay 1", Zip: "20457", City: "Hamburg", Country: "DE"}}
	inv.TaxRepresentative = invoice.TaxRepresentative{Name: "Rep AG", VATID: "DE352006613", Address: invoice.Address{Street: "Weg 1", Zip: "10115", City: "Berlin", Country: "DE"}}
	inv.References = invoice.References{Order: "PO-10", SalesOrder: "SO-1", Contract: "C-1", Project: "P-1", DespatchAdvice: "D-1", ReceivingAdvice: "R-1", Tender: "T-1", Accounting: "4711"}
	inv.PrecedingInvoices = []invoice.PrecedingInvoice{{Number: "2026/0001", IssueDate: "2026-01-05"}, {Number: "2026/0002", IssueDate: "2026-01-06"}}
	inv.Intro, inv.Note = "As agreed.", "Thank you."
	inv.Allowances = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Percent: "6", Base: "50", Reason: "Loyalty", ReasonCode: "100"}, VATRate: "19"}}
	inv.Charges = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "7", Reason: "Freight", ReasonCode: "FC"}, VATRate: "7"}}
	inv.Prepaid, inv.Rounding = "10", "0.02"
	inv.EarlyPayment = []invoice.EarlyPayment{{Percent: "3", Until: "2026-03-08"}, {Percent: "2", Until: "2026-03-15"}}
	inv.PaymentTerms = "Payable within 30 days"
	inv.Account = invoice.BankAccount{Holder: "Sample Treuhand", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001"}
	return inv
}

type sample struct {
	name   string
	seller *invoice.Seller
	inv    *invoice.Invoice
	link   string
}

// samples are lawful documents of every kind.
func samples() []sample {
	with := func(inv *invoice.Invoice, change func(*invoice.Invoice)) *invoice.Invoice { change(inv); return inv }
	small := seller("DE")
	small.VATID, small.TaxNumber, small.SmallBusiness = "", "12/345/67890", true
	cash := seller("DE")
	cash.CashAccounting = true
	return append([]sample{
		{"simple", seller("DE"), of("DE", line("1", "100", "19", "")), payLink},
		{"without-link", seller("DE"), of("DE", line("1", "100", "19", "")), ""},
		{"danish", seller("DK"), of("DK", line("1", "100", "25", "")), payLink},
		{"danish-crowns", seller("DK"), with(of("DK", line("1", "100", "25", "")), func(inv *invoice.Invoice) { inv.Currency = "DKK" }), payLink},
		{"swedish-crowns", seller("DK"), with(of("DK", line("1", "100", "25", "")), func(inv *invoice.Invoice) {
			inv.Currency, inv.LocalVAT = "SEK", invoice.LocalVAT{Currency: "DKK", Rate: "0.651234"}
		}), payLink},
		{"everything", seller("DE"), everything(), payLink},
		{"reverse-charge", seller("DE"), of("AT", line("1", "100", "0", "AE")), payLink},
		{"reverse-charge-domestic", seller("DE"), of("DE", line("1", "100", "0", "AE"), line("1", "50", "19", "")), payLink},
		{"intra-community", seller("DE"), of("PL", line("3", "9.99", "0", "K")), payLink},
		{"export", seller("DE"), of("US", line("3", "9.99", "0", "G")), payLink},
		{"out-of-scope", seller("DE"), of("US", line("3", "9.99", "0", "O")), payLink},
		{"exempt", seller("DE"), with(of("DE", line("1", "80", "0", "E")), func(inv *invoice.Invoice) {
			inv.Exemptions = []invoice.Exemption{{VATCategory: "E", Reason: "§ 4 Nr. 21 UStG"}}
		}), payLink},
		{"zero-rated", seller("DE"), of("DE", line("1", "80", "0", "Z")), payLink},
		{"small-business", small, of("DE", line("1", "80", "0", "E")), payLink},
		{"margin", seller("DE"), with(of("DE", line("1", "80", "0", "E")), func(inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginSecondHand }), payLink},
		{"cash-accounting", cash, of("DE", line("1", "80", "19", "")), payLink},
		{"self-billed", seller("DE"), with(of("DE", line("1", "80", "19", "")), func(inv *invoice.Invoice) { inv.SelfBilled = true }), ""},
		{"mixed", seller("DE"), of("DE", line("1", "80", "19", ""), line("2", "3.333333", "7", ""), line("1", "1", "0", "Z")), payLink},
		{"returns", seller("DE"), of("DE", line("5", "10", "19", ""), invoice.Line{Description: "Return", Quantity: "-2", UnitPrice: "10", Discount: "-1", VATRate: "19"}), payLink},
		{"negative", seller("DE"), of("DE", line("-1", "10", "19", "")), ""},
		{"prepaid", seller("DE"), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) { inv.Prepaid = "119" }), ""},
		{"decimals", seller("DE"), of("DE", line("1.234567", "9.876543", "19", ""), line("0.000001", "999999", "7", "")), payLink},
		{"credit-note", seller("DE"), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) {
			inv.Kind, inv.PrecedingInvoices = invoice.KindCreditNote, []invoice.PrecedingInvoice{{Number: "2026/0001", IssueDate: "2026-01-05"}}
			inv.References = invoice.References{Project: "P-1", Contract: "C-1", Tender: "T-1"}
		}), ""},
		{"hostile", seller("DE"), with(of("DE", line("1", "100", "19", "")), func(inv *invoice.Invoice) {
			inv.Note, inv.Buyer.Name, inv.Lines[0].Description = "]]><x/>&amp;", "<script>'\"</script>", "a\u200bb \u202fc\td"
		}), payLink},
	}, oddSamples()...)
}

func document(t testing.TB, s sample) *invoice.Document {
	t.Helper()
	if p := append(s.inv.Validate(), s.seller.Validate()...); len(p) > 0 {
		t.Fatalf("%s: %v", s.name, p)
	}
	if p := append(s.seller.CheckInvoice(s.inv), s.seller.CheckLaw()...); len(p) > 0 {
		t.Fatalf("%s: %v", s.name, p)
	}
	d, err := invoice.NewDocument(s.inv, s.seller)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var writers = map[string]func(*invoice.Document, einvoice.Options) ([]byte, error){"cii": einvoice.CII, "ubl": einvoice.UBL}

package sheet_test

import (
	"testing"

	"invoicelink/invoice"
)

// TestColumnsOfTheModel reads the columns for what few invoices state.
func TestColumnsOfTheModel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		columns, cells string
		profile        string
		want           func(*invoice.Invoice)
	}{
		"references": {"Receiving advice,Tender reference", "R-1,T-2", "", func(inv *invoice.Invoice) {
			inv.References = invoice.References{ReceivingAdvice: "R-1", Tender: "T-2"}
		}},
		"identifiers": {"Customer global id,Customer global id scheme,Electronic address,Electronic address scheme,Delivery location,Delivery location scheme",
			"5790000000005,GLN,5790000000012,0088,5790000000029,GLN", "", func(inv *invoice.Invoice) {
				inv.Buyer.GlobalID, inv.Buyer.Endpoint = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}, invoice.Identifier{Scheme: "0088", ID: "5790000000012"}
				inv.Delivery.Location = invoice.Identifier{Scheme: "GLN", ID: "5790000000029"}
			}},
		"delivery region": {"Delivery city,Delivery region,Delivery country", "Austin,TX,US", "", func(inv *invoice.Invoice) {
			inv.Delivery.Address = invoice.Address{City: "Austin", Region: "TX", Country: "US"}
		}},
		"tax representative": {"Tax representative,Tax representative VAT id,Tax representative address,Tax representative zip,Tax representative city,Tax representative country",
			"Rep,DE136695976,Weg 1,10115,Berlin,Germany", "", func(inv *invoice.Invoice) {
				inv.TaxRepresentative = invoice.TaxRepresentative{Name: "Rep", VATID: "DE136695976", Address: invoice.Address{Street: "Weg 1", Zip: "10115", City: "Berlin", Country: "DE"}}
			}},
		"several originals": {"Kind,Original invoice,Original date,Original invoice 2,Original date 2,Original invoice 3",
			"credit note,B-1,2026-10-01,B-2,31.10.2026,B-3", "", func(inv *invoice.Invoice) {
				inv.Kind = invoice.KindCreditNote
				inv.PrecedingInvoices = []invoice.PrecedingInvoice{{Number: "B-1", IssueDate: "2026-10-01"}, {Number: "B-2", IssueDate: "2026-10-31"}, {Number: "B-3"}}
			}},
		"one original without a date": {"Kind,Original invoice,Original date", "credit note,B-1,", "", func(inv *invoice.Invoice) {
			inv.Kind, inv.OriginalInvoice = invoice.KindCreditNote, "B-1"
		}},
		"early payment": {"Early payment %,Early payment until,Early payment % 2,Early payment until 2", "3,2026-11-20,2 %,2026-11-27", "", func(inv *invoice.Invoice) {
			inv.EarlyPayment = []invoice.EarlyPayment{{Percent: "3", Until: "2026-11-20"}, {Percent: "2", Until: "2026-11-27"}}
		}},
		"account": {"Account IBAN,Account BIC,Account bank,Account holder", "DE02 1203 0000 0000 2020 51,BYLADEM1001,Bank,Holder", "", func(inv *invoice.Invoice) {
			inv.Account = invoice.BankAccount{IBAN: "DE02120300000000202051", BIC: "BYLADEM1001", Bank: "Bank", Holder: "Holder"}
		}},
		"link": {"Link valid until,Payment page", "2026-12-24,https://pay.example.com/a", "", func(inv *invoice.Invoice) {
			inv.Link = invoice.LinkTerms{ValidUntil: "2026-12-24", Page: "https://pay.example.com/a"}
		}},
		"margin": {"Margin scheme", "second-hand-goods", "", func(inv *invoice.Invoice) { inv.MarginScheme = "second-hand-goods" }},
		"yes":    {"Self-billed,Cash accounting,Small business", "yes,Ja,TRUE", "", func(inv *invoice.Invoice) { inv.SelfBilled, inv.CashAccounting, inv.SmallBusiness = true, true, true }},
		"no":     {"Self-billed,Cash accounting,Small business", "no,,nein", "", func(*invoice.Invoice) {}},
		"by the profile": {"Reference", "x", "columns: {Reference: ignore}\ndefaults: {self_billed: yes, cash_accounting: no, account_iban: DE02120300000000202051}", func(inv *invoice.Invoice) {
			inv.SelfBilled, inv.Account.IBAN = true, "DE02120300000000202051"
		}},
		"a column before the profile": {"Self-billed", "no", "defaults: {self_billed: yes}", func(*invoice.Invoice) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := read(t, csvFile(t, head+","+c.columns+"\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,25,"+c.cells+"\n"), mine(t, c.profile))
			wantProblems(t, b)
			want := invoice.Invoice{
				Number: "A-1", IssueDate: "2026-11-13", DueDate: "2026-12-13", Currency: "EUR", Buyer: invoice.Party{Name: "Example"},
				Lines: []invoice.Line{{Description: "Thing", Quantity: "1", UnitPrice: "100", VATRate: "25"}},
			}
			c.want(&want)
			if got := *b.Entries[0].Invoice; got.Digest() != want.Digest() {
				t.Errorf("invoice is\n\t%+v\nwant\n\t%+v", got, want)
			}
		})
	}
}

// TestColumnsOfTheModelAreChecked: what is wrong in them is said at its cell.
func TestColumnsOfTheModelAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ columns, cells, profile, want string }{
		"neither yes nor no":      {"Self-billed", "perhaps", "", `list.csv:2 column J: self-billed "perhaps" is neither yes nor no`},
		"neither, of the profile": {"Item", "1", "defaults: {small_business: perhaps}", `list.csv:2 column A: small business "perhaps" is neither yes nor no`},
		"date of no original":     {"Original date", "2026-10-01", "", `list.csv:2 column J: original date stands next to no number of an original invoice`},
		"early payment too late":  {"Early payment %,Early payment until", "2,2027-01-01", "", `list.csv:2 column K: early payment day "2027-01-01" is not between the issue date 2026-11-13 and the due date 2026-12-13`},
		"an account that is none": {"Account IBAN", "DE02120300000000202052", "", `list.csv:2 column J: account IBAN "DE02120300000000202052" is not an IBAN: its check digits (ISO 13616) do not fit`},
		"scheme without a number": {"Electronic address scheme", "0088", "", `list.csv:2 column A: electronic address is missing; give the electronic address (no column has it; its header is "Electronic address")`},
		"an unknown scheme":       {"Margin scheme", "books", "", `list.csv:2 column J: margin scheme "books" is not one of travel-agents, second-hand-goods, works-of-art and collectors-items`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := read(t, csvFile(t, head+","+c.columns+"\nA-1,2026-11-13,2026-12-13,Example,EUR,Thing,1,100.00,25,"+c.cells+"\n"), mine(t, c.profile))
			if got := problemsOf(b); len(got) != 1 || got[0] != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

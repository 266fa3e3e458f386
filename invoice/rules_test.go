package invoice_test

import (
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// Each rule about the form of an invoice has one that breaks it, by the id that
// receivers of the refusal rely on, and one next to it that keeps it. The rules
// of law are in TestLaw.
func TestEachRuleOfForm(t *testing.T) {
	t.Parallel()
	type change = func(*invoice.Invoice)
	allowance := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) {
			inv.Allowances = []invoice.DocumentAllowance{{Allowance: a, VATRate: "25"}}
		}
	}
	charge := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) {
			inv.Charges = []invoice.DocumentAllowance{{Allowance: a, VATRate: "25"}}
		}
	}
	lineAllowance := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) { inv.Lines[0].Allowances = []invoice.Allowance{a} }
	}
	lineCharge := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) { inv.Lines[0].Charges = []invoice.Allowance{a} }
	}
	buyerID := func(scheme, id string) change {
		return func(inv *invoice.Invoice) { inv.Buyer.GlobalID = invoice.Identifier{Scheme: scheme, ID: id} }
	}
	endpoint := func(scheme, id string) change {
		return func(inv *invoice.Invoice) { inv.Buyer.Endpoint = invoice.Identifier{Scheme: scheme, ID: id} }
	}
	local := func(c invoice.LocalVAT) change { return func(inv *invoice.Invoice) { inv.LocalVAT = c } }
	exempt := func(e invoice.Exemption) change {
		return func(inv *invoice.Invoice) { inv.Exemptions = []invoice.Exemption{e} }
	}
	for _, c := range []struct {
		code         string
		broken, kept change
	}{
		{"BR-CL-01", func(inv *invoice.Invoice) { inv.Kind = "bill" }, func(inv *invoice.Invoice) { inv.Kind = invoice.KindInvoice }},
		{"BR-CL-04", func(inv *invoice.Invoice) { inv.Currency = "XYZ" }, func(inv *invoice.Invoice) { inv.Currency = "SEK" }},
		{"BR-CL-05", local(invoice.LocalVAT{Currency: "XYZ", Rate: "1"}), local(invoice.LocalVAT{Currency: "SEK", Rate: "1.5"})},
		{"BR-53", local(invoice.LocalVAT{Currency: "SEK"}), local(invoice.LocalVAT{Currency: "SEK", Amount: "10.5"})},
		{"BR-DEC-15", local(invoice.LocalVAT{Currency: "SEK", Amount: "10.555"}), local(invoice.LocalVAT{Currency: "SEK", Amount: "10.55"})},
		{"rate-range", local(invoice.LocalVAT{Currency: "SEK", Rate: "-1"}), local(invoice.LocalVAT{Currency: "SEK", Rate: "0.001"})},
		{"BR-CL-10", buyerID("XX", "1"), buyerID("0199", "529900T8BM49AURSDO55")},
		{"identifier-missing", buyerID("GLN", ""), buyerID("GLN", "5790000000005")},
		{"gln-check-digit", buyerID("GLN", "5790000000004"), buyerID("0088", "5790000000005")},
		{"BR-CL-11", func(inv *invoice.Invoice) { inv.Buyer.RegistrationScheme = "9999" }, func(inv *invoice.Invoice) { inv.Buyer.RegistrationScheme = "CVR" }},
		{"BR-63", endpoint("", "5790000000005"), endpoint("", "a@example.org")},
		{"BR-CL-25", endpoint("0003", "1"), endpoint("EM", "a@example.org")},
		{"BR-CL-14", func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "XX" }, func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "XI" }},
		{"BR-57", func(inv *invoice.Invoice) { inv.Delivery.Address = invoice.Address{City: "Aarhus"} }, func(inv *invoice.Invoice) { inv.Delivery.Address = invoice.Address{City: "Aarhus", Country: "DK"} }},
		{"BR-CL-26", func(inv *invoice.Invoice) { inv.Delivery.Location = invoice.Identifier{Scheme: "9999", ID: "1"} }, func(inv *invoice.Invoice) {
			inv.Delivery.Location = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}
		}},
		{"BR-CL-18", func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "L" }, func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "S" }},
		{"BR-CO-04", func(inv *invoice.Invoice) { inv.Lines[0].VATRate, inv.Lines[0].VATCategory = "", "" }, func(inv *invoice.Invoice) {
			inv.Lines[0].VATRate, inv.Lines[0].VATCategory = "0", ""
		}},
		{"BR-CL-19", allowance(invoice.Allowance{Amount: "1", ReasonCode: "FC"}), allowance(invoice.Allowance{Amount: "1", ReasonCode: "95"})},
		{"BR-CL-20", charge(invoice.Allowance{Amount: "1", ReasonCode: "95"}), charge(invoice.Allowance{Amount: "1", ReasonCode: "FC"})},
		{"BR-31", allowance(invoice.Allowance{Reason: "x"}), allowance(invoice.Allowance{Percent: "1", Reason: "x"})},
		{"BR-36", charge(invoice.Allowance{Reason: "x"}), charge(invoice.Allowance{Percent: "101", Reason: "x"})},
		{"BR-41", lineAllowance(invoice.Allowance{Reason: "x"}), lineAllowance(invoice.Allowance{Amount: "0.01", Reason: "x"})},
		{"BR-43", lineCharge(invoice.Allowance{Reason: "x"}), lineCharge(invoice.Allowance{Amount: "0.01", Reason: "x"})},
		{"percent-range", allowance(invoice.Allowance{Percent: "101", Reason: "x"}), allowance(invoice.Allowance{Percent: "100", Reason: "x"})},
		{"allowance-negative", allowance(invoice.Allowance{Amount: "-1", Reason: "x"}), allowance(invoice.Allowance{Amount: "1", Reason: "x"})},
		{"BR-DEC-01", allowance(invoice.Allowance{Amount: "1.001", Reason: "x"}), allowance(invoice.Allowance{Amount: "1.01", Reason: "x"})},
		{"BR-DEC-02", allowance(invoice.Allowance{Percent: "1", Base: "1.001", Reason: "x"}), allowance(invoice.Allowance{Percent: "1", Base: "1.01", Reason: "x"})},
		{"BR-DEC-05", charge(invoice.Allowance{Amount: "1.001", Reason: "x"}), charge(invoice.Allowance{Amount: "1.01", Reason: "x"})},
		{"BR-DEC-06", charge(invoice.Allowance{Percent: "1", Base: "1.001", Reason: "x"}), charge(invoice.Allowance{Percent: "1", Base: "1.01", Reason: "x"})},
		{"BR-DEC-24", lineAllowance(invoice.Allowance{Amount: "1.001", Reason: "x"}), lineAllowance(invoice.Allowance{Amount: "1.01", Reason: "x"})},
		{"BR-DEC-25", lineAllowance(invoice.Allowance{Percent: "1", Base: "1.001", Reason: "x"}), lineAllowance(invoice.Allowance{Percent: "1", Base: "1", Reason: "x"})},
		{"BR-DEC-27", lineCharge(invoice.Allowance{Amount: "1.001", Reason: "x"}), lineCharge(invoice.Allowance{Amount: "1.01", Reason: "x"})},
		{"BR-DEC-28", lineCharge(invoice.Allowance{Percent: "1", Base: "1.001", Reason: "x"}), lineCharge(invoice.Allowance{Percent: "1", Base: "1", Reason: "x"})},
		{"BR-CL-22", exempt(invoice.Exemption{VATCategory: "E", Code: "VATEX-EU-1"}), exempt(invoice.Exemption{VATCategory: "E", Code: "vatex-eu-132"})},
		{"exemption-case", exempt(invoice.Exemption{VATCategory: "E", Case: "art-196"}), exempt(invoice.Exemption{VATCategory: "AE", Case: "art-196"})},
		{"BR-S-10", exempt(invoice.Exemption{VATCategory: "S", Reason: "x"}), exempt(invoice.Exemption{VATCategory: "O", Reason: "x"})},
		{"margin-scheme-unknown", func(inv *invoice.Invoice) { inv.MarginScheme = "cars" }, func(inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginArt }},
		{"BR-CO-03", func(inv *invoice.Invoice) { inv.CashAccounting, inv.TaxPointDate = true, inv.IssueDate }, func(inv *invoice.Invoice) { inv.CashAccounting, inv.TaxPointDate = true, "" }},
		{"BR-27", func(inv *invoice.Invoice) { inv.Lines[0].UnitPrice = "-1" }, func(inv *invoice.Invoice) { inv.Lines[0].UnitPrice = "0" }},
		{"BR-28", func(inv *invoice.Invoice) { inv.Lines[0].GrossPrice = "-1" }, func(inv *invoice.Invoice) { inv.Lines[0].GrossPrice = "" }},
		{"gross-price", func(inv *invoice.Invoice) { inv.Lines[0].GrossPrice = "0.01" }, func(inv *invoice.Invoice) { inv.Lines[0].GrossPrice = "100000" }},
		{"price-quantity", func(inv *invoice.Invoice) { inv.Lines[0].PriceQuantity = "0" }, func(inv *invoice.Invoice) { inv.Lines[0].PriceQuantity = "0.5" }},
		{"field-incomplete", func(inv *invoice.Invoice) { inv.Fields = []invoice.Field{{Label: "Machine"}} }, func(inv *invoice.Invoice) { inv.Fields = []invoice.Field{{Label: "Machine", Value: "7"}} }},
		{"too-many", func(inv *invoice.Invoice) {
			inv.Fields = slices.Repeat([]invoice.Field{{Label: "a", Value: "b"}}, invoice.MaxFields+1)
		}, func(inv *invoice.Invoice) {
			inv.Fields = slices.Repeat([]invoice.Field{{Label: "a", Value: "b"}}, invoice.MaxFields)
		}},
		{"BR-61", func(inv *invoice.Invoice) { inv.Account = invoice.BankAccount{Bank: "Bank"} }, func(inv *invoice.Invoice) { inv.Account = invoice.BankAccount{IBAN: "DE89370400440532013000"} }},
		{"iban-check-digits", func(inv *invoice.Invoice) { inv.Account.IBAN = "DE88370400440532013000" }, func(inv *invoice.Invoice) { inv.Account.IBAN = "DE89370400440532013000" }},
		{"bic-form", func(inv *invoice.Invoice) {
			inv.Account = invoice.BankAccount{IBAN: "DE89370400440532013000", BIC: "COBA"}
		}, func(inv *invoice.Invoice) {
			inv.Account = invoice.BankAccount{IBAN: "DE89370400440532013000", BIC: "COBADEFF"}
		}},
		{"link-before-issue", func(inv *invoice.Invoice) { inv.Link.ValidUntil = "1999-01-01" }, func(inv *invoice.Invoice) { inv.Link.ValidUntil = inv.IssueDate }},
		{"url-invalid", func(inv *invoice.Invoice) { inv.Link.Page = "ftp://example.org" }, func(inv *invoice.Invoice) { inv.Link.Page = "https://example.org/pay" }},
		{"text-unprintable", func(inv *invoice.Invoice) { inv.Note = "a\x01b" }, func(inv *invoice.Invoice) { inv.Note = "a\u00ad\u200bb\tc" }},
		{"text-encoding", func(inv *invoice.Invoice) { inv.Note = "\xff" }, func(inv *invoice.Invoice) { inv.Note = "ÿ" }},
		{"language-tag", func(inv *invoice.Invoice) { inv.Language = "da_DK" }, func(inv *invoice.Invoice) { inv.Language = "da-DK" }},
		{"number-form", func(inv *invoice.Invoice) { inv.Number = "A\u200b1" }, func(inv *invoice.Invoice) { inv.Number = "A 1" }},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			codes := func(change change) []string {
				inv := sample()
				inv.Rounding = "" // some changes leave fewer lines with VAT
				change(inv)
				var out []string
				for _, p := range inv.Validate() {
					out = append(out, p.Code)
				}
				return out
			}
			if got := codes(c.broken); !slices.Contains(got, c.code) {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.code)
			}
			if got := codes(c.kept); len(got) > 0 {
				t.Errorf("the one that keeps it has %s", strings.Join(got, " "))
			}
		})
	}
}

// The payment slip has its own demands on the profile.
func TestSwissSlipOfAProfile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want   string
		change func(*invoice.Seller)
	}{
		"lawful":     {"", func(*invoice.Seller) {}},
		"serif":      {"swiss-slip-design", func(s *invoice.Seller) { s.Design.Typeface = "serif" }},
		"letter":     {"swiss-slip-design", func(s *invoice.Seller) { s.Design.Paper = invoice.PaperLetter }},
		"no town":    {"swiss-slip-address", func(s *invoice.Seller) { s.Address.City = "" }},
		"other code": {"unknown-choice", func(s *invoice.Seller) { s.Transfer.Code = "giro" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &invoice.Seller{Party: invoice.Party{Name: "Muster AG", VATID: "CHE101127158MWST",
				Address: invoice.Address{Street: "Weg 1", Zip: "8001", City: "Zürich", Country: "CH"}}, IBAN: "CH9300762011623852957"}
			s.Transfer.Code = invoice.TransferSwiss
			c.change(s)
			got := ""
			if p := s.Validate(); len(p) > 0 {
				got = p[0].Code
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

package invoice_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/einvoice"
)

// rule is one rule about the form of an invoice, with a document that breaks it
// and one that keeps it. Both begin as a lawful invoice from Germany to Germany
// over ten things of 1,000 EUR at 19 %; nil leaves it as it is.
type rule struct {
	code         string
	broken, kept func(*invoice.Invoice)
}

func formRules() []rule {
	type change = func(*invoice.Invoice)
	allowance := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) {
			inv.Allowances = []invoice.DocumentAllowance{{Allowance: a, VATRate: "19"}}
		}
	}
	charge := func(a invoice.Allowance) change {
		return func(inv *invoice.Invoice) {
			inv.Charges = []invoice.DocumentAllowance{{Allowance: a, VATRate: "19"}}
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
	with := func(changes ...change) change {
		return func(inv *invoice.Invoice) {
			for _, c := range changes {
				c(inv)
			}
		}
	}
	vat := func(category invoice.VATCategory, rate invoice.Decimal) change {
		return func(inv *invoice.Invoice) { inv.Lines[0].VATCategory, inv.Lines[0].VATRate = category, rate }
	}
	reduced := func(category invoice.VATCategory, rate invoice.Decimal) change {
		return func(inv *invoice.Invoice) {
			inv.Allowances = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "1", Reason: "x"}, VATCategory: category, VATRate: rate}}
		}
	}
	charged := func(category invoice.VATCategory, rate invoice.Decimal) change {
		return func(inv *invoice.Invoice) {
			inv.Charges = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "1", Reason: "x"}, VATCategory: category, VATRate: rate}}
		}
	}
	to := func(country, vatID string) change {
		return func(inv *invoice.Invoice) { inv.Buyer.Address.Country, inv.Buyer.VATID = country, vatID }
	}
	twice := func(category invoice.VATCategory) change {
		return func(inv *invoice.Invoice) {
			inv.Exemptions = slices.Repeat([]invoice.Exemption{{VATCategory: category, Reason: "x"}}, 2)
		}
	}
	item := func(scheme, id string) change {
		return func(inv *invoice.Invoice) { inv.Lines[0].StandardID = invoice.Identifier{Scheme: scheme, ID: id} }
	}
	rep := invoice.TaxRepresentative{Name: "Rep AG", VATID: "ATU13585627", Address: invoice.Address{Country: "AT"}}
	representative := func(r invoice.TaxRepresentative) change {
		return func(inv *invoice.Invoice) { inv.TaxRepresentative = r }
	}
	preceding := func(p invoice.PrecedingInvoice) change {
		return func(inv *invoice.Invoice) { inv.PrecedingInvoices = []invoice.PrecedingInvoice{p} }
	}
	early := func(until invoice.Date) change {
		return func(inv *invoice.Invoice) {
			inv.EarlyPayment = []invoice.EarlyPayment{{Percent: "2", Until: until}}
		}
	}
	return []rule{
		{"BR-CL-01", func(inv *invoice.Invoice) { inv.Kind = "bill" }, func(inv *invoice.Invoice) { inv.Kind = invoice.KindInvoice }},
		{"BR-CL-04", func(inv *invoice.Invoice) { inv.Currency = "XYZ" }, func(inv *invoice.Invoice) {
			inv.Currency, inv.LocalVAT = "SEK", invoice.LocalVAT{Currency: "EUR", Rate: "0.09"}
		}},
		{"BR-CL-05", local(invoice.LocalVAT{Currency: "XYZ", Rate: "1"}), local(invoice.LocalVAT{Currency: "SEK", Rate: "1.5"})},
		{"BR-53", local(invoice.LocalVAT{Currency: "SEK"}), local(invoice.LocalVAT{Currency: "SEK", Amount: "10.5"})},
		{"BR-DEC-15", local(invoice.LocalVAT{Currency: "SEK", Amount: "10.555"}), local(invoice.LocalVAT{Currency: "SEK", Amount: "10.55"})},
		{"rate-range", local(invoice.LocalVAT{Currency: "SEK", Rate: "-1"}), local(invoice.LocalVAT{Currency: "SEK", Rate: "0.001"})},
		{"BR-CL-10", buyerID("XX", "1"), buyerID("0199", "529900T8BM49AURSDO55")},
		{"identifier-missing", buyerID("GLN", ""), buyerID("GLN", "5790000000005")},
		{"gln-check-digit", buyerID("GLN", "5790000000004"), buyerID("0088", "5790000000005")},
		{"BR-CL-11", func(inv *invoice.Invoice) {
			inv.Buyer.RegistrationNo, inv.Buyer.RegistrationScheme = "13585628", "9999"
		}, func(inv *invoice.Invoice) { inv.Buyer.RegistrationNo, inv.Buyer.RegistrationScheme = "13585628", "CVR" }},
		{"BR-63", endpoint("", "5790000000005"), endpoint("", "a@example.org")},
		{"BR-CL-25", endpoint("0003", "1"), endpoint("EM", "a@example.org")},
		{"BR-CL-14", func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "UK" }, func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "XI" }},
		{"BR-57", func(inv *invoice.Invoice) { inv.Delivery.Address = invoice.Address{City: "Aarhus"} }, func(inv *invoice.Invoice) { inv.Delivery.Address = invoice.Address{City: "Aarhus", Country: "DK"} }},
		{"BR-CL-26", func(inv *invoice.Invoice) { inv.Delivery.Location = invoice.Identifier{Scheme: "9999", ID: "1"} }, func(inv *invoice.Invoice) {
			inv.Delivery.Location = invoice.Identifier{Scheme: "GLN", ID: "5790000000005"}
		}},
		{"BR-CL-18", func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "s" }, func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "S" }},
		{"vat-category-unsupported", func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "L" }, func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "S" }},
		{"vat-category-unsupported", exempt(invoice.Exemption{VATCategory: "B"}), nil},
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
		{"BR-CL-22", with(vat("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Code: "VATEX-EU-1"})), with(vat("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Code: "vatex-eu-132"}))},
		{"exemption-case", exempt(invoice.Exemption{VATCategory: "E", Case: "art-196"}), exempt(invoice.Exemption{VATCategory: "AE", Case: "art-196"})},
		{"exemption-case", exempt(invoice.Exemption{VATCategory: "E", Code: "vatex-eu-ae"}), exempt(invoice.Exemption{VATCategory: "AE", Code: "VATEX-EU-AE"})},
		{"exemption-case", exempt(invoice.Exemption{VATCategory: "O", Code: "VATEX-EU-F"}), with(vat("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Code: "VATEX-EU-F"}))},
		{"BR-S-10", exempt(invoice.Exemption{VATCategory: "S", Reason: "x"}), exempt(invoice.Exemption{VATCategory: "O", Reason: "x"})},
		{"margin-scheme-unknown", func(inv *invoice.Invoice) { inv.MarginScheme = "cars" }, func(inv *invoice.Invoice) { inv.MarginScheme = invoice.MarginArt }},
		{"BR-CO-03", func(inv *invoice.Invoice) { inv.CashAccounting, inv.TaxPointDate = true, inv.IssueDate }, func(inv *invoice.Invoice) { inv.CashAccounting = true }},
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
		{"BR-02", func(inv *invoice.Invoice) { inv.Number = " " }, nil},
		{"BR-03", func(inv *invoice.Invoice) { inv.IssueDate = "" }, nil},
		{"BR-05", func(inv *invoice.Invoice) { inv.Currency = "" }, nil},
		{"BR-07", func(inv *invoice.Invoice) { inv.Buyer.Name = "" }, nil},
		{"BR-16", func(inv *invoice.Invoice) { inv.Lines = nil }, nil},
		{"BR-25", func(inv *invoice.Invoice) { inv.Lines[0].Description = " " }, nil},
		{"BR-26", func(inv *invoice.Invoice) { inv.Lines[0].UnitPrice = "" }, nil},
		{"BR-29", func(inv *invoice.Invoice) { inv.Period = invoice.Period{Start: "2026-02-02", End: "2026-02-01"} }, func(inv *invoice.Invoice) {
			inv.Period = invoice.Period{Start: "2026-02-01", End: "2026-02-01"}
		}},
		{"BR-30", func(inv *invoice.Invoice) {
			inv.Lines[0].Period = invoice.Period{Start: "2026-02-02", End: "2026-02-01"}
		}, func(inv *invoice.Invoice) {
			inv.Lines[0].Period = invoice.Period{Start: "2026-02-01", End: "2026-02-01"}
		}},
		{"BR-18", representative(invoice.TaxRepresentative{VATID: "ATU13585627", Address: invoice.Address{Country: "AT"}}), representative(rep)},
		{"BR-20", representative(invoice.TaxRepresentative{Name: "Rep AG", VATID: "ATU13585627", Address: invoice.Address{City: "Wien"}}), representative(rep)},
		{"BR-56", representative(invoice.TaxRepresentative{Name: "Rep AG", Address: invoice.Address{Country: "AT"}}), representative(rep)},
		{"BR-55", preceding(invoice.PrecedingInvoice{IssueDate: "2026-01-05"}), preceding(invoice.PrecedingInvoice{Number: "7"})},
		{"preceding-later", preceding(invoice.PrecedingInvoice{Number: "7", IssueDate: "2026-03-02"}), preceding(invoice.PrecedingInvoice{Number: "7", IssueDate: "2026-03-01"})},
		{"own-number", preceding(invoice.PrecedingInvoice{Number: "1"}), preceding(invoice.PrecedingInvoice{Number: "2"})},
		{"BR-64", item("", "4006381333930"), item("", "4006381333931")},
		{"BR-CL-21", item("9999", "1"), item("DUNS", "1")},
		{"gtin-check-digit", item("EAN", "96385075"), item("EAN", "96385074")},
		{"identifier-missing", item("GTIN", ""), item("", "")},
		{"BR-S-05", vat("S", "0"), vat("S", "7")},
		{"BR-Z-05", vat("Z", "19"), vat("Z", "0")},
		{"BR-E-05", vat("E", "19"), with(vat("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Reason: "x"}))},
		{"BR-AE-05", vat("AE", "19"), vat("AE", "0")},
		{"BR-IC-05", vat("K", "19"), with(vat("K", "0"), to("AT", "ATU13585627"))},
		{"BR-G-05", vat("G", "19"), with(vat("G", "0"), to("US", ""))},
		{"BR-O-05", vat("O", "19"), with(vat("O", "0"), to("US", ""))},
		{"BR-S-06", reduced("S", "0"), reduced("S", "7")},
		{"BR-Z-06", reduced("Z", "19"), reduced("Z", "0")},
		{"BR-E-06", reduced("E", "19"), with(reduced("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Reason: "x"}))},
		{"BR-AE-06", reduced("AE", "19"), reduced("AE", "0")},
		{"BR-IC-06", reduced("K", "19"), with(reduced("K", "0"), to("AT", "ATU13585627"))},
		{"BR-G-06", reduced("G", "19"), with(reduced("G", "0"), to("US", ""))},
		{"BR-O-06", reduced("O", "19"), with(vat("O", "0"), reduced("O", "0"), to("US", ""))},
		{"BR-S-07", charged("S", "0"), charged("S", "7")},
		{"BR-Z-07", charged("Z", "19"), charged("Z", "0")},
		{"BR-E-07", charged("E", "19"), with(charged("E", "0"), exempt(invoice.Exemption{VATCategory: "E", Reason: "x"}))},
		{"BR-AE-07", charged("AE", "19"), charged("AE", "0")},
		{"BR-IC-07", charged("K", "19"), with(charged("K", "0"), to("AT", "ATU13585627"))},
		{"BR-G-07", charged("G", "19"), with(charged("G", "0"), to("US", ""))},
		{"BR-O-07", charged("O", "19"), with(vat("O", "0"), charged("O", "0"), to("US", ""))},
		{"BR-Z-10", with(vat("Z", "0"), exempt(invoice.Exemption{VATCategory: "Z", Reason: "x"})), vat("Z", "0")},
		{"BR-E-01", twice("E"), exempt(invoice.Exemption{VATCategory: "E", Reason: "x"})},
		{"BR-AE-01", twice("AE"), exempt(invoice.Exemption{VATCategory: "AE", Reason: "x"})},
		{"BR-IC-01", twice("K"), exempt(invoice.Exemption{VATCategory: "K", Reason: "x"})},
		{"BR-G-01", twice("G"), exempt(invoice.Exemption{VATCategory: "G", Reason: "x"})},
		{"BR-O-01", twice("O"), exempt(invoice.Exemption{VATCategory: "O", Reason: "x"})},
		{"BR-CO-25", func(inv *invoice.Invoice) { inv.DueDate = "" }, func(inv *invoice.Invoice) {
			inv.Kind, inv.DueDate, inv.OriginalInvoice = invoice.KindCreditNote, "", "7"
		}},
		{"due-before-issue", func(inv *invoice.Invoice) { inv.DueDate = "2026-02-28" }, func(inv *invoice.Invoice) { inv.DueDate = "2026-03-01" }},
		{"due-too-late", func(inv *invoice.Invoice) { inv.DueDate = "2036-03-02" }, func(inv *invoice.Invoice) { inv.DueDate = "2036-03-01" }},
		{"date-invalid", func(inv *invoice.Invoice) { inv.SupplyDate = "2026-02-29" }, func(inv *invoice.Invoice) { inv.SupplyDate = "2024-02-29" }},
		{"line-period-outside", func(inv *invoice.Invoice) {
			inv.Period, inv.Lines[0].Period = invoice.Period{Start: "2026-02-01", End: "2026-02-28"}, invoice.Period{Start: "2026-01-31"}
		}, func(inv *invoice.Invoice) {
			inv.Period, inv.Lines[0].Period = invoice.Period{Start: "2026-02-01", End: "2026-02-28"}, invoice.Period{Start: "2026-02-01", End: "2026-02-28"}
		}},
		{"early-payment-date", early("2026-02-28"), early("2026-03-31")},
		{"BR-DEC-16", func(inv *invoice.Invoice) { inv.Prepaid = "1.001" }, func(inv *invoice.Invoice) { inv.Prepaid = "1.01" }},
		{"prepaid-negative", func(inv *invoice.Invoice) { inv.Prepaid = "-1" }, func(inv *invoice.Invoice) { inv.Prepaid = "0" }},
		{"BR-DEC-17", func(inv *invoice.Invoice) { inv.Rounding = "0.001" }, func(inv *invoice.Invoice) { inv.Rounding = "0.01" }},
		{"rounding-too-large", func(inv *invoice.Invoice) { inv.Rounding = "-0.03" }, func(inv *invoice.Invoice) { inv.Rounding = "-0.02" }},
		{"rounding-too-large", rounded("SEK", "0.51"), rounded("SEK", "0.5")},
		{"rounding-too-large", rounded("USD", "0.02"), rounded("USD", "0.01")},
		{"date-invalid", func(inv *invoice.Invoice) { inv.IssueDate, inv.DueDate = "2569-11-20", "2569-12-20" }, nil},
		{"amount-too-large", func(inv *invoice.Invoice) { inv.Lines[0].Quantity, inv.Lines[0].UnitPrice = "10", "100000000000" }, func(inv *invoice.Invoice) {
			inv.Lines[0].Quantity, inv.Lines[0].UnitPrice = "1", "800000000000"
		}},
		{"credit-note-negative", func(inv *invoice.Invoice) {
			inv.Kind, inv.OriginalInvoice, inv.Lines[0].Quantity = invoice.KindCreditNote, "7", "-1"
		}, func(inv *invoice.Invoice) {
			inv.Kind, inv.OriginalInvoice = invoice.KindCreditNote, "7"
		}},
		{"discount-sign", func(inv *invoice.Invoice) { inv.Lines[0].Discount = "-1" }, func(inv *invoice.Invoice) { inv.Lines[0].Discount = "1" }},
		{"currency-not-payable", func(inv *invoice.Invoice) { inv.Currency = "KWD" }, nil},
		{"vat-currency-same", local(invoice.LocalVAT{Currency: "EUR", Rate: "1"}), nil},
		{"email-invalid", func(inv *invoice.Invoice) { inv.Buyer.Email = "a@b" }, func(inv *invoice.Invoice) { inv.Buyer.Email = "a@b.example" }},
		{"session-id", func(inv *invoice.Invoice) { inv.SessionID = ".." }, func(inv *invoice.Invoice) { inv.SessionID = "..." }},
		{"text-too-long", func(inv *invoice.Invoice) { inv.Note = strings.Repeat("x", invoice.MaxTextRunes+1) }, func(inv *invoice.Invoice) {
			inv.Note = strings.Repeat("x", invoice.MaxTextRunes)
		}},
		{"too-many-lines", func(inv *invoice.Invoice) { inv.Lines = repeat(invoice.MaxLines+1, inv.Lines[0]) }, func(inv *invoice.Invoice) {
			inv.Lines = repeat(invoice.MaxLines, inv.Lines[0])
		}},
		{"number-invalid", func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "1e3" }, func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "1000" }},
		{"number-not-canonical", func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "1.0" }, func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "1.1" }},
	}
}

// sellerRules are rules about the profile alone.
func sellerRules() []sellerRule {
	swiss := func(change func(*invoice.Seller)) func(*invoice.Seller) {
		return func(s *invoice.Seller) {
			s.Address.Country, s.IBAN, s.Transfer.Code = "CH", "CH9300762011623852957", invoice.TransferSwiss
			change(s)
		}
	}
	return []sellerRule{
		{"BR-06", func(s *invoice.Seller) { s.Name = " " }, nil},
		{"BR-09", func(s *invoice.Seller) { s.Address.Country = "" }, nil},
		{"BR-62", func(s *invoice.Seller) { s.Endpoint.ID = "5790000000005" }, func(s *invoice.Seller) { s.Endpoint.ID = "billing@example.com" }},
		{"seller-tax-id", func(s *invoice.Seller) { s.VATID = "" }, func(s *invoice.Seller) { s.VATID, s.TaxNumber = "", "12/345/67890" }},
		{"legal-profile", func(s *invoice.Seller) { s.Legal = "fr" }, func(s *invoice.Seller) { s.Legal = invoice.LegalEU }},
		{"time-zone", func(s *invoice.Seller) { s.TimeZone = "Local" }, func(s *invoice.Seller) { s.TimeZone = "Europe/Berlin" }},
		{"logo-format", func(s *invoice.Seller) { s.Logo = []byte("GIF89a") }, func(s *invoice.Seller) { s.Logo = []byte(pngHead) }},
		{"logo-too-large", func(s *invoice.Seller) { s.Logo = append([]byte(pngHead), make([]byte, invoice.MaxLogoBytes)...) }, func(s *invoice.Seller) {
			s.Logo = append([]byte(pngHead), make([]byte, invoice.MaxLogoBytes-len(pngHead))...)
		}},
		{"file-too-large", func(s *invoice.Seller) { s.Design.Font = make([]byte, invoice.MaxFontBytes+1) }, func(s *invoice.Seller) {
			s.Design.Font = make([]byte, invoice.MaxFontBytes)
		}},
		{"unknown-choice", func(s *invoice.Seller) { s.EInvoice = "xrechnung" }, func(s *invoice.Seller) { s.EInvoice = invoice.EInvoiceNone }},
		{"window-paper", func(s *invoice.Seller) { s.Design.Paper, s.Design.Window = invoice.PaperLetter, invoice.WindowC5 }, func(s *invoice.Seller) {
			s.Design.Paper, s.Design.Window = invoice.PaperA4, invoice.WindowC5
		}},
		{"fik-creditor-invalid", func(s *invoice.Seller) { s.Transfer.FIKCreditor = "1234567" }, func(s *invoice.Seller) { s.Transfer.FIKCreditor = "12345678" }},
		{"swiss-slip-design", swiss(func(s *invoice.Seller) { s.Design.Typeface = "serif" }), swiss(func(s *invoice.Seller) { s.Design.Typeface = "sans" })},
		{"swiss-slip-design", swiss(func(s *invoice.Seller) { s.Design.Paper = invoice.PaperLetter }), swiss(func(*invoice.Seller) {})},
		{"swiss-slip-address", swiss(func(s *invoice.Seller) { s.Address.City = "" }), swiss(func(*invoice.Seller) {})},
		{"unknown-choice", swiss(func(s *invoice.Seller) { s.Transfer.Code = "giro" }), swiss(func(*invoice.Seller) {})},
	}
}

type sellerRule struct {
	code         string
	broken, kept func(*invoice.Seller)
}

// claimRules are about what the sender claims the lines to give: 10,000 EUR net,
// 1,900 EUR of VAT.
func claimRules() []claimRule {
	return []claimRule{
		{"claim-differs", invoice.Claims{Total: "11900.01"}, invoice.Claims{Total: "11900"}},
		{"claim-no-line", invoice.Claims{Lines: []invoice.Decimal{"10000", "1"}}, invoice.Claims{Lines: []invoice.Decimal{"10000"}}},
	}
}

type claimRule struct {
	code         string
	broken, kept invoice.Claims
}

// ruleCase is a document that breaks one rule alone, or keeps it.
type ruleCase struct {
	name   string // of the case
	code   string
	also   []string // codes that cannot be kept apart from it
	broken bool
	seller *invoice.Seller
	inv    *invoice.Invoice
	claims invoice.Claims
}

// ruleCases are two documents for each rule: one that breaks it and nothing
// else, and one that breaks none.
func ruleCases() []ruleCase {
	var out []ruleCase
	add := func(code string, broken bool, change func(*invoice.Seller, *invoice.Invoice, *ruleCase)) {
		c := ruleCase{code: code, broken: broken, seller: lawfulSeller("DE"), inv: lawful("DE", "", "19")}
		change(c.seller, c.inv, &c)
		c.name = fmt.Sprintf("%s-%03d-%s", code, len(out), map[bool]string{true: "broken", false: "kept"}[broken])
		out = append(out, c)
	}
	form := func(change func(*invoice.Invoice)) func(*invoice.Seller, *invoice.Invoice, *ruleCase) {
		return func(_ *invoice.Seller, inv *invoice.Invoice, _ *ruleCase) {
			if change != nil {
				change(inv)
			}
		}
	}
	for _, r := range formRules() {
		add(r.code, true, form(r.broken))
		add(r.code, false, form(r.kept))
	}
	profile := func(change func(*invoice.Seller)) func(*invoice.Seller, *invoice.Invoice, *ruleCase) {
		return func(s *invoice.Seller, _ *invoice.Invoice, _ *ruleCase) {
			if change != nil {
				change(s)
			}
		}
	}
	for _, r := range sellerRules() {
		add(r.code, true, profile(r.broken))
		add(r.code, false, profile(r.kept))
	}
	for _, r := range claimRules() {
		add(r.code, true, func(_ *invoice.Seller, _ *invoice.Invoice, c *ruleCase) { c.claims = r.broken })
		add(r.code, false, func(_ *invoice.Seller, _ *invoice.Invoice, c *ruleCase) { c.claims = r.kept })
	}
	for _, r := range legalRules() {
		start := func(change func(*invoice.Seller, *invoice.Invoice)) func(*invoice.Seller, *invoice.Invoice, *ruleCase) {
			return func(_ *invoice.Seller, _ *invoice.Invoice, c *ruleCase) {
				if c.seller, c.inv = r.start(); change != nil {
					change(c.seller, c.inv)
				}
				c.also = r.codes()
			}
		}
		for _, code := range r.codes() {
			add(code, true, start(r.change))
		}
		add(r.codes()[0], false, start(r.kept))
	}
	return out
}

func (c ruleCase) problems() invoice.Problems {
	p := append(c.seller.Validate(), c.inv.Validate()...)
	if len(p) > 0 {
		return p // nobody asks whether it is lawful
	}
	p = append(c.seller.CheckLaw(), c.seller.CheckInvoice(c.inv)...)
	_, claimed := c.inv.CheckClaims(c.claims, false)
	return append(p, claimed...)
}

// Each rule has a document that breaks it, by the code that receivers of the
// refusal rely on, and one that keeps it and every other.
func TestEachRule(t *testing.T) {
	t.Parallel()
	for _, c := range ruleCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := c.problems()
			if !c.broken && len(p) > 0 {
				t.Errorf("it has %v", p)
			}
			if c.broken && !slices.ContainsFunc(p, func(p invoice.Problem) bool { return p.Code == c.code }) {
				t.Errorf("got %v, want %s", p, c.code)
			}
			for _, other := range p {
				if c.broken && other.Code != c.code && !slices.Contains(c.also, other.Code) {
					t.Errorf("it also has %v", other)
				}
			}
			if *rulesOut != "" {
				writeRuleCase(t, c)
			}
		})
	}
}

// Every code that the source of this package can give has such documents.
func TestEveryCodeHasACase(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{}
	for _, c := range ruleCases() {
		cases[c.code] = true
	}
	cases["totals"] = true // an amount that is none: TestClaimsOfHostileText
	given := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	groups, suffixes := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(BR-[A-Z0-9-]*[0-9])"|(?:\badd|\bfullAddress)\("([a-z0-9-]+)"|\bcode, allowed = "([a-z0-9-]+)"`).FindAllSubmatch(source, -1) {
			given[string(bytes.Join(m[1:], nil))] = true
		}
		for _, m := range regexp.MustCompile(`"(BR-[A-Z]+-)"`).FindAllSubmatch(source, -1) {
			groups[string(m[1])] = true
		}
		for _, m := range regexp.MustCompile(`"(0\d|10)"`).FindAllSubmatch(source, -1) {
			suffixes[string(m[1])] = true
		}
	}
	for group := range groups {
		for suffix := range suffixes {
			if !slices.Contains(neverGiven[suffix], group) {
				given[group+suffix] = true
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(given)) {
		if !cases[code] {
			t.Errorf("no document breaks %s", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(cases)) {
		if !given[code] {
			t.Errorf("nothing gives %s", code)
		}
	}
}

// neverGiven are rules of the groups of VAT categories that others stand for: a
// profile without any tax identifier is refused by itself (seller-tax-id), and
// only S and Z are refused a reason for an exemption, which each other category
// may have, once.
var neverGiven = map[string][]string{
	"01": {"BR-S-", "BR-Z-"},
	"02": {"BR-S-", "BR-Z-", "BR-E-"}, "03": {"BR-S-", "BR-Z-", "BR-E-"}, "04": {"BR-S-", "BR-Z-", "BR-E-"},
	"10": {"BR-AE-", "BR-IC-", "BR-G-", "BR-O-"},
}

var rulesOut = flag.String("out", "", "directory to write the e-invoices of every rule to, for the official rules to judge")

// writeRuleCase writes the document in both syntaxes, whatever is wrong with it,
// unless it cannot be computed.
func writeRuleCase(t *testing.T, c ruleCase) {
	d, err := invoice.NewDocument(c.inv, c.seller)
	if err != nil {
		t.Logf("%s cannot be computed: %v", c.name, err)
		return
	}
	for syntax, write := range map[string]func(*invoice.Document, einvoice.Options) ([]byte, error){"cii": einvoice.CII, "ubl": einvoice.UBL} {
		data, err := write(d, einvoice.Options{})
		if err != nil {
			t.Logf("%s cannot be written: %v", c.name, err)
			continue
		}
		dir := filepath.Join(*rulesOut, syntax)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, c.name+".xml"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// rounded states a rounding in a currency, and the VAT in euros too.
func rounded(code string, rounding invoice.Decimal) func(*invoice.Invoice) {
	return func(inv *invoice.Invoice) {
		inv.Currency, inv.Rounding, inv.LocalVAT = code, rounding, invoice.LocalVAT{Currency: "EUR", Rate: "0.5"}
	}
}

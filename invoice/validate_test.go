package invoice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

func TestValidInvoices(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*invoice.Invoice){
		"the sample":                     func(*invoice.Invoice) {},
		"as little as possible":          func(inv *invoice.Invoice) { *inv = *small() },
		"a credit note without due date": func(inv *invoice.Invoice) { inv.Kind, inv.DueDate = invoice.KindCreditNote, "" },
		"due on the day":                 func(inv *invoice.Invoice) { inv.DueDate, inv.EarlyPayment = inv.IssueDate, nil },
		"the longest number":             func(inv *invoice.Invoice) { inv.Number = strings.Repeat("Ж", invoice.MaxNumberRunes) },
		"a number of one character":      func(inv *invoice.Invoice) { inv.Number = "." },
		"a path as a number":             func(inv *invoice.Invoice) { inv.Number = "../../etc/passwd" },
		"a number with a space inside":   func(inv *invoice.Invoice) { inv.Number = "A 1" },
		"the longest note":               func(inv *invoice.Invoice) { inv.Note = strings.Repeat("ø", invoice.MaxTextRunes) },
		"the longest name":               func(inv *invoice.Invoice) { inv.Buyer.Name = strings.Repeat("ж", invoice.MaxNameRunes) },
		"the longest session":            func(inv *invoice.Invoice) { inv.SessionID = strings.Repeat("a", invoice.MaxSessionBytes) },
		"a session with points":          func(inv *invoice.Invoice) { inv.SessionID = "a.b..c:~_-!" },
		"the most lines":                 func(inv *invoice.Invoice) { inv.Lines = repeat(invoice.MaxLines, line("1", "1", "25")) },
		"the first and the last day": func(inv *invoice.Invoice) {
			*inv = *small()
			inv.IssueDate, inv.SupplyDate, inv.DueDate = "1900-01-01", "9999-12-31", "1910-01-01"
		},
		"all of it off":                 func(inv *invoice.Invoice) { inv.Lines[0].DiscountPercent, inv.Lines[0].Discount = "100", "" },
		"a rate of 100":                 func(inv *invoice.Invoice) { inv.Lines[0].VATRate = "100" },
		"a return with its discount":    func(inv *invoice.Invoice) { inv.Lines[0].Quantity, inv.Lines[0].Discount = "-1", "-0.5" },
		"nothing to pay":                func(inv *invoice.Invoice) { inv.Lines, inv.Rounding = []invoice.Line{line("1", "0", "25")}, "" },
		"a negative total":              func(inv *invoice.Invoice) { inv.Lines, inv.Rounding = []invoice.Line{line("-1", "9", "25")}, "" },
		"prepaid more than the total":   func(inv *invoice.Invoice) { inv.Prepaid = "100000" },
		"a quantity of nothing":         func(inv *invoice.Invoice) { inv.Lines[0].Quantity, inv.Lines[0].Discount = "0", "" },
		"the quantity left out":         func(inv *invoice.Invoice) { inv.Lines[0].Quantity = "" },
		"the category left out":         func(inv *invoice.Invoice) { inv.Lines[0].VATCategory = "" },
		"a category that needs no rate": func(inv *invoice.Invoice) { inv.Lines[0].VATCategory, inv.Lines[0].VATRate = "AE", "" },
		"each category of rate zero":    func(inv *invoice.Invoice) { inv.Lines = zeroRated("Z", "E", "AE", "K", "G", "O"); inv.Rounding = "" },
		"a cent a line of rounding":     func(inv *invoice.Invoice) { inv.Rounding = "-0.02" },
		"a yen for a hundred lines": func(inv *invoice.Invoice) {
			*inv = *small(repeat(100, line("1", "9", "10"))...)
			inv.Currency, inv.Rounding = "JPY", "1"
		},
		"the largest total":               func(inv *invoice.Invoice) { *inv = *small(line("1", "999999999999.99", "0")) },
		"the largest total below nothing": func(inv *invoice.Invoice) { *inv = *small(line("-1", "999999999999.99", "0")) },
		"the largest total in yen":        func(inv *invoice.Invoice) { *inv = *small(line("1", "999999999999", "0")); inv.Currency = "JPY" },
		"line feeds in an address":        func(inv *invoice.Invoice) { inv.Buyer.Address.Street = "c/o\nStreet 1\nGate 2" },
		"many scripts": func(inv *invoice.Invoice) {
			inv.Buyer.Name = "Łódź Æblegård Ψυχή Їжак № 7 “€” – e\u0301"
		},
	} {
		inv := sample()
		change(inv)
		if p := inv.Validate(); len(p) > 0 || p.Err() != nil {
			t.Errorf("%s: %v", name, p)
		}
		if _, err := inv.Totals(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func zeroRated(categories ...invoice.VATCategory) (out []invoice.Line) {
	for _, c := range categories {
		out = append(out, invoice.Line{Description: "Thing", UnitPrice: "1", VATRate: "0", VATCategory: c})
	}
	return out
}

// One invoice a rule. Each breaks that rule alone, so exactly one problem may
// come back.
func TestEachProblemNamesItsField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field  string
		says   string
		change func(*invoice.Invoice)
	}{
		{"number", "missing", func(inv *invoice.Invoice) { inv.Number = "" }},
		{"number", "missing", func(inv *invoice.Invoice) { inv.Number = " \t\u00a0" }},
		{"number", "space", func(inv *invoice.Invoice) { inv.Number = " 1" }},
		{"number", "space", func(inv *invoice.Invoice) { inv.Number = "1\n" }},
		{"number", "64", func(inv *invoice.Invoice) { inv.Number = strings.Repeat("Ж", invoice.MaxNumberRunes+1) }},
		{"number", "64", func(inv *invoice.Invoice) { inv.Number = strings.Repeat("9", 300) }},
		{"number", "U+000A", func(inv *invoice.Invoice) { inv.Number = "1\n2" }},
		{"kind", "credit-note", func(inv *invoice.Invoice) { inv.Kind = "bill" }},
		{"issueDate", "missing", func(inv *invoice.Invoice) { inv.IssueDate = "" }},
		{"issueDate", "not a date", func(inv *invoice.Invoice) { inv.IssueDate = "01.03.2026" }},
		{"issueDate", "1900", func(inv *invoice.Invoice) { inv.IssueDate = "0001-01-01" }},
		{"dueDate", "missing", func(inv *invoice.Invoice) { inv.DueDate = "" }},
		{"dueDate", "not a date", func(inv *invoice.Invoice) { inv.DueDate = "2026-02-29" }},
		{"dueDate", "before", func(inv *invoice.Invoice) { inv.DueDate = "2026-02-28" }},
		{"dueDate", "before", func(inv *invoice.Invoice) { inv.Kind, inv.DueDate = invoice.KindCreditNote, "2026-02-28" }},
		{"supplyDate", "not a date", func(inv *invoice.Invoice) { inv.SupplyDate = "yesterday" }},
		{"currency", "missing", func(inv *invoice.Invoice) { inv.Currency = "" }},
		{"currency", "ISO 4217", func(inv *invoice.Invoice) { inv.Currency = "eur" }},
		{"currency", "ISO 4217", func(inv *invoice.Invoice) { inv.Currency = "XYZ" }},
		{"currency", "3 decimals", func(inv *invoice.Invoice) { inv.Currency = "KWD" }},
		{"buyer.name", "missing", func(inv *invoice.Invoice) { inv.Buyer.Name = "" }},
		{"buyer.name", "missing", func(inv *invoice.Invoice) { inv.Buyer.Name = "  " }},
		{"buyer.name", "200", func(inv *invoice.Invoice) { inv.Buyer.Name = strings.Repeat("x", invoice.MaxNameRunes+1) }},
		{"buyer.email", "e-mail", func(inv *invoice.Invoice) { inv.Buyer.Email = "nobody" }},
		{"buyer.email", "e-mail", func(inv *invoice.Invoice) { inv.Buyer.Email = "a@b.example, c@d.example" }},
		{"buyer.email", "e-mail", func(inv *invoice.Invoice) { inv.Buyer.Email = "a@b@c.example" }},
		{"buyer.email", "e-mail", func(inv *invoice.Invoice) { inv.Buyer.Email = "@example.org" }},
		{"buyer.email", "e-mail", func(inv *invoice.Invoice) { inv.Buyer.Email = "a@b.example\nBcc: c@d.example" }},
		{"buyer.address.country", "3166", func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "Denmark" }},
		{"buyer.address.country", "3166", func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "dk" }},
		{"buyer.address.country", "3166", func(inv *invoice.Invoice) { inv.Buyer.Address.Country = "Ж" }},
		{"note", "1000", func(inv *invoice.Invoice) { inv.Note = strings.Repeat("x", invoice.MaxTextRunes+1) }},
		{"language", "language", func(inv *invoice.Invoice) { inv.Language = "da_DK" }},
		{"language", "language", func(inv *invoice.Invoice) { inv.Language = strings.Repeat("a", 36) }},
		{"originalInvoice", "itself", func(inv *invoice.Invoice) { inv.OriginalInvoice = inv.Number }},
		{"originalInvoice", "64", func(inv *invoice.Invoice) { inv.OriginalInvoice = strings.Repeat("9", 65) }},
		{"sessionId", "128", func(inv *invoice.Invoice) { inv.SessionID = strings.Repeat("a", invoice.MaxSessionBytes+1) }},
		{"sessionId", "'/'", func(inv *invoice.Invoice) { inv.SessionID = "../link" }},
		{"sessionId", "path", func(inv *invoice.Invoice) { inv.SessionID = ".." }},
		{"sessionId", "path", func(inv *invoice.Invoice) { inv.SessionID = "." }},
		{"sessionId", "' '", func(inv *invoice.Invoice) { inv.SessionID = "a b" }},
		{"sessionId", "'%'", func(inv *invoice.Invoice) { inv.SessionID = "a%2Fb" }},
		{"sessionId", "'é'", func(inv *invoice.Invoice) { inv.SessionID = "é" }},
		{"lines", "no line", func(inv *invoice.Invoice) { inv.Lines = nil }},
		{"lines", "1001 lines", func(inv *invoice.Invoice) { inv.Lines = repeat(invoice.MaxLines+1, inv.Lines[0]) }},
		{"lines[1].description", "missing", func(inv *invoice.Invoice) { inv.Lines[1].Description = " " }},
		{"lines[1].description", "1000", func(inv *invoice.Invoice) { inv.Lines[1].Description = strings.Repeat("x", 1001) }},
		{"lines[1].quantity", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].Quantity = "two" }},
		{"lines[1].quantity", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].Quantity = "-two" }},
		{"lines[1].quantity", "canonical", func(inv *invoice.Invoice) { inv.Lines[1].Quantity = "2.0" }},
		{"lines[1].unitPrice", "missing", func(inv *invoice.Invoice) { inv.Lines[1].UnitPrice = "" }},
		{"lines[1].unitPrice", "negative", func(inv *invoice.Invoice) { inv.Lines[1].UnitPrice = "-1" }},
		{"lines[1].unitPrice", "12 digits", func(inv *invoice.Invoice) { inv.Lines[1].UnitPrice = "1000000000000" }},
		{"lines[1].unitPrice", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].UnitPrice = "-\x1b[31m" }},
		{"lines[1].discount", "sign", func(inv *invoice.Invoice) { inv.Lines[1].Discount = "-1" }},
		{"lines[1].discount", "sign", func(inv *invoice.Invoice) { inv.Lines[1].Quantity = "-1" }},
		{"lines[1].discount", "sign", func(inv *invoice.Invoice) { inv.Lines[1].Quantity, inv.Lines[1].Discount = "", "-1" }},
		{"lines[1].discount", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].Discount = "-x" }},
		{"lines[1].discountPercent", "100", func(inv *invoice.Invoice) { inv.Lines[1].DiscountPercent = "100.000001" }},
		{"lines[1].discountPercent", "100", func(inv *invoice.Invoice) { inv.Lines[1].DiscountPercent = "-0.000001" }},
		{"lines[1].discountPercent", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].DiscountPercent = "half" }},
		{"lines[1].vatRate", "missing", func(inv *invoice.Invoice) { inv.Lines[1].VATRate = "" }},
		{"lines[1].vatRate", "missing", func(inv *invoice.Invoice) { inv.Lines[1].VATRate, inv.Lines[1].VATCategory = "", "" }},
		{"lines[1].vatRate", "100", func(inv *invoice.Invoice) { inv.Lines[1].VATRate = "100.1" }},
		{"lines[1].vatRate", "100", func(inv *invoice.Invoice) { inv.Lines[1].VATRate = "-1" }},
		{"lines[1].vatRate", "not a number", func(inv *invoice.Invoice) { inv.Lines[1].VATRate = "25%" }},
		{"lines[1].vatCategory", "above 0", func(inv *invoice.Invoice) { inv.Lines[1].VATRate = "0" }},
		{"lines[1].vatCategory", "rate 0", func(inv *invoice.Invoice) { inv.Lines[1].VATCategory = "AE" }},
		{"lines[1].vatCategory", "AE, K", func(inv *invoice.Invoice) { inv.Lines[1].VATCategory = "X" }},
		{"lines[1].vatCategory", "AE, K", func(inv *invoice.Invoice) { inv.Lines[1].VATCategory = "s" }},
		{"prepaid", "negative", func(inv *invoice.Invoice) { inv.Prepaid = "-1" }},
		{"prepaid", "2 decimals", func(inv *invoice.Invoice) { inv.Prepaid = "1.001" }},
		{"prepaid", "0 decimals", func(inv *invoice.Invoice) { *inv = *small(); inv.Currency, inv.Prepaid = "JPY", "1.5" }},
		{"prepaid", "not a number", func(inv *invoice.Invoice) { inv.Prepaid = "-?" }},
		{"rounding", "0.01 per line", func(inv *invoice.Invoice) { inv.Rounding = "0.03" }},
		{"rounding", "0.01 per line", func(inv *invoice.Invoice) { inv.Rounding = "-0.03" }},
		{"rounding", "0.01 per line", func(inv *invoice.Invoice) { inv.Kind, inv.Rounding = invoice.KindCreditNote, "1000" }},
		{"rounding", "0.01 per line", func(inv *invoice.Invoice) { *inv = *small(); inv.Currency, inv.Rounding = "JPY", "1" }},
		{"rounding", "2 decimals", func(inv *invoice.Invoice) { inv.Rounding = "0.001" }},
		{"rounding", "not a number", func(inv *invoice.Invoice) { inv.Rounding = "?" }},
		{"lines", "positive amount", func(inv *invoice.Invoice) {
			*inv = *small(line("-1", "1", "25"))
			inv.Kind = invoice.KindCreditNote
		}},
		{"lines[0].unitPrice", "12 digits", func(inv *invoice.Invoice) { *inv = *small(line("10", "100000000000", "0")) }},
		{"lines[0].unitPrice", "12 digits", func(inv *invoice.Invoice) { *inv = *small(line("-10", "100000000000", "0")) }},
		{"lines", "12 digits", func(inv *invoice.Invoice) { *inv = *small(line("1", "999999999999.99", "25")) }},
		{"lines[0].unitPrice", "12 digits", func(inv *invoice.Invoice) { *inv = *small(line("10", "100000000000", "0")); inv.Currency = "JPY" }},
		{"lines", "net total", func(inv *invoice.Invoice) { *inv = *small(repeat(10, line("1", "100000000000", "0"))...) }},
		{"lines[0].unitPrice", "12 digits", func(inv *invoice.Invoice) { // the total is small, but its order lines could not be sent
			*inv = *small(line("10", "100000000000", "0"), line("-9", "100000000000", "0"))
		}},
	} {
		inv := sample()
		c.change(inv)
		p := inv.Validate()
		if len(p) != 1 || p[0].Field != c.field || !strings.Contains(p[0].Message, c.says) {
			t.Errorf("%s (%s): got %d problems: %v", c.field, c.says, len(p), p)
			continue
		}
		if strings.ContainsAny(p[0].Message, "\x00\x1b\n") || len(p[0].Message) > 300 || len([]rune(p[0].Value)) > 81 {
			t.Errorf("%s: %q, value %q: too long, or with what was typed unquoted", c.field, p[0].Message, p[0].Value)
		}
	}
}

func TestEverythingWrongAtOnce(t *testing.T) {
	t.Parallel()
	inv := &invoice.Invoice{
		Number: " 1\x00", Kind: "bill", SupplyDate: "x", Currency: "KWD",
		Buyer:          invoice.Party{ID: "\x01", VATID: "\x02", RegistrationNo: "\x03", Email: "?", Phone: "\x04", Address: invoice.Address{Street: "\x05", Zip: "\x06", City: "\x07", Country: "?"}},
		BuyerReference: "\x08", OriginalInvoice: strings.Repeat("9", 65), Note: "\xff", Language: "?", SessionID: "?",
		Prepaid: "-1.1111", Rounding: "?",
		Lines: []invoice.Line{
			{Item: "\x0e", Unit: "\x0f", Quantity: "?", UnitPrice: "-1", Discount: "?", DiscountPercent: "101", VATRate: "101", VATCategory: "?"},
			{Description: "\u202e", VATCategory: "S"},
		},
	}
	want := []string{"number", "kind", "issueDate", "dueDate", "supplyDate", "currency", "buyer.name", "buyer.id", "buyer.vatId", "buyer.registrationNo",
		"buyer.email", "buyer.phone", "buyer.address.street", "buyer.address.zip", "buyer.address.city", "buyer.address.country",
		"buyerReference", "originalInvoice", "note", "language", "sessionId", "prepaid", "rounding",
		"lines[0].item", "lines[0].unit", "lines[0].description", "lines[0].quantity", "lines[0].unitPrice", "lines[0].discount",
		"lines[0].discountPercent", "lines[0].vatRate", "lines[0].vatCategory", "lines[1].description", "lines[1].unitPrice", "lines[1].vatRate"}
	p := inv.Validate()
	got := fields(p)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	err := p.Err()
	if err == nil {
		t.Fatal("no error")
	}
	for _, f := range want {
		if !strings.Contains(err.Error(), f+": ") {
			t.Errorf("the error does not name %s", f)
		}
	}
}

// A hundred thousand bad lines are one problem, not a hundred thousand, and
// what else is wrong is still reported.
func TestTooManyLinesAreOneProblem(t *testing.T) {
	t.Parallel()
	inv := small(repeat(100_000, invoice.Line{})...)
	inv.Prepaid = "-1"
	if got, want := fmt.Sprint(fields(inv.Validate())), "[lines prepaid]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

package invoice_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// sample is a valid invoice in which every field stands and none has its
// default, but for flags that exclude each other.
func sample() *invoice.Invoice {
	return &invoice.Invoice{
		Number: "2026/0042", Kind: invoice.KindInvoice,
		IssueDate: "2026-03-01", DueDate: "2026-03-31", SupplyDate: "2026-02-27", TaxPointDate: "2026-02-28",
		Period: invoice.Period{Start: "2026-02-01", End: "2026-02-28"}, Currency: "EUR",
		LocalVAT: invoice.LocalVAT{Currency: "DKK", Rate: "7.46", Amount: "107.05"},
		Buyer: invoice.Party{
			Name: "Αθήνα Εμπορική", ID: "C-77", GlobalID: invoice.Identifier{Scheme: "0088", ID: "5790000000005"}, VATID: "EL123456783",
			TaxNumber: "77/1", RegistrationNo: "5551", RegistrationScheme: "0060", Endpoint: invoice.Identifier{Scheme: "9933", ID: "EL123456783"},
			Contact: "Λογιστήριο", Email: "pay@example.gr", Phone: "+30 210 0000000",
			Address: invoice.Address{Street: "Οδός 1\nΌροφος 2", Zip: "105 57", City: "Αθήνα", Region: "Αττική", Country: "GR"},
		},
		Delivery: invoice.Delivery{Name: "Store 7", Location: invoice.Identifier{Scheme: "0088", ID: "5790000000012"},
			Address: invoice.Address{Street: "Quay 1", Zip: "185 35", City: "Piraeus", Region: "Attica", Country: "GR"}},
		TaxRepresentative: invoice.TaxRepresentative{Name: "Rep AG", VATID: "DE136695976",
			Address: invoice.Address{Street: "Weg 1", Zip: "10115", City: "Berlin", Region: "BE", Country: "DE"}},
		BuyerReference: "PO-9",
		References: invoice.References{Order: "PO-10", SalesOrder: "SO-1", Contract: "C-1", Project: "P-1", DespatchAdvice: "D-1",
			ReceivingAdvice: "R-1", Tender: "T-1", Accounting: "4711"},
		OriginalInvoice: "2026/0001", PrecedingInvoices: []invoice.PrecedingInvoice{{Number: "2026/0002", IssueDate: "2026-01-05"}},
		Intro: "As agreed.", Note: "Thank you.", Language: "en",
		Lines: []invoice.Line{
			{Item: "A-1", StandardID: invoice.Identifier{Scheme: "0160", ID: "4006381333931"}, Description: "Consulting", Period: invoice.Period{Start: "2026-02-02", End: "2026-02-27"}, Quantity: "3", Unit: "h",
				UnitPrice: "39.98", GrossPrice: "49.98", PriceQuantity: "2", DiscountPercent: "10", Discount: "5",
				Allowances: []invoice.Allowance{{Amount: "1", Percent: "2", Base: "50", Reason: "Campaign", ReasonCode: "95"}},
				Charges:    []invoice.Allowance{{Amount: "2", Percent: "4", Base: "50", Reason: "Packing", ReasonCode: "PC"}},
				VATRate:    "25", VATCategory: invoice.VATStandard},
			{Item: "B-2", StandardID: invoice.Identifier{Scheme: "0060", ID: "77"}, Description: "Book", Period: invoice.Period{Start: "2026-02-03", End: "2026-02-04"}, Quantity: "2", Unit: "pcs",
				UnitPrice: "15", GrossPrice: "16", PriceQuantity: "2", DiscountPercent: "2", Discount: "1",
				Allowances: []invoice.Allowance{{Amount: "0.5", Percent: "5", Base: "10", Reason: "Damaged", ReasonCode: "60"}},
				Charges:    []invoice.Allowance{{Amount: "0.25", Percent: "2.5", Base: "10", Reason: "Freight", ReasonCode: "FC"}},
				VATRate:    "6", VATCategory: invoice.VATStandard},
		},
		Allowances: []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "3", Percent: "6", Base: "50", Reason: "Loyalty", ReasonCode: "100"},
			VATRate: "25", VATCategory: invoice.VATStandard}},
		Charges: []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "7", Percent: "14", Base: "50", Reason: "Freight", ReasonCode: "FC"},
			VATRate: "25", VATCategory: invoice.VATStandard}},
		Exemptions: []invoice.Exemption{{VATCategory: invoice.VATExempt, Case: invoice.CaseSmallBusiness, Reason: "Small", Code: "VATEX-EU-132"}},
		Prepaid:    "10", Rounding: "0.02", PaymentTerms: "30 days net",
		EarlyPayment: []invoice.EarlyPayment{{Percent: "2", Until: "2026-03-08"}},
		Account:      invoice.BankAccount{Holder: "Seller ApS", IBAN: "DE89370400440532013000", BIC: "COBADEFF", Bank: "Bank"},
		SessionID:    "6f1c0d0e-8a43-4f5c-9d6e-0a3c1f2b7e11",
		Link:         invoice.LinkTerms{ValidUntil: "2026-04-30", Page: "https://pay.example.com/x"},
		SelfBilled:   true, SmallBusiness: true, MarginScheme: invoice.MarginArt,
	}
}

// small is the least invoice that is valid: one line of 100.00 EUR at 25 %.
func small(lines ...invoice.Line) *invoice.Invoice {
	if lines == nil {
		lines = []invoice.Line{line("1", "100", "25")}
	}
	return &invoice.Invoice{
		Number: "1", IssueDate: "2026-03-01", DueDate: "2026-03-31", Currency: "EUR",
		Buyer: invoice.Party{Name: "Buyer"}, Lines: lines,
	}
}

func line(quantity, price, rate invoice.Decimal) invoice.Line {
	return invoice.Line{Description: "Thing", Quantity: quantity, UnitPrice: price, VATRate: rate}
}

func repeat(n int, l invoice.Line) []invoice.Line { return slices.Repeat([]invoice.Line{l}, n) }

func totals(t *testing.T, inv *invoice.Invoice) *invoice.Totals {
	t.Helper()
	got, err := inv.Totals()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fields are the paths of the problems, in order, each once.
func fields(p invoice.Problems) []string {
	var out []string
	for _, problem := range p {
		if !slices.Contains(out, problem.Field) {
			out = append(out, problem.Field)
		}
	}
	return out
}

// mustDecimal is ParseDecimal for numbers that tests compute.
func mustDecimal(s string) invoice.Decimal {
	d, err := invoice.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

// random gives the same stream for the same seed on every machine.
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x1c0ffee)) }

// randomDecimal has up to so many digits before and after its point.
func randomDecimal(r *rand.Rand, whole, fraction int) invoice.Decimal {
	var b strings.Builder
	for range 1 + r.IntN(whole) {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	if n := r.IntN(fraction + 1); n > 0 {
		b.WriteByte('.')
		for range n {
			b.WriteByte("0123456789555"[r.IntN(13)]) // halves are where rounding goes wrong
		}
	}
	return mustDecimal(b.String())
}

// randomInvoice has 1 to 12 lines of few rates, so that groups have several.
func randomInvoice(r *rand.Rand) *invoice.Invoice {
	currencies := []string{"EUR", "DKK", "USD", "JPY", "ISK"}
	inv := small()
	inv.Currency = currencies[r.IntN(len(currencies))]
	inv.Lines = nil
	whole := 1 + r.IntN(4)
	if r.IntN(20) == 0 {
		whole = invoice.MaxIntegerDigits
	}
	rates := []invoice.Decimal{"0", "6", "12.5", "25", randomDecimal(r, 2, invoice.MaxFractionDigits)}
	for range 1 + r.IntN(12) {
		l := line(randomDecimal(r, whole, 3), randomDecimal(r, whole, invoice.MaxFractionDigits), rates[r.IntN(len(rates))])
		if r.IntN(3) == 0 {
			l.DiscountPercent = randomDecimal(r, 2, 2)
		}
		if r.IntN(3) == 0 {
			l.Discount = randomDecimal(r, 2, 2)
		}
		if r.IntN(4) == 0 && !l.Quantity.IsZero() {
			l.Quantity = "-" + l.Quantity
			if !l.Discount.IsZero() {
				l.Discount = "-" + l.Discount
			}
		}
		inv.Lines = append(inv.Lines, l)
	}
	if r.IntN(4) == 0 {
		inv.Prepaid = randomDecimal(r, 3, 0)
	}
	return inv
}

package invoice_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
)

// sample is a valid invoice in canonical form in which every field stands and
// none has its default.
func sample() *invoice.Invoice {
	return &invoice.Invoice{
		Number: "2026/0042", Kind: invoice.KindInvoice,
		IssueDate: "2026-03-01", DueDate: "2026-03-31", SupplyDate: "2026-02-27", Currency: "EUR",
		Buyer: invoice.Party{
			Name: "Αθήνα Εμπορική", ID: "C-77", VATID: "EL123456789", RegistrationNo: "5551", Email: "pay@example.gr",
			Phone:   "+30 210 0000000",
			Address: invoice.Address{Street: "Οδός 1\nΌροφος 2", Zip: "105 57", City: "Αθήνα", Country: "GR"},
		},
		BuyerReference: "PO-9", OriginalInvoice: "2026/0001", Note: "Thank you.", Language: "en",
		Lines: []invoice.Line{
			{Item: "A-1", Description: "Consulting", Quantity: "3", Unit: "h", UnitPrice: "19.99",
				DiscountPercent: "10", Discount: "5", VATRate: "25", VATCategory: invoice.VATStandard},
			{Item: "B-2", Description: "Book", Quantity: "2", Unit: "pcs", UnitPrice: "7.5",
				DiscountPercent: "2", Discount: "1", VATRate: "6", VATCategory: invoice.VATStandard},
		},
		Prepaid: "10", Rounding: "0.02", SessionID: "6f1c0d0e-8a43-4f5c-9d6e-0a3c1f2b7e11",
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
	return invoice.MustDecimal(b.String())
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

package sheet

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"invoicelink/invoice"
)

// TestAgreesAsCheckClaimsDoes holds the quick comparison against the one of
// package invoice: what it takes, that one takes as well, without a rounding.
func TestAgreesAsCheckClaimsDoes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	agreed := 0
	for range 20_000 {
		inv := &invoice.Invoice{Number: "A", IssueDate: "2026-11-13", DueDate: "2026-12-13", Currency: []string{"EUR", "JPY", "KWD"}[r.IntN(3)], Buyer: invoice.Party{Name: "B"}}
		for range 1 + r.IntN(4) {
			inv.Lines = append(inv.Lines, invoice.Line{Description: "T", Quantity: random(r, 2001, 1000, -1000), UnitPrice: random(r, 100_000, 1000, 0), VATRate: []invoice.Decimal{"0", "25", "7", "5.5", "8.125"}[r.IntN(5)]})
		}
		if r.IntN(3) == 0 {
			inv.Prepaid = random(r, 1000, 100, 0)
		}
		sum, err := inv.Totals()
		if err != nil {
			continue
		}
		near := func(a invoice.Amount) invoice.Decimal {
			d := invoice.Decimal("")
			if r.IntN(4) > 0 {
				d, _ = invoice.ParseDecimal(a.Number())
			}
			if f, ok := fixedOf(d); ok && r.IntN(12) == 0 {
				d = (f + unit/100).decimal()
			}
			return d
		}
		c := invoice.Claims{Net: near(sum.Net), VAT: near(sum.VATTotal), Total: near(sum.Total), Payable: near(sum.Payable)}
		for _, l := range sum.Lines {
			c.Lines = append(c.Lines, near(l))
		}
		e := &Entry{Invoice: inv}
		rounding, problems := inv.CheckClaims(c, r.IntN(2) == 0)
		if e.agrees(c) {
			agreed++
			if len(problems) > 0 || rounding != inv.Rounding {
				t.Fatalf("%+v\nwith %+v agree, but CheckClaims says %v, rounding %q", inv, c, problems, rounding)
			}
		}
	}
	if agreed < 2000 {
		t.Errorf("%d agreed: too few to tell", agreed)
	}
}

func random(r *rand.Rand, n, per, from int) invoice.Decimal {
	d, _ := invoice.ParseDecimal(big.NewRat(int64(r.IntN(n)+from), int64(per)).FloatString(3))
	return d
}

// TestPlainNumbers holds that the short way of reading a number reads as the
// long one does.
func TestPlainNumbers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0", "007", "12.50", "12.5", "0.001", "1.2345", "1234567890123", "123456789012345678901234567890", "1.1234567", "000000000000012", "5.", ".5", "1.234"} {
		got, err := parseNumber(s)
		want, wantErr := parseNumber(" " + s + "+")
		if got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("%s: got %+v, %v; the long way reads %+v, %v", strconv.Quote(s), got, err, want, wantErr)
		}
	}
}

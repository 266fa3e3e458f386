package invoice_test

import (
	"math/big"
	"testing"

	"invoicelink/invoice"
)

// Shares worked by hand: each rounded towards zero, and what is left goes to
// the largest remainders, the earlier line first.
func TestLineVAT(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []invoice.Line
		want  string
	}{
		{"0.025 each, 0.08 in all: two of three get the cent above", repeat(3, line("1", "0.10", "25")), "0.03 0.03 0.02"},
		{"0.004 each, 0.01 in all", repeat(3, line("1", "0.02", "20")), "0.01 0.00 0.00"},
		{"the largest remainder, not the first line", // 0.0025, 0.0050, 0.0075: 0.015 → 0.02
			[]invoice.Line{line("1", "0.01", "25"), line("1", "0.02", "25"), line("1", "0.03", "25")}, "0.00 0.01 0.01"},
		{"a return takes its own VAT back", // 2.5025, −1.2525: 1.25
			[]invoice.Line{line("1", "10.01", "25"), line("-1", "5.01", "25")}, "2.50 -1.25"},
		{"what rounding took from a return goes back to it", // 1.00, −0.0075: 0.99(25)
			[]invoice.Line{line("1", "4", "25"), line("-1", "0.03", "25")}, "1.00 -0.01"},
		{"each rate by itself", // 0.005 → 0.01; 0.006 → 0.01
			[]invoice.Line{line("1", "0.02", "25"), line("1", "0.1", "6"), line("1", "9", "0")}, "0.01 0.01 0.00"},
		{"a line of nothing gets nothing", []invoice.Line{line("0", "9", "25"), line("1", "0.02", "25")}, "0.00 0.01"},
	} {
		got := ""
		for _, a := range totals(t, small(c.lines...)).LineVAT {
			got += " " + a.Number()
		}
		if got != " "+c.want {
			t.Errorf("%s: got%s, want %s", c.name, got, c.want)
		}
	}
}

// Of many lines that lost the same, the first ones get what is left: the same
// ones each time.
func TestLineVATGoesToEarlierLines(t *testing.T) {
	t.Parallel()
	var lines []invoice.Line
	for range 100 { // 0.025 and 0.01: 3.50 in all, 3.00 without what is cut off
		lines = append(lines, line("1", "0.10", "25"), line("1", "0.04", "25"))
	}
	for i, a := range totals(t, small(lines...)).LineVAT {
		want := "0.02"
		switch {
		case i%2 == 1:
			want = "0.01"
		case i < 100:
			want = "0.03"
		}
		if a.Number() != want {
			t.Fatalf("line %d of 200 gets %s, want %s", i, a, want)
		}
	}
}

// Order lines of a session must add up to its amount, and no line may look
// wrong to who reads it alone.
func TestLineVATAddsUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		inv := randomInvoice(random(seed))
		got, exact := totals(t, inv), newOracle(inv)
		unit := big.NewRat(1, 1)
		for range exact.digits {
			unit.Mul(unit, big.NewRat(1, 10))
		}
		for _, g := range got.VAT {
			sum := new(big.Rat)
			for _, i := range exact.groupLines[g.Rate] {
				share := rat(invoice.Decimal(got.LineVAT[i].Number()))
				sum.Add(sum, share)
				off := new(big.Rat).Sub(share, exact.unroundedVAT[i])
				if off.Abs(off).Cmp(unit) >= 0 {
					t.Errorf("seed %d: share %s of line %d is off by %s from %s", seed, got.LineVAT[i], i,
						off.FloatString(6), exact.unroundedVAT[i].FloatString(6))
				}
				if share.Sign() != 0 && share.Sign() != exact.lines[i].Sign() {
					t.Errorf("seed %d: share %s of line %d, whose net is %s", seed, got.LineVAT[i], i, got.Lines[i])
				}
			}
			if sum.Cmp(rat(invoice.Decimal(g.VAT.Number()))) != 0 {
				t.Errorf("seed %d: shares at %s %% add up to %s, not to %s", seed, g.Rate, sum.FloatString(4), g.VAT)
			}
		}
		again := totals(t, inv)
		for i := range again.LineVAT {
			if again.LineVAT[i].String() != got.LineVAT[i].String() {
				t.Errorf("seed %d: share of line %d is %s, and %s the second time", seed, i, got.LineVAT[i], again.LineVAT[i])
			}
		}
		if t.Failed() {
			return
		}
	}
}

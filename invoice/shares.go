package invoice

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/bojanz/currency"
)

// share spreads a VAT group's amount over its lines by the method of the
// largest remainder: each line gets its VAT rounded towards zero in minor
// units, and the units that are left go one by one to the lines that lost
// most by the rounding, the earlier line first.
func (t *Totals) share(g VATGroup, lines []int) error {
	type part struct {
		line      int
		units     *big.Int
		remainder *big.Rat // of a minor unit, its sign taken off
		sign      int64
	}
	parts := make([]part, len(lines))
	left := new(big.Int).Set(g.VAT.BigInt())
	for n, i := range lines {
		raw, err := percentOf(t.Lines[i], g.Rate)
		if err != nil {
			return err
		}
		cut := raw.RoundTo(currency.DefaultDigits, currency.RoundDown)
		rest, err := raw.Sub(cut)
		if err != nil {
			return err
		}
		r, ok := new(big.Rat).SetString(rest.Number())
		if !ok {
			return currency.InvalidNumberError{Number: rest.Number()}
		}
		p := part{line: i, units: cut.BigInt(), remainder: r.Abs(r), sign: 1}
		if t.Lines[i].IsNegative() {
			p.sign = -1
		}
		left.Sub(left, p.units)
		parts[n] = p
	}
	order := make([]int, len(parts))
	for n := range order {
		order[n] = n
	}
	// A unit is added where the line's own sign agrees with what is left:
	// that is where rounding towards zero took it from.
	step := int64(left.Sign())
	slices.SortStableFunc(order, func(a, b int) int {
		pa, pb := parts[a], parts[b]
		if pa.sign != pb.sign {
			return cmp.Compare(pb.sign*step, pa.sign*step)
		}
		return pb.remainder.Cmp(pa.remainder)
	})
	for n := 0; left.Sign() != 0; n = (n + 1) % len(order) {
		p := &parts[order[n]]
		p.units.Add(p.units, big.NewInt(step))
		left.Sub(left, big.NewInt(step))
	}
	for _, p := range parts {
		a, err := currency.NewAmountFromBigInt(p.units, g.VAT.CurrencyCode())
		if err != nil {
			return err
		}
		t.LineVAT[p.line] = a
	}
	return nil
}

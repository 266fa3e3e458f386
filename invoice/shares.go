package invoice

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/bojanz/currency"
)

// share spreads a VAT group's amount over its nets by the method of the
// largest remainder: each net gets its VAT rounded towards zero in minor units,
// and the units that are left go one by one to the nets that lost most by the
// rounding, the earlier one first.
func (g *vatGroups) share(group *vatGroup, shares []Amount) error {
	type part struct {
		item      int
		units     *big.Int
		remainder *big.Rat // of a minor unit, its sign taken off
		sign      int64
	}
	parts := make([]part, len(group.items))
	left := new(big.Int).Set(group.VAT.BigInt())
	for n, i := range group.items {
		raw, err := percentOf(g.nets[i], group.Rate)
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
		p := part{item: i, units: cut.BigInt(), remainder: r.Abs(r), sign: 1}
		if g.nets[i].IsNegative() {
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
		a, err := currency.NewAmountFromBigInt(p.units, group.VAT.CurrencyCode())
		if err != nil {
			return err
		}
		shares[p.item] = a
	}
	return nil
}

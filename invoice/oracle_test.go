package invoice_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
)

// The same sums once more with exact fractions, written without looking at
// the package's own arithmetic.
type oracle struct {
	digits             uint8
	lines              []*big.Rat
	net, vat, total    *big.Rat
	payable            *big.Rat
	groupNet, groupVAT map[invoice.Decimal]*big.Rat
	unroundedVAT       []*big.Rat // of each line
	groupLines         map[invoice.Decimal][]int
}

func rat(d invoice.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(string(d.Or("0")))
	if !ok {
		panic("not a number: " + string(d))
	}
	return r
}

// round goes to the nearest multiple of 10^-digits, halves away from zero.
func round(r *big.Rat, digits uint8) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	doubled := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Mul(scale, big.NewInt(2))))
	size := new(big.Rat).Abs(doubled)
	size.Add(size, big.NewRat(1, 1))
	n := new(big.Int).Quo(size.Num(), new(big.Int).Mul(size.Denom(), big.NewInt(2)))
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return new(big.Rat).SetFrac(n, scale)
}

func newOracle(inv *invoice.Invoice) *oracle {
	digits, _ := currency.GetDigits(inv.Currency)
	o := &oracle{digits: digits, net: new(big.Rat), vat: new(big.Rat), total: new(big.Rat), payable: new(big.Rat),
		groupNet: map[invoice.Decimal]*big.Rat{}, groupVAT: map[invoice.Decimal]*big.Rat{}, groupLines: map[invoice.Decimal][]int{}}
	hundredth := big.NewRat(1, 100)
	for i, l := range inv.Lines {
		sum := new(big.Rat).Mul(rat(l.Quantity.Or("1")), rat(l.UnitPrice))
		off := new(big.Rat).Mul(sum, rat(l.DiscountPercent))
		sum.Sub(sum, off.Mul(off, hundredth))
		sum = round(sum.Sub(sum, rat(l.Discount)), digits)
		o.lines = append(o.lines, sum)
		o.net.Add(o.net, sum)
		if o.groupNet[l.VATRate] == nil {
			o.groupNet[l.VATRate] = new(big.Rat)
		}
		o.groupNet[l.VATRate].Add(o.groupNet[l.VATRate], sum)
		o.groupLines[l.VATRate] = append(o.groupLines[l.VATRate], i)
		share := new(big.Rat).Mul(sum, rat(l.VATRate))
		o.unroundedVAT = append(o.unroundedVAT, share.Mul(share, hundredth))
	}
	for rate, net := range o.groupNet {
		vat := new(big.Rat).Mul(net, rat(rate))
		o.groupVAT[rate] = round(vat.Mul(vat, hundredth), digits)
		o.vat.Add(o.vat, o.groupVAT[rate])
	}
	o.total.Add(o.net, o.vat)
	o.payable.Sub(o.total, rat(inv.Prepaid))
	o.payable.Add(o.payable, rat(inv.Rounding))
	return o
}

func TestTotalsAgainstExactFractions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1500) {
		inv := randomInvoice(random(seed))
		got, want := totals(t, inv), newOracle(inv)
		same := func(what string, a invoice.Amount, r *big.Rat) {
			// The text is compared too: two decimals, no exponent, no "-0.00".
			if text := r.FloatString(int(want.digits)); a.Number() != text || a.CurrencyCode() != inv.Currency {
				t.Errorf("seed %d: %s is %s, want %s %s\n%+v", seed, what, a, text, inv.Currency, inv.Lines)
			}
		}
		for i := range inv.Lines {
			same("a line", got.Lines[i], want.lines[i])
		}
		if len(got.Lines) != len(inv.Lines) || len(got.VAT) != len(want.groupNet) {
			t.Fatalf("seed %d: %d lines and %d groups, want %d and %d", seed, len(got.Lines), len(got.VAT), len(inv.Lines), len(want.groupNet))
		}
		for _, g := range got.VAT {
			same("net at "+string(g.Rate), g.Net, want.groupNet[g.Rate])
			same("VAT at "+string(g.Rate), g.VAT, want.groupVAT[g.Rate])
		}
		if !slices.IsSortedFunc(got.VAT, func(a, b invoice.VATGroup) int { return rat(b.Rate).Cmp(rat(a.Rate)) }) {
			t.Errorf("seed %d: groups are not sorted by rate", seed)
		}
		same("net", got.Net, want.net)
		same("VAT", got.VATTotal, want.vat)
		same("total", got.Total, want.total)
		same("prepaid", got.Prepaid, rat(inv.Prepaid))
		same("payable", got.Payable, want.payable)
		if t.Failed() {
			return
		}
	}
}

func BenchmarkTotals(b *testing.B) {
	inv := sample()
	inv.Lines = slices.Repeat(inv.Lines, 5)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := inv.Totals(); err != nil {
			b.Fatal(err)
		}
	}
}

package invoice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bojanz/currency"
	"github.com/cockroachdb/apd/v3"
)

// Amount is a sum of money in a currency. It is decimal throughout; its
// Number is the text that is printed, sent and stored.
type Amount = currency.Amount

// Totals are the amounts that follow from an invoice's lines. All of them are
// rounded to the currency's digits and in its currency.
type Totals struct {
	// Lines holds each line's net amount (BT-131), in the order of the lines.
	Lines []Amount
	// LineVAT is each line's share of its VAT group's amount, by the method
	// of the largest remainder, so that the shares add up exactly. The
	// standard knows no VAT per line; order lines of a checkout session do.
	LineVAT []Amount
	// VAT is the breakdown by category and rate (BG-23), highest rate first.
	VAT []VATGroup
	// Net is the sum of the lines (BT-109), VATTotal the sum of the breakdown
	// (BT-110) and Total both together (BT-112).
	Net, VATTotal, Total Amount
	// Prepaid is what was paid before (BT-113), Rounding what was added to
	// make up for the sender's rounding (BT-114).
	Prepaid, Rounding Amount
	// Payable is Total − Prepaid + Rounding (BT-115): the amount of the
	// session, the page and the events.
	Payable Amount
}

// VATGroup is one row of the VAT breakdown (BG-23).
type VATGroup struct {
	Category VATCategory // BT-118
	Rate     Decimal     // percent, BT-119
	Net      Amount      // taxable amount, BT-116
	VAT      Amount      // tax amount, BT-117: rounded on the group's sum
}

// exact is the context for a line's product: 18 + 18 + 9 digits fit in it
// with room, so the only rounding is the one that the standard names.
var exact = apd.BaseContext.WithPrecision(100)

// Totals computes the amounts of the invoice by the rules of EN 16931
// (BR-CO-10 to BR-CO-17): a line is quantity × unit price less its discount,
// rounded half up to the currency's digits; VAT is computed for each category
// and rate on the sum of that group's lines and rounded there.
//
// It fails on a number or currency that Validate would have reported.
func (inv *Invoice) Totals() (*Totals, error) {
	zero, err := currency.NewAmount("0", inv.Currency)
	if err != nil {
		return nil, fmt.Errorf("compute totals: currency %s is not known", clip(inv.Currency))
	}
	t := &Totals{Net: zero.Round(), VATTotal: zero.Round()}
	members := map[vatKey][]int{}
	for i, line := range inv.Lines {
		net, err := line.net(inv.Currency)
		if err != nil {
			return nil, fmt.Errorf("compute totals: lines[%d]: %w", i, err)
		}
		t.Lines = append(t.Lines, net)
		if t.Net, err = t.Net.Add(net); err != nil {
			return nil, err
		}
		key := vatKey{line.Category(), line.VATRate.Or("0")}
		members[key] = append(members[key], i)
	}
	t.LineVAT = make([]Amount, len(t.Lines))
	for key, lines := range members {
		group, err := t.group(key, lines, zero)
		if err != nil {
			return nil, fmt.Errorf("compute totals: VAT %s %%: %w", key.rate, err)
		}
		t.VAT = append(t.VAT, group)
	}
	slices.SortFunc(t.VAT, func(a, b VATGroup) int {
		if c := compareDecimals(b.Rate, a.Rate); c != 0 {
			return c
		}
		return strings.Compare(string(a.Category), string(b.Category))
	})
	for _, group := range t.VAT {
		if t.VATTotal, err = t.VATTotal.Add(group.VAT); err != nil {
			return nil, err
		}
	}
	if t.Total, err = t.Net.Add(t.VATTotal); err != nil {
		return nil, err
	}
	return t, t.payable(inv)
}

func (t *Totals) payable(inv *Invoice) (err error) {
	if t.Prepaid, err = currency.NewAmount(string(inv.Prepaid.Or("0")), inv.Currency); err != nil {
		return fmt.Errorf("compute totals: prepaid: %w", err)
	}
	if t.Rounding, err = currency.NewAmount(string(inv.Rounding.Or("0")), inv.Currency); err != nil {
		return fmt.Errorf("compute totals: rounding: %w", err)
	}
	t.Prepaid, t.Rounding = t.Prepaid.Round(), t.Rounding.Round()
	if t.Payable, err = t.Total.Sub(t.Prepaid); err != nil {
		return err
	}
	t.Payable, err = t.Payable.Add(t.Rounding)
	return err
}

type vatKey struct {
	category VATCategory
	rate     Decimal
}

func (t *Totals) group(key vatKey, lines []int, zero Amount) (VATGroup, error) {
	g := VATGroup{Category: key.category, Rate: key.rate, Net: zero.Round()}
	var err error
	for _, i := range lines {
		if g.Net, err = g.Net.Add(t.Lines[i]); err != nil {
			return g, err
		}
	}
	raw, err := percentOf(g.Net, key.rate)
	if err != nil {
		return g, err
	}
	g.VAT = raw.Round()
	return g, t.share(g, lines)
}

// net is quantity × unit price, less the percentage, less the amount; rounded
// once.
func (l Line) net(code string) (Amount, error) {
	var sum, factor apd.Decimal
	if _, _, err := sum.SetString(string(l.Quantity.Or("1"))); err != nil {
		return Amount{}, fmt.Errorf("quantity: %w", err)
	}
	if _, _, err := factor.SetString(string(l.UnitPrice.Or("0"))); err != nil {
		return Amount{}, fmt.Errorf("unitPrice: %w", err)
	}
	if _, err := exact.Mul(&sum, &sum, &factor); err != nil {
		return Amount{}, err
	}
	if !l.DiscountPercent.IsZero() {
		if _, _, err := factor.SetString(string(l.DiscountPercent)); err != nil {
			return Amount{}, fmt.Errorf("discountPercent: %w", err)
		}
		if _, err := exact.Sub(&factor, apd.New(100, 0), &factor); err != nil {
			return Amount{}, err
		}
		factor.Exponent -= 2 // a hundredth, without dividing
		if _, err := exact.Mul(&sum, &sum, &factor); err != nil {
			return Amount{}, err
		}
	}
	if !l.Discount.IsZero() {
		if _, _, err := factor.SetString(string(l.Discount)); err != nil {
			return Amount{}, fmt.Errorf("discount: %w", err)
		}
		if _, err := exact.Sub(&sum, &sum, &factor); err != nil {
			return Amount{}, err
		}
	}
	a, err := currency.NewAmount(sum.Text('f'), code)
	if err != nil {
		return Amount{}, err
	}
	return positiveZero(a.Round(), code), nil
}

// positiveZero keeps "-0.00" off the page: a return at price zero has no sign.
func positiveZero(a Amount, code string) Amount {
	if !a.IsZero() {
		return a
	}
	zero, err := currency.NewAmount("0", code)
	if err != nil {
		return a
	}
	return zero.Round()
}

// percentOf returns the unrounded percentage of an amount.
func percentOf(a Amount, rate Decimal) (Amount, error) {
	var d apd.Decimal
	if _, _, err := d.SetString(string(rate)); err != nil {
		return Amount{}, err
	}
	d.Exponent -= 2
	return a.Mul(d.Text('f'))
}

func compareDecimals(a, b Decimal) int {
	var x, y apd.Decimal
	if _, _, err := x.SetString(string(a.Or("0"))); err != nil {
		return strings.Compare(string(a), string(b))
	}
	if _, _, err := y.SetString(string(b.Or("0"))); err != nil {
		return strings.Compare(string(a), string(b))
	}
	return x.Cmp(&y)
}

package invoice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bojanz/currency"
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
		rate, err := ParseDecimal(string(line.VATRate.Or("0")))
		if err != nil {
			return nil, fmt.Errorf("compute totals: lines[%d]: vatRate: %w", i, err)
		}
		key := vatKey{line.Category(), rate}
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
	if err := t.payable(inv); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Totals) payable(inv *Invoice) (err error) {
	if t.Prepaid, err = inv.Prepaid.Or("0").amount(inv.Currency); err != nil {
		return fmt.Errorf("compute totals: prepaid: %w", err)
	}
	if t.Rounding, err = inv.Rounding.Or("0").amount(inv.Currency); err != nil {
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
	g.VAT = positiveZero(raw.Round(), g.Net.CurrencyCode())
	return g, t.share(g, lines)
}

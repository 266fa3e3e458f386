package invoice

import (
	"fmt"
	"slices"
	"strings"
)

// vatGroups gathers the nets of lines, allowances and charges by VAT category
// and rate.
type vatGroups struct {
	list  []*vatGroup
	nets  []Amount // of all of them, in the order they came
	lines int      // how many of nets are lines; they come first
}

type vatGroup struct {
	VATGroup
	items []int // places in nets
}

func (g *vatGroups) add(category VATCategory, rate Decimal, net Amount) error {
	group, err := g.find(category, rate)
	if err != nil {
		return err
	}
	if group == nil {
		rate, _ = ParseDecimal(string(rate.Or("0"))) // find has read it
		group = &vatGroup{VATGroup: VATGroup{Category: category, Rate: rate, Net: zeroOf(net.CurrencyCode()).Round()}}
		g.list = append(g.list, group)
	}
	if group.Net, err = group.Net.Add(net); err != nil {
		return err
	}
	group.items = append(group.items, len(g.nets))
	g.nets = append(g.nets, net)
	return nil
}

func (g *vatGroups) find(category VATCategory, rate Decimal) (*vatGroup, error) {
	rate, err := ParseDecimal(string(rate.Or("0")))
	if err != nil {
		return nil, err
	}
	for _, group := range g.list {
		if group.Category == category && group.Rate == rate {
			return group, nil
		}
	}
	return nil, nil
}

// allowances adds the document's allowances or charges. A percentage is taken
// of the group's lines, before any allowance.
func (g *vatGroups) allowances(field string, list []DocumentAllowance, zero Amount, off bool) (amounts []Amount, sum Amount, err error) {
	sum = zero
	bases := make([]Amount, len(list))
	for i, each := range list {
		bases[i] = zero
		group, err := g.find(each.Category(), each.VATRate)
		if err != nil {
			return nil, sum, fmt.Errorf("compute totals: %s[%d]: vatRate: %w", field, i, err)
		}
		if group == nil {
			continue
		}
		for _, item := range group.items {
			if item < g.lines {
				if bases[i], err = bases[i].Add(g.nets[item]); err != nil {
					return nil, sum, err
				}
			}
		}
	}
	for i, each := range list {
		a, err := each.amountOf(bases[i])
		if err != nil {
			return nil, sum, fmt.Errorf("compute totals: %s[%d]: %w", field, i, err)
		}
		amounts = append(amounts, a)
		if sum, err = sum.Add(a); err != nil {
			return nil, sum, err
		}
		if off {
			if a, err = negated(a); err != nil {
				return nil, sum, err
			}
		}
		if err := g.add(each.Category(), each.VATRate, a); err != nil {
			return nil, sum, err
		}
	}
	return amounts, sum, nil
}

// compute fills in the VAT of each group, puts the highest rate first, and
// returns the share of each net in the order they came.
func (g *vatGroups) compute(zero Amount) ([]Amount, error) {
	shares := make([]Amount, len(g.nets))
	for _, group := range g.list {
		raw, err := percentOf(group.Net, group.Rate)
		if err != nil {
			return nil, fmt.Errorf("compute totals: VAT %s %%: %w", group.Rate, err)
		}
		group.VAT = positiveZero(raw.Round(), zero.CurrencyCode())
		if err := g.share(group, shares); err != nil {
			return nil, fmt.Errorf("compute totals: VAT %s %%: %w", group.Rate, err)
		}
	}
	slices.SortFunc(g.list, func(a, b *vatGroup) int {
		if c := compareDecimals(b.Rate, a.Rate); c != 0 {
			return c
		}
		return strings.Compare(string(a.Category), string(b.Category))
	})
	return shares, nil
}

package invoice

import (
	"fmt"

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
	// of the largest remainder, so that the shares of lines, allowances and
	// charges add up exactly. The standard knows no VAT per line; order lines
	// of a checkout session do.
	LineVAT []Amount
	// Allowances (BT-92) and Charges (BT-99) are the amounts of the document's
	// lists of the same names, positive as they are stated.
	Allowances, Charges []Amount
	// AllowanceVAT is the VAT that each allowance takes off, ChargeVAT the VAT
	// that each charge adds: their shares, as LineVAT is a line's.
	AllowanceVAT, ChargeVAT []Amount
	// VAT is the breakdown by category and rate (BG-23), highest rate first.
	VAT []VATGroup
	// LineTotal is the sum of the lines (BT-106), AllowanceTotal (BT-107) and
	// ChargeTotal (BT-108) those of the document's allowances and charges.
	LineTotal, AllowanceTotal, ChargeTotal Amount
	// Net is the total without VAT (BT-109), VATTotal the sum of the breakdown
	// (BT-110) and Total both together (BT-112).
	Net, VATTotal, Total Amount
	// LocalVAT is VATTotal in the currency of LocalVAT (BT-111); the zero
	// Amount if the invoice states none.
	LocalVAT Amount
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
// (BR-CO-10 to BR-CO-17): a line is quantity × unit price less its discounts
// and allowances and plus its charges, rounded half up to the currency's
// digits; VAT is computed for each category and rate on the sum of that group's
// lines, allowances and charges, and rounded there.
//
// It fails on a number or currency that Validate would have reported.
func (inv *Invoice) Totals() (*Totals, error) {
	zero, err := currency.NewAmount("0", inv.Currency)
	if err != nil {
		return nil, fmt.Errorf("compute totals: currency %s is not known", clip(inv.Currency))
	}
	zero = zero.Round()
	t := &Totals{LineTotal: zero, AllowanceTotal: zero, ChargeTotal: zero, VATTotal: zero}
	var groups vatGroups
	for i, line := range inv.Lines {
		a, err := line.Amounts(inv.Currency)
		if err != nil {
			return nil, fmt.Errorf("compute totals: lines[%d]: %w", i, err)
		}
		t.Lines = append(t.Lines, a.Net)
		if t.LineTotal, err = t.LineTotal.Add(a.Net); err != nil {
			return nil, err
		}
		if err := groups.add(line.Category(), line.VATRate, a.Net); err != nil {
			return nil, fmt.Errorf("compute totals: lines[%d]: vatRate: %w", i, err)
		}
	}
	groups.lines = len(t.Lines)
	if t.Allowances, t.AllowanceTotal, err = groups.allowances("allowances", inv.Allowances, zero, true); err != nil {
		return nil, err
	}
	if t.Charges, t.ChargeTotal, err = groups.allowances("charges", inv.Charges, zero, false); err != nil {
		return nil, err
	}
	shares, err := groups.compute(zero)
	if err != nil {
		return nil, err
	}
	t.LineVAT, shares = shares[:len(t.Lines):len(t.Lines)], shares[len(t.Lines):]
	t.AllowanceVAT, t.ChargeVAT = shares[:len(t.Allowances):len(t.Allowances)], shares[len(t.Allowances):]
	for i := range t.AllowanceVAT {
		if t.AllowanceVAT[i], err = negated(t.AllowanceVAT[i]); err != nil {
			return nil, err
		}
	}
	for _, g := range groups.list {
		t.VAT = append(t.VAT, g.VATGroup)
		if t.VATTotal, err = t.VATTotal.Add(g.VAT); err != nil {
			return nil, err
		}
	}
	if t.Net, err = lessAndMore(t.LineTotal, t.Allowances, t.Charges); err != nil {
		return nil, err
	}
	if t.Total, err = t.Net.Add(t.VATTotal); err != nil {
		return nil, err
	}
	if t.LocalVAT, err = inv.LocalVAT.of(t.VATTotal); err != nil {
		return nil, fmt.Errorf("compute totals: localVat: %w", err)
	}
	if err := t.payable(inv); err != nil {
		return nil, err
	}
	return t, nil
}

// of is the total VAT in the second currency, the zero Amount if there is none.
func (c LocalVAT) of(vat Amount) (Amount, error) {
	if c.Currency == "" {
		return Amount{}, nil
	}
	if c.Amount != "" {
		a, err := c.Amount.amount(c.Currency)
		if err != nil {
			return a, err
		}
		return a.Round(), nil
	}
	rate, err := ParseDecimal(string(c.Rate.Or("0")))
	if err != nil {
		return Amount{}, err
	}
	a, err := vat.Convert(c.Currency, string(rate))
	if err != nil {
		return a, err
	}
	return positiveZero(a.Round(), c.Currency), nil
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

package invoice

import (
	"fmt"
	"strings"

	"github.com/bojanz/currency"
	"github.com/cockroachdb/apd/v3"
)

// exact is the context for a line's product: 18 + 18 + 8 digits fit in it
// with room, so the only rounding is the one that the standard names.
var exact = apd.BaseContext.WithPrecision(100)

// LineAmounts are the sums of one line, rounded to the currency's digits.
type LineAmounts struct {
	// Gross is quantity × unit price ÷ price quantity.
	Gross Amount
	// Discount is what DiscountPercent and Discount take off together.
	Discount Amount
	// Allowances and Charges are the amounts of the lists of the same names
	// (BT-136, BT-141).
	Allowances, Charges []Amount
	// Net is Gross − Discount − Allowances + Charges (BT-131).
	Net Amount
}

// Amounts computes the line in the currency. Price and discounts are rounded
// together and once, each allowance and charge by itself.
func (l Line) Amounts(code string) (a LineAmounts, err error) {
	var quantity, price, per, percent, discount apd.Decimal
	for _, in := range []struct {
		field string
		d     Decimal
		to    *apd.Decimal
	}{
		{"quantity", l.Quantity.Or("1"), &quantity}, {"unitPrice", l.UnitPrice.Or("0"), &price}, {"priceQuantity", l.PriceQuantity.Or("1"), &per},
		{"discountPercent", l.DiscountPercent.Or("0"), &percent}, {"discount", l.Discount.Or("0"), &discount},
	} {
		if err := in.d.into(in.to); err != nil {
			return a, fmt.Errorf("%s: %w", in.field, err)
		}
	}
	var sum apd.Decimal
	if _, err := exact.Mul(&sum, &quantity, &price); err != nil {
		return a, err
	}
	if per.Cmp(apd.New(1, 0)) != 0 {
		// A quotient without an end is cut far behind the digit that rounding
		// looks at, and is never half-way.
		if _, err := exact.Quo(&sum, &sum, &per); err != nil {
			return a, fmt.Errorf("priceQuantity: %w", err)
		}
	}
	if a.Gross, err = rounded(&sum, code); err != nil {
		return a, err
	}
	if _, err := exact.Sub(&percent, apd.New(100, 0), &percent); err != nil {
		return a, err
	}
	percent.Exponent -= 2 // a hundredth, without dividing
	if _, err := exact.Mul(&sum, &sum, &percent); err != nil {
		return a, err
	}
	if _, err := exact.Sub(&sum, &sum, &discount); err != nil {
		return a, err
	}
	if a.Net, err = rounded(&sum, code); err != nil {
		return a, err
	}
	if a.Discount, err = a.Gross.Sub(a.Net); err != nil {
		return a, err
	}
	if a.Allowances, err = amountsOf("allowances", l.Allowances, a.Gross); err != nil {
		return a, err
	}
	if a.Charges, err = amountsOf("charges", l.Charges, a.Gross); err != nil {
		return a, err
	}
	a.Net, err = lessAndMore(a.Net, a.Allowances, a.Charges)
	return a, err
}

func amountsOf(field string, list []Allowance, base Amount) ([]Amount, error) {
	var out []Amount
	for i, each := range list {
		a, err := each.amountOf(base)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", field, i, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// amountOf is what is taken off or added, with the base for a percentage that
// names none.
func (a Allowance) amountOf(base Amount) (Amount, error) {
	code := base.CurrencyCode()
	if a.Amount != "" {
		d, err := a.Amount.amount(code)
		if err != nil {
			return Amount{}, fmt.Errorf("amount: %w", err)
		}
		return d.Round(), nil
	}
	if a.Base != "" {
		var err error
		if base, err = a.Base.amount(code); err != nil {
			return Amount{}, fmt.Errorf("base: %w", err)
		}
	}
	d, err := percentOf(base, a.Percent.Or("0"))
	if err != nil {
		return Amount{}, fmt.Errorf("percent: %w", err)
	}
	return positiveZero(d.Round(), code), nil
}

// lessAndMore takes the one list off and adds the other.
func lessAndMore(a Amount, less, more []Amount) (_ Amount, err error) {
	for _, d := range less {
		if a, err = a.Sub(d); err != nil {
			return a, err
		}
	}
	for _, d := range more {
		if a, err = a.Add(d); err != nil {
			return a, err
		}
	}
	return a, nil
}

func rounded(d *apd.Decimal, code string) (Amount, error) {
	a, err := currency.NewAmount(d.Text('f'), code)
	if err != nil {
		return Amount{}, err
	}
	return positiveZero(a.Round(), code), nil
}

// into gives the number to the decimal arithmetic, which would also take
// "NaN" or "1e999999999" from a Decimal that no ParseDecimal made.
func (d Decimal) into(to *apd.Decimal) error {
	canonical, err := ParseDecimal(string(d))
	if err != nil {
		return err
	}
	_, _, err = to.SetString(string(canonical))
	return err
}

// amount is the number as money of the currency, unrounded.
func (d Decimal) amount(code string) (Amount, error) {
	canonical, err := ParseDecimal(string(d))
	if err != nil {
		return Amount{}, err
	}
	return currency.NewAmount(string(canonical), code)
}

// positiveZero keeps "-0.00" off the page: a return at price zero and the VAT
// on a returned cent have no sign.
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
	if err := rate.into(&d); err != nil {
		return Amount{}, err
	}
	d.Exponent -= 2
	return a.Mul(d.Text('f'))
}

func compareDecimals(a, b Decimal) int {
	var x, y apd.Decimal
	if err := a.Or("0").into(&x); err != nil {
		return strings.Compare(string(a), string(b))
	}
	if err := b.Or("0").into(&y); err != nil {
		return strings.Compare(string(a), string(b))
	}
	return x.Cmp(&y)
}

func negated(a Amount) (Amount, error) {
	n, err := a.Mul("-1")
	return positiveZero(n, a.CurrencyCode()), err
}

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

// net is quantity × unit price, less the percentage, less the amount; rounded
// once.
func (l Line) net(code string) (Amount, error) {
	var quantity, price, percent, discount apd.Decimal
	for _, in := range []struct {
		field string
		d     Decimal
		to    *apd.Decimal
	}{
		{"quantity", l.Quantity.Or("1"), &quantity}, {"unitPrice", l.UnitPrice.Or("0"), &price},
		{"discountPercent", l.DiscountPercent.Or("0"), &percent}, {"discount", l.Discount.Or("0"), &discount},
	} {
		if err := in.d.into(in.to); err != nil {
			return Amount{}, fmt.Errorf("%s: %w", in.field, err)
		}
	}
	var sum apd.Decimal
	if _, err := exact.Mul(&sum, &quantity, &price); err != nil {
		return Amount{}, err
	}
	if _, err := exact.Sub(&percent, apd.New(100, 0), &percent); err != nil {
		return Amount{}, err
	}
	percent.Exponent -= 2 // a hundredth, without dividing
	if _, err := exact.Mul(&sum, &sum, &percent); err != nil {
		return Amount{}, err
	}
	if _, err := exact.Sub(&sum, &sum, &discount); err != nil {
		return Amount{}, err
	}
	a, err := currency.NewAmount(sum.Text('f'), code)
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

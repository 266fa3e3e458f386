package sheet

import (
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// quickNumber reads a text as a number, if it may be one.
func (v *values) quickNumber(s string) (numberText, bool) {
	if len(s) > 40 || !strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x600 && r < 0xFF20 }) {
		return numberText{}, false
	}
	letters := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			if letters++; letters > 3 {
				return numberText{}, false
			}
		case c == '/' || c == ':' || c == '@' || c == '#' || c == '_':
			return numberText{}, false
		}
	}
	n, err := parseNumber(s)
	if err != nil && len(v.currencies) > 0 {
		n, err = v.number(s)
	}
	return n, err == nil
}

// number reads a number with the signs that the profile knows.
func (v *values) number(s string) (numberText, error) {
	n, err := parseNumber(s)
	if err == nil || len(v.currencies) == 0 {
		return n, err
	}
	for sign := range v.currencies {
		rest, found := strings.CutPrefix(grid.Trim(s), sign)
		if !found {
			rest, found = strings.CutSuffix(grid.Trim(s), sign)
		}
		if m, parsed := parseNumber(rest); found && parsed == nil && m.sign == "" {
			m.sign = sign
			return m, nil
		}
	}
	return n, err
}

func (v *values) numberOf(c *grid.Cell, percentage, claim bool) (value, error) {
	switch c.Kind {
	case grid.Bool:
		return value{}, wrong("number-is-logical", strings.ToUpper(strconv.FormatBool(isTrue(c.Text))))
	case grid.ISODate:
		return value{}, wrong("number-is-date-text", clip(c.Text))
	case grid.Text:
		return v.numberOfText(c, percentage)
	}
	plain, err := binary(c.Text)
	if err != nil {
		return value{}, err
	}
	out := value{}
	shown := plain
	if c.Format != nil {
		switch {
		case c.Format.Class == grid.Date:
			return value{}, wrong("number-is-date")
		case c.Format.Class == grid.Clock:
			return value{}, wrong("number-is-time")
		case c.Format.Class == grid.Percent && percentage:
			shown, out.percent = shift(plain), true
		}
		if !percentage && c.Format.Currency != "" {
			out.currencies = currenciesOf(c.Format.Currency, v.currencies)
		}
	}
	if claim {
		// What is compared is what the sheet shows: an amount.
		shown = hundredths(shown)
	}
	d, err := invoice.ParseDecimal(shown)
	if err != nil {
		return value{}, wrong("number-too-long", shown, invoice.MaxIntegerDigits, invoice.MaxFractionDigits)
	}
	if percentage && !out.percent {
		if d, err = v.rate(d); err != nil {
			return value{}, err
		}
	}
	out.text = string(d)
	return out, nil
}

func (v *values) numberOfText(c *grid.Cell, percentage bool) (value, error) {
	n, err := v.number(c.Text)
	switch {
	case err != nil:
		return value{}, err
	case n.percent && !percentage:
		return value{}, wrong("number-is-percentage", clip(c.Text))
	case n.sign != "" && percentage:
		return value{}, wrong("percentage-is-amount", clip(c.Text))
	}
	d, err := v.settleNumber(c, n)
	if err == nil && percentage && !n.percent {
		d, err = v.rate(d)
	}
	return value{text: string(d), currencies: currenciesOf(n.sign, v.currencies), percent: n.percent}, err
}

// settleNumber decides between the two readings of a number.
func (v *values) settleNumber(c *grid.Cell, n numberText) (invoice.Decimal, error) {
	switch {
	case !n.ambiguous():
		return n.value, nil
	case v.decimal == n.separator:
		return n.value, nil
	case v.decimal != 0, v.grouping:
		return n.other, nil
	}
	why := "number-two-readings"
	if v.clash {
		why = "number-both-signs"
	}
	return "", &undecided{"decimal", say(why, clip(c.Text), n.other, n.value)}
}

// rate reads a percentage without a sign. 0.25 is refused unless the profile
// says what it is: lists hold both 0.25 and 25 for 25 %.
func (v *values) rate(d invoice.Decimal) (invoice.Decimal, error) {
	if v.percents {
		return d, nil
	}
	if v.fractions {
		return invoice.ParseDecimal(shift(string(d)))
	}
	if !strings.HasPrefix(strings.TrimPrefix(string(d), "-"), "0.") {
		return d, nil
	}
	return "", &undecided{"rates", say("rate-below-one", d, shift(string(d)))}
}

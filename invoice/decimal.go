package invoice

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"invoicelink/invoice/text"
)

// Decimal is an exact decimal number in its canonical text form: an optional
// minus sign, digits without leading zeros, and a fraction without trailing
// zeros ("0", "-12.5", "1000000"). The empty Decimal means that no number was
// given. Because the form is canonical, two Decimals are equal exactly when
// their texts are.
//
// It never passes through a binary float. Its JSON form is a string; a JSON
// number is read as well, digit by digit.
type Decimal string

// Limits of a Decimal. They hold for computed amounts too: Validate refuses an
// invoice with a line, a net total or a total of 10^12 or more, so that each of
// them can be written as a Decimal.
const (
	MaxIntegerDigits  = 12 // digits before the decimal point
	MaxFractionDigits = 6  // digits after it, trailing zeros not counted
)

// ErrNotANumber is wrapped by every error of ParseDecimal.
var ErrNotANumber = errors.New("is not a number")

// ParseDecimal reads a plain decimal number: an optional sign, digits, and
// optionally a point and digits. It knows no grouping, no decimal comma, no
// exponent and no currency sign: what people type is read by the package that
// reads their files. The result is canonical.
func ParseDecimal(s string) (Decimal, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	whole, fraction, point := strings.Cut(rest, ".")
	if whole == "" || (point && fraction == "") || !digits(whole) || !digits(fraction) {
		return "", fmt.Errorf("%s %w", clip(s), ErrNotANumber)
	}
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if len(whole) > MaxIntegerDigits || len(fraction) > MaxFractionDigits {
		return "", fmt.Errorf("%s %w of at most %d digits before and %d after the decimal point",
			clip(s), ErrNotANumber, MaxIntegerDigits, MaxFractionDigits)
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return Decimal(whole), nil
}

// Or returns d, or the given number where d is empty.
func (d Decimal) Or(fallback Decimal) Decimal {
	if d == "" {
		return fallback
	}
	return d
}

// IsZero reports whether d is empty or zero. It also makes JSON's omitzero
// leave such a field out, so that "0" and nothing have one canonical form.
func (d Decimal) IsZero() bool { return d == "" || d == "0" }

// IsNegative reports whether d is below zero.
func (d Decimal) IsNegative() bool { return strings.HasPrefix(string(d), "-") }

// FractionDigits returns the number of digits after the decimal point.
func (d Decimal) FractionDigits() int {
	_, fraction, _ := strings.Cut(string(d), ".")
	return len(fraction)
}

// UnmarshalJSON reads a JSON string or number; null and "" leave d empty.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" {
		*d = ""
		return nil
	}
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		if text == "" {
			*d = ""
			return nil
		}
	}
	parsed, err := ParseDecimal(text)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func clip(s string) string { return text.Quote(s) }

package invoice

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice/text"
)

// Money is an amount in a currency: a Decimal in major units (12.5 means
// twelve and a half) and the currency's ISO 4217 code in capitals. The zero
// Money means that no amount was stated. Two amounts of money are equal
// exactly when their values are (==).
//
// Its JSON form is an object of two texts: {"amount":"12.50","currency":"EUR"}.
type Money struct {
	Amount   Decimal
	Currency string
}

// MoneyError says which part of a stated amount cannot be read, and how to
// write it.
type MoneyError struct {
	Part    string // "amount" or "currency"
	Value   string // as it was stated, shortened
	Message string // what is wrong with it
	Hint    string // what to write instead; "" if nothing better can be said
}

func (e *MoneyError) Error() string {
	if e.Hint == "" {
		return e.Part + " " + e.Message
	}
	return e.Part + " " + e.Message + "; " + e.Hint
}

// ParseMoney reads an amount and its currency as people and programs state
// them. The amount is a plain decimal number (ParseDecimal) with no more
// decimals than its currency has; decimal commas and thousands separators are
// refused, since "1.234" would mean two things. The currency is read in any
// case. Both may be empty together, which gives the zero Money; one without
// the other is refused. Every error is a *MoneyError.
func ParseMoney(amount, code string) (Money, error) {
	amount, code = strings.TrimSpace(amount), strings.ToUpper(strings.TrimSpace(code))
	if amount == "" && code == "" {
		return Money{}, nil
	}
	if amount == "" {
		return Money{}, &MoneyError{"amount", "", "is missing", "state it with its currency, as in 1234.50 " + text.Truncate(code, 40)}
	}
	value, err := ParseDecimal(amount)
	if err != nil {
		return Money{}, &MoneyError{"amount", text.Truncate(amount, 40), err.Error(), decimalHint(amount)}
	}
	digits, known := currency.GetDigits(code)
	switch {
	case code == "":
		return Money{}, &MoneyError{"currency", "", "is missing", "state it with the amount, as in " + string(value) + " EUR"}
	case !known:
		return Money{}, &MoneyError{"currency", text.Truncate(code, 40), clip(code) + " is not a currency code of ISO 4217", "write three letters, as in EUR"}
	case value.FractionDigits() > int(digits):
		return Money{}, &MoneyError{"amount", text.Truncate(amount, 40), fmt.Sprintf("%s has more than the %d decimals of %s", value, digits, code), ""}
	}
	return Money{value, code}, nil
}

// grouped is a number with thousands separators, a decimal comma, or both.
var grouped = regexp.MustCompile(`^[-+]?[0-9]{1,3}(?:[.,' \x{00a0}\x{202f}][0-9]{3})*(?:[.,][0-9]+)?$`)

// decimalHint writes a number in another notation the plain way, if it can
// only mean one thing.
func decimalHint(s string) string {
	const plain = "write it with a decimal point and no thousands separator"
	last := strings.LastIndexAny(s, ".,")
	if !grouped.MatchString(s) && strings.Trim(s, "0123456789,") != "" || last < 0 || len(s)-last == 4 && strings.Count(s, s[last:last+1]) == 1 {
		return plain + ", as in 18097.75"
	}
	whole := strings.NewReplacer(".", "", ",", "", "'", "", " ", "", "\u00a0", "", "\u202f", "").Replace(s[:last])
	value, err := ParseDecimal(whole + "." + s[last+1:])
	if err != nil {
		return plain + ", as in 18097.75"
	}
	return fmt.Sprintf("%s: %s", plain, value)
}

// IsZero reports whether no amount was stated. An amount of nought is stated.
func (m Money) IsZero() bool { return m == Money{} }

// String gives "12.50 EUR", with the decimals that the currency has.
func (m Money) String() string {
	if m.IsZero() {
		return "no amount"
	}
	return m.Fixed() + " " + m.Currency
}

// Fixed gives the amount alone with the decimals that its currency has.
func (m Money) Fixed() string {
	a, err := m.Amount.Or("0").amount(m.Currency)
	if err != nil {
		return string(m.Amount)
	}
	return a.Round().Number()
}

// Add returns the sum of two amounts of one currency. The zero Money adds
// nothing.
func (m Money) Add(other Money) (Money, error) { return m.plus(other, Amount.Add) }

// Sub returns what is left of m after other is taken off.
func (m Money) Sub(other Money) (Money, error) {
	if m.IsZero() && !other.IsZero() {
		m = Money{"0", other.Currency}
	}
	return m.plus(other, Amount.Sub)
}

func (m Money) plus(other Money, operation func(Amount, Amount) (Amount, error)) (Money, error) {
	switch {
	case other.IsZero():
		return m, nil
	case m.IsZero():
		return other, nil
	case m.Currency != other.Currency:
		return Money{}, fmt.Errorf("add amounts: %s and %s have different currencies", m, other)
	}
	x, err := m.Amount.amount(m.Currency)
	if err != nil {
		return Money{}, fmt.Errorf("add amounts: %w", err)
	}
	y, err := other.Amount.amount(other.Currency)
	if err != nil {
		return Money{}, fmt.Errorf("add amounts: %w", err)
	}
	sum, err := operation(x, y)
	if err != nil {
		return Money{}, fmt.Errorf("add amounts: %w", err)
	}
	return MoneyOf(sum)
}

// Cmp compares two amounts of one currency: -1 if m is less than other, 0 if
// they are equal, 1 if it is more.
func (m Money) Cmp(other Money) int { return compareDecimals(m.Amount.Or("0"), other.Amount.Or("0")) }

// MoneyOf returns a computed amount as Money.
func MoneyOf(a Amount) (Money, error) {
	value, err := ParseDecimal(a.Number())
	if err != nil {
		return Money{}, err
	}
	return Money{value, a.CurrencyCode()}, nil
}

// moneyJSON is the wire form of Money.
type moneyJSON struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON writes the amount with the decimals that its currency has.
func (m Money) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(moneyJSON{m.Fixed(), m.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes, and refuses what ParseMoney
// refuses.
func (m *Money) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*m = Money{}
		return nil
	}
	var wire moneyJSON
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	parsed, err := ParseMoney(wire.Amount, wire.Currency)
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}

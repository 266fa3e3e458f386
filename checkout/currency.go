package checkout

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/bojanz/currency"
)

// alphaCodes maps ISO 4217's numeric codes to the letters: the gateway's older
// API names currencies by number.
var alphaCodes = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for _, alpha := range currency.GetCurrencyCodes() {
		if numeric, ok := currency.GetNumericCode(alpha); ok && numeric != "000" {
			codes[numeric] = alpha
		}
	}
	return codes
})

// currencyOf prefers the letters and falls back to the number.
func currencyOf(alpha, numeric string) (string, error) {
	alpha, numeric = strings.TrimSpace(alpha), strings.TrimSpace(numeric)
	if isoCurrency.MatchString(alpha) {
		return alpha, nil
	}
	if isoCurrency.MatchString(numeric) {
		return numeric, nil
	}
	if len(numeric) > 0 && len(numeric) < 3 {
		numeric = strings.Repeat("0", 3-len(numeric)) + numeric // 036 written as 36
	}
	if code, ok := alphaCodes()[numeric]; ok {
		return code, nil
	}
	return "", fmt.Errorf("currency %q is not an ISO 4217 code", excerpt(alpha+numeric, 20))
}

// readMoney reads an amount of the gateway. Missing is an empty value.
func readMoney(text, code string) (Money, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Money{Currency: code}, nil
	}
	if len(text) > 40 {
		return Money{}, errors.New("amount is longer than 40 characters")
	}
	amount, err := currency.NewAmount(text, code)
	if err != nil || strings.ContainsAny(text, "eEnN") {
		return Money{}, fmt.Errorf("amount %q in %s is not a decimal in a known currency", excerpt(text, 40), code)
	}
	return moneyOf(amount), nil
}

// moneyOf writes at least the currency's digits, or more where there are more.
func moneyOf(a currency.Amount) Money {
	digits, _ := currency.GetDigits(a.CurrencyCode())
	if rounded := a.Round(); rounded.Equal(a) {
		a = a.RoundTo(max(digits, 2), currency.RoundHalfUp)
	}
	return Money{Value: json.Number(a.Number()), Currency: a.CurrencyCode()}
}

func (m Money) amount() (currency.Amount, error) {
	value := m.Value.String()
	if value == "" {
		value = "0"
	}
	return currency.NewAmount(value, m.Currency)
}

func larger(a, b Money) (currency.Amount, error) {
	x, err := a.amount()
	if err != nil {
		return x, err
	}
	y, err := b.amount()
	if err != nil {
		return y, err
	}
	if c, err := x.Cmp(y); err != nil || c >= 0 {
		return x, err
	}
	return y, nil
}

// addText adds an amount of the gateway to a sum that may still be empty.
func (m *Money) addText(text, code string) error {
	more, err := readMoney(text, code)
	if err != nil || more.Value == "" {
		return err
	}
	if m.Value == "" {
		*m = more
		return nil
	}
	a, err := m.amount()
	if err != nil {
		return err
	}
	b, err := more.amount()
	if err != nil {
		return err
	}
	sum, err := a.Add(b)
	if err != nil {
		return fmt.Errorf("transactions in %s and %s cannot be added", m.Currency, code)
	}
	*m = moneyOf(sum)
	return nil
}

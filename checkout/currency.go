package checkout

import (
	"fmt"
	"strings"
	"sync"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
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

// readMoney reads an amount of the gateway. One that was left out is the zero
// Money; an amount of nought is not.
func readMoney(text, code string) (invoice.Money, error) {
	if text = strings.TrimSpace(text); text == "" {
		return invoice.Money{}, nil
	}
	return invoice.ParseMoney(text, code)
}

// positive reports whether an amount above zero was stated.
func positive(m invoice.Money) bool { return !m.Amount.IsZero() && !m.Amount.IsNegative() }

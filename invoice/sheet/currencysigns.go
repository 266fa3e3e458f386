package sheet

import (
	"strings"

	"github.com/bojanz/currency"
)

// currencySigns are signs of currencies, and what they may stand for.
var currencySigns = map[string][]string{
	"€": {"EUR"}, "₹": {"INR"}, "Rs": {"INR", "PKR", "LKR"}, "Rs.": {"INR", "PKR", "LKR"}, "₽": {"RUB"}, "руб": {"RUB"}, "руб.": {"RUB"}, "₪": {"ILS"}, "R$": {"BRL"}, "C$": {"CAD"}, "A$": {"AUD"}, "CA$": {"CAD"}, "HK$": {"HKD"}, "NZ$": {"NZD"}, "S$": {"SGD"},
	"грн": {"UAH"}, "грн.": {"UAH"}, "₩": {"KRW"}, "฿": {"THB"}, "₫": {"VND"}, "₱": {"PHP"}, "₦": {"NGN"}, "лв.": {"BGN"}, "дин": {"RSD"}, "din": {"RSD"}, "円": {"JPY"}, "元": {"CNY"}, "¥": {"JPY", "CNY"}, "￥": {"JPY", "CNY"}, "£": {"GBP"}, "zł": {"PLN"}, "Kč": {"CZK"}, "₴": {"UAH"}, "Ft": {"HUF"}, "₺": {"TRY"}, "lei": {"RON"}, "лв": {"BGN"},
	"$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}, "US$": {"USD"},
	"kr": {"DKK", "SEK", "NOK", "ISK"}, "kr.": {"DKK", "SEK", "NOK", "ISK"}, "Kr": {"DKK", "SEK", "NOK", "ISK"}, "Kr.": {"DKK", "SEK", "NOK", "ISK"},
	"Fr.": {"CHF"}, "Fr": {"CHF"},
}

// currenciesOf returns what a sign or code may stand for; nil if it is none.
func currenciesOf(sign string, more map[string]string) []string {
	if code := more[sign]; code != "" {
		return []string{code}
	}
	if allowed := currencySigns[sign]; allowed != nil {
		return allowed
	}
	if len(sign) == 3 && currency.IsValid(sign) {
		return []string{sign}
	}
	return nil
}

// cutCurrency takes a sign or an ISO 4217 code off one end.
func cutCurrency(s string) (string, string) {
	for _, cut := range []func(string) (string, string){
		func(s string) (string, string) {
			i := strings.IndexAny(s, "0123456789-+.,( ")
			if i <= 0 {
				return s, ""
			}
			return s[i:], s[:i]
		},
		func(s string) (string, string) {
			i := strings.LastIndexAny(s, "0123456789-+) ")
			if i < 0 || i+1 >= len(s) {
				return s, ""
			}
			return s[:i+1], s[i+1:]
		},
	} {
		rest, sign := cut(s)
		if sign == "" {
			continue
		}
		if currenciesOf(sign, nil) != nil {
			return trimDot(rest), sign
		}
	}
	return s, ""
}

// trimDot takes off the rest of "kr. 100", whose point is the abbreviation's.
func trimDot(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, ". "); ok {
		return strings.TrimSpace(rest)
	}
	return s
}

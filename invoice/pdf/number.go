package pdf

import (
	"strings"

	"invoicelink/invoice"
)

// minus is the minus sign of print, as wide as the plus and the digits.
const minus = "\u2212"

// number writes a plain decimal number ("-1234.5") in the language's form,
// grouped in threes, with zeros added up to digits decimals.
func (l *language) number(plain string, digits int) string {
	rest, negative := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(rest, ".")
	if missing := digits - len(fraction); missing > 0 {
		fraction += strings.Repeat("0", missing)
	}
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(l.group)
		}
		b.WriteByte(c)
	}
	if fraction != "" {
		b.WriteString(l.decimal)
		b.WriteString(fraction)
	}
	return b.String()
}

// money writes an amount without its currency.
func (l *language) money(a invoice.Amount) string { return l.number(a.Number(), 0) }

// withCode writes an amount after its ISO 4217 code, unbreakably.
func (l *language) withCode(a invoice.Amount) string {
	return a.CurrencyCode() + string(noBreakSpace) + l.money(a)
}

// percent writes a rate in percent, unbreakably.
func (l *language) percent(d invoice.Decimal) string {
	return l.number(string(d.Or("0")), 0) + string(noBreakSpace) + "%"
}

// decimals is the number of decimals of an amount's currency, as the totals
// are rounded to it.
func decimals(a invoice.Amount) int {
	_, fraction, _ := strings.Cut(a.Number(), ".")
	return len(fraction)
}

// negated is the amount with the other sign, for what is taken off.
func (l *language) negated(a invoice.Amount) string {
	text := l.money(a)
	if a.IsZero() {
		return text
	}
	if rest, negative := strings.CutPrefix(text, minus); negative {
		return rest
	}
	return minus + text
}

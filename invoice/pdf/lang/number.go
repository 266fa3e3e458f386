package lang

import "strings"

const noBreakSpace = "\u00A0"

// Minus is the minus sign of print, as wide as the plus and the digits.
const Minus = "\u2212"

// Number writes a plain decimal number ("-1234.5") in the language's form,
// grouped in threes, with zeros added up to digits decimals.
func (t *Texts) Number(plain string, digits int) string {
	rest, negative := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(rest, ".")
	if missing := digits - len(fraction); missing > 0 {
		fraction += strings.Repeat("0", missing)
	}
	var b strings.Builder
	if negative {
		b.WriteString(Minus)
	}
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) >= t.GroupFrom {
			b.WriteString(t.Group)
		}
		b.WriteByte(c)
	}
	if fraction != "" {
		b.WriteString(t.Decimal)
		b.WriteString(fraction)
	}
	return b.String()
}

// PercentOf writes a plain decimal number as a percentage, unbreakably.
func (t *Texts) PercentOf(plain string) string { return Fill(t.Percent, "n", t.Number(plain, 0)) }

package web

import (
	"slices"
	"strings"
)

// span is a range of amounts, the upper end excluded.
type span struct{ from, to units }

// amountsOf reads a text as an amount, with either sign as the decimal one; an
// amount without decimals stands for those that begin with it.
func amountsOf(s string) (out []span) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "'", "", "’", "").Replace(s)
	if s == "" || strings.Trim(s, "0123456789.,") != "" {
		return nil
	}
	for _, signs := range [][2]string{{",", "."}, {".", ","}} {
		plain := strings.Replace(strings.ReplaceAll(s, signs[0], ""), signs[1], ".", 1)
		whole, fraction, decimals := strings.Cut(plain, ".")
		if whole == "" || strings.Contains(fraction, signs[1]) || len(fraction) > unitDigits || len(whole) > 14 {
			continue
		}
		one := span{unitsOf(plain), 0}
		if one.to = one.from + 1; !decimals || fraction == "" {
			one.to = one.from + 10_000
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

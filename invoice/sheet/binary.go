package sheet

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// binary is what a number cell stores. Workbooks keep binary floats and show 15
// digits of them (Excel's specifications and limits), so 1.4600000000000002 is
// the 1.46 that was typed.
func binary(raw string) (string, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return "", wrong("not-a-number", clip(raw))
	}
	if f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64); err != nil || math.Abs(f) > 1e30 {
		return "", wrong("number-too-large", clip(raw))
	}
	if f == 0 || math.Abs(f) < 1e-30 {
		return "0", nil
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

// lostDigits reports whether a whole number has more digits than a number cell
// keeps.
func lostDigits(plain string) bool {
	whole, _, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	return len(whole) > 15
}

// shift multiplies a plain decimal text by a hundred: 0.25 shown as 25 %.
func shift(plain string) string {
	sign := ""
	if rest, ok := strings.CutPrefix(plain, "-"); ok {
		sign, plain = "-", rest
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	fraction += "00"
	out := strings.TrimLeft(whole+fraction[:2], "0")
	if out == "" {
		out = "0"
	}
	if rest := strings.TrimRight(fraction[2:], "0"); rest != "" {
		out += "." + rest
	}
	return sign + out
}

// hundredths rounds a plain decimal text half away from zero to two decimals.
func hundredths(plain string) string {
	r, ok := new(big.Rat).SetString(plain)
	if !ok {
		return plain
	}
	return r.FloatString(2) // big.Rat rounds halves away from zero
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

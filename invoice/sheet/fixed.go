package sheet

import (
	"math/big"
	"strings"

	"invoicelink/invoice"
)

// fixed is a number in millionths, for comparing and adding amounts: a Decimal
// has six digits after its point.
type fixed int64

const unit fixed = 1_000_000

// fixedOf reads a decimal text; false if it is none or too large.
func fixedOf[T ~string](s T) (fixed, bool) {
	text := string(s)
	rest, negative := strings.CutPrefix(text, "-")
	n, digits, point := int64(0), 0, -1
	for i := range len(rest) {
		c := rest[i]
		switch {
		case c == '.' && point < 0:
			point = 0
			continue
		case c < '0' || c > '9':
			return 0, false
		case point >= 6:
			return 0, false
		case point >= 0:
			point++
		default:
			if digits++; digits > 12 && n > 0 {
				return 0, false
			}
		}
		n = n*10 + int64(c-'0')
		if n > 1<<60/10 {
			return 0, false
		}
	}
	if rest == "" || rest == "." {
		return 0, false
	}
	for i := max(point, 0); i < 6; i++ {
		if n > 1<<62/10 {
			return 0, false
		}
		n *= 10
	}
	if negative {
		n = -n
	}
	return fixed(n), true
}

// decimal writes the number as a Decimal.
func (f fixed) decimal() invoice.Decimal {
	d, err := invoice.ParseDecimal(new(big.Rat).SetFrac64(int64(f), int64(unit)).FloatString(6))
	if err != nil {
		return ""
	}
	return d
}

// round rounds half away from zero to so many digits.
func (f fixed) round(digits int) fixed {
	step := fixed(1)
	for range 6 - min(digits, 6) {
		step *= 10
	}
	if f < 0 {
		return -((-f + step/2) / step * step)
	}
	return (f + step/2) / step * step
}

func (f fixed) abs() fixed { return max(f, -f) }

// times multiplies, rounded to millionths; false if it is too large.
func (f fixed) times(g fixed) (fixed, bool) {
	return ratFixed(new(big.Rat).Mul(f.rat(), g.rat()))
}

func (f fixed) rat() *big.Rat { return big.NewRat(int64(f), int64(unit)) }

// ratFixed rounds half away from zero to millionths.
func ratFixed(r *big.Rat) (fixed, bool) {
	f, ok := fixedOf(r.FloatString(6))
	return f, ok
}

package sheet

import (
	"errors"
	"strings"
	"unicode"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// numberText is a number that was written as text.
type numberText struct {
	value invoice.Decimal
	// other is the second reading of a text such as 1,234: there value takes
	// the separator as the decimal one, other as grouping.
	other invoice.Decimal
	// separator is the decimal separator that the text proves, '.' or ','; in
	// an ambiguous text the one that value supposes; 0 if there is none.
	separator byte
	percent   bool
	sign      string // of a currency next to the number; empty if there is none
}

func (n numberText) ambiguous() bool { return n.other != "" }

// plainDigits writes the digits and separators of other scripts, and the
// spaces and dashes of typesetters, as those of ASCII.
func plainDigits(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80 && s[i] != '\t'
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 && r != '\t':
			return r
		case r == '\t', r == 0xA0, r == 0x202F, r == 0x2009, r == 0x2007, r == 0x3000:
			return ' '
		case r == 0x2212, r == 0x2013, r == 0xFF0D:
			return '-'
		case r == 0x2019, r == 0x02BC:
			return '\''
		case r == 0x066B, r == 0xFF0C: // Arabic decimal separator, full-width comma
			return ','
		case r == 0x066C: // Arabic thousands separator
			return '\''
		case r == 0xFF0E:
			return '.'
		case r == 0x066A, r == 0xFF05:
			return '%'
		case grid.ZeroWidth(r):
			return -1
		case unicode.Is(unicode.Nd, r):
			for _, zero := range zeros {
				if r >= zero && r <= zero+9 {
					return '0' + r - zero
				}
			}
		}
		return r
	}, s)
}

// zeros of scripts whose digits are read: Arabic, Persian, Devanagari, Bengali,
// Thai, full-width.
var zeros = []rune{0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10}

// parseNumber reads a number as people type it: with a decimal point or
// comma, grouped by points, commas, spaces or apostrophes, with a sign before
// or behind, in brackets when negative, with a currency or percent sign.
func parseNumber(s string) (numberText, error) {
	var n numberText
	none := func() (numberText, error) { return numberText{}, wrong("not-a-number", clip(s)) }
	if len(s) > 200 {
		return none()
	}
	if plainNumber(s) {
		d, err := invoice.ParseDecimal(s)
		if strings.IndexByte(s, '.') >= 0 {
			n.separator = '.'
		}
		n.value = d
		if err == nil {
			return n, nil
		}
	}
	body := strings.TrimSpace(plainDigits(grid.Trim(s)))
	negative := false
	if inner, ok := strings.CutPrefix(body, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); !ok || strings.ContainsAny(inner, "-+") {
			return none()
		}
		body, negative = strings.TrimSpace(inner), true
	}
	body, negative, ok := n.cutSigns(body, negative)
	if !ok {
		return none()
	}
	body = cutNoCents(body)
	if err := n.digits(body); err != nil {
		if errors.Is(err, errDigits) {
			return none()
		}
		return numberText{}, wrong("number-too-long", clip(s), invoice.MaxIntegerDigits, invoice.MaxFractionDigits)
	}
	if negative {
		n.value, n.other = negate(n.value), negate(n.other)
	}
	return n, nil
}

// cutSigns takes off what stands around the digits in any order: one sign,
// none if the number is in brackets and so negative, and a currency or a
// percent sign. It reports false for a second sign.
func (n *numberText) cutSigns(body string, negative bool) (digits string, below, ok bool) {
	signed := negative
	for changed := true; changed; {
		before := body
		for _, sign := range []string{"-", "+"} {
			rest, front := strings.CutPrefix(body, sign)
			if !front {
				var back bool
				if rest, back = strings.CutSuffix(body, sign); !back || strings.HasSuffix(rest, ",") || strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, ",-") || strings.HasSuffix(rest, ".-") {
					continue
				}
			}
			if signed {
				return "", false, false
			}
			body, signed, negative = strings.TrimSpace(rest), true, sign == "-"
		}
		if rest, ok := strings.CutSuffix(body, "%"); ok && !n.percent && n.sign == "" {
			body, n.percent = strings.TrimSpace(rest), true
		}
		if n.sign == "" && !n.percent {
			body, n.sign = cutCurrency(body)
		}
		changed = body != before
	}
	return body, negative, true
}

// cutNoCents takes off what says that there are no cents: in the Nordic
// countries and Germany "100,-" and "100,--".
func cutNoCents(body string) string {
	for _, none := range []string{",-", ",--", ".-", ".--", ",–", ",—"} {
		if rest, ok := strings.CutSuffix(body, none); ok && strings.Trim(rest, "0123456789. '") == "" {
			if none[0] == ',' {
				return strings.ReplaceAll(rest, ".", "") // it groups
			}
			return rest
		}
	}
	return body
}

// plainNumber reports whether a text is of digits alone, or of some with a
// point that can only be the decimal one: nearly all numbers of a file are.
func plainNumber(s string) bool {
	point := -1
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
		case s[i] == '.' && point < 0 && i > 0:
			point = i
		default:
			return false
		}
	}
	behind := len(s) - 1 - point
	return s != "" && (point < 0 || behind > 0 && behind != 3)
}

var errDigits = errors.New("are not the digits of a number")

// digits reads the digits and their separators.
func (n *numberText) digits(s string) error {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	spaced := strings.ContainsAny(s, " '")
	switch {
	case points > 0 && commas > 0:
		decimal := byte('.')
		if strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') {
			decimal = ','
		}
		n.separator = decimal
		if decimal == ',' {
			return n.read(s, ',', ".")
		}
		return n.read(s, '.', ",")
	case points > 1:
		n.separator = ','
		return n.read(s, ',', ".")
	case commas > 1:
		n.separator = '.'
		return n.read(s, '.', ",")
	case points+commas == 0:
		return n.read(s, 0, " '")
	}
	decimal := byte('.')
	if commas == 1 {
		decimal = ','
	}
	n.separator = decimal
	whole, fraction, _ := strings.Cut(s, string(decimal))
	if err := n.read(s, decimal, " '"); err != nil {
		return err
	}
	if len(fraction) == 3 && !spaced && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0' {
		other := numberText{}
		if err := other.read(strings.ReplaceAll(s, string(decimal), ""), 0, ""); err == nil {
			n.other = other.value
		}
	}
	return nil
}

// read takes decimal as the decimal separator and the others as grouping,
// which must part threes.
func (n *numberText) read(s string, decimal byte, grouping string) error {
	whole, fraction := s, ""
	if decimal != 0 {
		if i := strings.LastIndexByte(s, decimal); i >= 0 {
			whole, fraction = s[:i], s[i+1:]
			if fraction == "" {
				return errDigits
			}
		}
	}
	separators := " '" + grouping
	groups := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune(separators, r) })
	if joined := strings.Join(groups, " "); len(joined) != len(whole) {
		return errDigits // a separator at an end, or two together
	}
	used := strings.Map(func(r rune) rune {
		if strings.ContainsRune(separators, r) {
			return r
		}
		return -1
	}, whole)
	if used != "" && strings.Trim(used, used[:1]) != "" {
		return errDigits // two kinds of grouping
	}
	if !grouped(groups) {
		return errDigits
	}
	digits := strings.Join(groups, "")
	if digits == "" && fraction == "" || strings.Trim(digits+fraction, "0123456789") != "" {
		return errDigits
	}
	if digits == "" {
		digits = "0"
	}
	if fraction != "" {
		digits += "." + fraction
	}
	var err error
	n.value, err = invoice.ParseDecimal(digits)
	return err
}

// grouped reports whether the groups of digits part threes, or as in India the
// last three and twos before them.
func grouped(groups []string) bool {
	if len(groups) < 2 {
		return true
	}
	threes, twos := true, len(groups) > 2
	for i, g := range groups {
		switch {
		case i == len(groups)-1:
			threes, twos = threes && len(g) == 3, twos && len(g) == 3
		case i == 0:
			threes, twos = threes && len(g) <= 3, twos && len(g) <= 2
		default:
			threes, twos = threes && len(g) == 3, twos && len(g) == 2
		}
	}
	return threes || twos
}

func negate(d invoice.Decimal) invoice.Decimal {
	switch {
	case d.IsZero():
		return d
	case d.IsNegative():
		return d[1:]
	}
	return "-" + d
}

package grid

import (
	"strings"
)

// Class is what a number format makes of a number.
type Class uint8

// The classes of number formats.
const (
	Plain Class = iota
	Date        // shows a day, with or without a time
	Clock       // shows a time or a duration without a day
	Percent
)

// Format is one number format of a workbook.
type Format struct {
	ID    int // numFmtId
	Code  string
	Class Class
	// Currency is the sign or code that the format shows next to the number,
	// such as "€" or "USD"; empty if it shows none.
	Currency string
	// mask is the code where the format shows digits among fixed characters,
	// such as 0000000 or "INV-"0000; empty otherwise.
	mask []maskPart
}

// maskPart is a fixed text, or if literal is empty, one place for a digit.
type maskPart struct {
	literal string
	zero    bool // shown also if the number has no digit there
}

// builtin holds the codes of the number formats which a workbook only names by
// id (ECMA-376 part 1, 18.8.30), as far as they are not General.
var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
	22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}

// NewFormat classifies a format; code is empty for one that is built in. Ids 27 to 36 and 50 to 58 are dates in the
// East Asian locales that use them.
func NewFormat(id int, code string) *Format {
	f := &Format{ID: id, Code: code}
	if code == "" {
		f.Code = builtin[id]
		if id >= 27 && id <= 36 || id >= 50 && id <= 58 {
			f.Class = Date
			return f
		}
	}
	f.Class, f.mask = classify(f.Code)
	f.Currency = currencyOf(f.Code)
	return f
}

// classify reads the first section of a format code: the one for positive
// numbers.
func classify(code string) (Class, []maskPart) {
	if strings.EqualFold(code, "general") || code == "" || code == "@" {
		return Plain, nil
	}
	var day, time, percentSign, digit, other bool
	var mask []maskPart
	literal := func(s string) { mask = append(mask, maskPart{literal: s}) }
scan:
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			break scan
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				break scan
			}
			if end > 0 {
				literal(code[i+1 : i+1+end])
			}
			i += end + 1
		case '\\':
			if i+1 < len(code) {
				i++
				literal(code[i : i+1])
			}
		case '_', '*': // a gap as wide as, or filled with, the next character
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				break scan
			}
			if inner := strings.ToLower(code[i+1 : i+end]); strings.Trim(inner, "hms") == "" {
				time = true
			}
			i += end
		case '0', '#', '?':
			digit = true
			mask = append(mask, maskPart{zero: c == '0'})
		case '%':
			percentSign = true
		case 'y', 'Y', 'd', 'D':
			day = true
		case 'h', 'H', 's', 'S':
			time = true
		case 'm', 'M':
			// Minutes next to hours or seconds, months otherwise.
			if !strings.ContainsAny(code, "hHsS") {
				day = true
			}
		case 'E', 'e':
			if i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-') {
				i++
				other = true
			} else {
				day = true // the year of an era
			}
		case '-', ' ', '/', '(', ')', '+':
			literal(string(c))
		default:
			other = true
		}
	}
	switch {
	case day:
		return Date, nil
	case time:
		return Clock, nil
	case percentSign:
		return Percent, nil
	case !digit || other:
		return Plain, nil
	}
	return Plain, mask
}

// Show writes whole digits as the mask does, so that 12 in a cell formatted
// 0000000 is the 0000012 that its reader sees.
func (f *Format) Show(digits string) string {
	if f == nil || len(f.mask) == 0 || strings.Trim(digits, "0123456789") != "" {
		return digits
	}
	out := ""
	left := digits
	places := 0
	for _, p := range f.mask {
		if p.literal == "" {
			places++
		}
	}
	for i := len(f.mask) - 1; i >= 0; i-- {
		p := f.mask[i]
		if p.literal != "" {
			out = p.literal + out
			continue
		}
		places--
		if places == 0 { // the leftmost place takes what is left
			if left == "" && p.zero {
				left = "0"
			}
			out, left = left+out, ""
			continue
		}
		switch {
		case left != "":
			out, left = left[len(left)-1:]+out, left[:len(left)-1]
		case p.zero:
			out = "0" + out
		}
	}
	return strings.TrimSpace(out)
}

// currencyOf finds the currency in a format code: [$€-407], [$USD], "kr" or a
// bare sign.
func currencyOf(code string) string {
	if !strings.ContainsAny(code, "$\"€£¥₹₽") {
		return ""
	}
	var outside strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			i = len(code)
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return ""
			}
			if inner, ok := strings.CutPrefix(code[i+1:i+end], "$"); ok {
				if sign, _, _ := strings.Cut(inner, "-"); Trim(sign) != "" {
					return Trim(sign)
				}
			}
			i += end
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return ""
			}
			if text := Trim(code[i+1 : i+1+end]); text != "" && strings.Trim(text, "-() ") != "" {
				return text
			}
			i += end + 1
		case '_', '*', '\\':
			i++
		default:
			outside.WriteByte(c)
		}
	}
	for _, sign := range []string{"€", "£", "¥", "₹", "₽", "$"} {
		if strings.Contains(outside.String(), sign) {
			return sign
		}
	}
	return ""
}

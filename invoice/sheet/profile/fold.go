package profile

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"invoicelink/invoice/sheet/grid"
)

// unfolded are letters that decomposition leaves alone.
var unfolded = strings.NewReplacer(
	"ø", "o", "æ", "ae", "å", "a", "ł", "l", "ß", "ss", "đ", "d", "ð", "d", "þ", "th", "œ", "oe", "ı", "i",
	// German spells its umlauts so where it must do without, but ö is a
	// letter of its own in other languages: both forms are in the word lists.
)

// Fold brings a header to the form in which it is compared: lower case, no
// accents, no spaces, no asterisks and none of . _ - / ( ) # : as people vary
// these freely. A percent sign stays, for "Discount %" is not "Discount".
func Fold(s string) string {
	if plain, ok := foldASCII(s); ok {
		return plain
	}
	lower := unfolded.Replace(strings.ToLower(norm.NFC.String(s)))
	strip := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)))
	out, _, err := transform.String(strip, lower)
	if err != nil {
		out = lower
	}
	return strings.Map(keep, out)
}

func foldASCII(s string) (string, bool) {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 {
			return "", false
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if keep(rune(c)) >= 0 {
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

func keep(r rune) rune {
	if grid.Invisible(r) || unicode.IsControl(r) || strings.ContainsRune("*._-/()#:,;'\"[]", r) {
		return -1
	}
	return unicode.ToLower(r)
}

// Words splits a header into its folded words.
func Words(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return grid.Invisible(r) || r == '_' || r == '-' || r == '/' || r == '.' }) {
		if w = Fold(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

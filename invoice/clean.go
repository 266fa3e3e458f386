package invoice

import (
	"strings"
	"unicode/utf8"
)

// Clean takes out of a text what is invisible and does no harm: marks of width
// zero, marks of direction and variation selectors. Tabs become spaces, and the
// other line and paragraph separators line feeds. A soft hyphen stays: it says
// where a word may be divided. Anything else that cannot be printed stays too,
// for Validate to refuse.
func Clean(s string) string {
	if isASCIIText(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		to, _ := cleaned(r)
		return to
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// cleaned is what Clean makes of a character, -1 for nothing, and whether that
// is another one.
func cleaned(r rune) (to rune, changed bool) {
	switch {
	case r == '\t':
		return ' ', true
	case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n', true
	case r >= '\u200B' && r <= '\u200F', r == '\u2060', r == '\uFEFF', r >= '\uFE00' && r <= '\uFE0F':
		return -1, true
	}
	return r, false
}

// isASCIIText reports whether s is printable ASCII and line feeds alone.
func isASCIIText(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n') || c >= utf8.RuneSelf || c == 0x7F {
			return false
		}
	}
	return true
}

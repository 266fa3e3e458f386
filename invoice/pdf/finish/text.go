package finish

import (
	"fmt"
	"unicode/utf16"
)

// appendText appends a text string (ISO 32000-1, 7.9.2): ASCII as a literal,
// anything else as UTF-16 in hexadecimal digits.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			b = append(b, "<FEFF"...)
			for _, unit := range utf16.Encode([]rune(s)) {
				b = fmt.Appendf(b, "%04X", unit)
			}
			return append(b, '>')
		}
	}
	return appendLiteral(b, s)
}

// AppendActual appends the property list of a span whose text is copied and
// read as s, whatever is drawn in it.
func AppendActual(b []byte, s string) []byte {
	return append(appendText(append(b, "/Span<</ActualText"...), s), ">>BDC\n"...)
}

func appendLiteral(b []byte, s string) []byte {
	b = append(b, '(')
	for i := range len(s) {
		if c := s[i]; c == '(' || c == ')' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, ')')
}

// Package text makes texts of strangers fit for a message, a log line or a
// cell: [Truncate] and [Line] keep them short, [Quote] shows them in a message
// and [EscapeFormula] keeps a spreadsheet program from running them.
package text

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Truncate returns s, or of a text longer than n characters the first n-1 and
// an ellipsis. n is at least 1. It looks at no more of a long text than it
// keeps. Bytes that are not valid UTF-8 become U+FFFD.
func Truncate(s string, n int) string {
	if _, longer := first(s, n); longer {
		s, _ = first(s, n-1)
		return strings.ToValidUTF8(s, "\uFFFD") + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Line is Truncate for a text of several lines: white space, line feeds
// included, is folded to single spaces first.
func Line(s string, n int) string {
	return Truncate(strings.Join(strings.Fields(s), " "), n)
}

// maxQuoted is how many characters of a value a message shows.
const maxQuoted = 40

// Quote quotes a value for a message as %q does. Of a value longer than 40
// characters it shows these and says how long the value is.
func Quote(s string) string {
	if head, more := first(s, maxQuoted); more {
		return fmt.Sprintf("%q… (%d characters)", head, utf8.RuneCountInString(s))
	}
	return fmt.Sprintf("%q", s)
}

// first returns the first n characters, and whether there are more.
func first(s string, n int) (head string, more bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, false
}

// EscapeFormula puts an apostrophe before a text that a spreadsheet program
// would run as a formula (OWASP, "CSV Injection"). Numbers such as -5 or
// +1.234,50 stay numbers.
func EscapeFormula(s string) string {
	if s == "" || strings.IndexByte("=+-@\t\r", s[0]) < 0 || isNumber(s) {
		return s
	}
	return "'" + s
}

// isNumber reports whether s is a sign, digits and their separators, and
// nothing that an operator could be made of.
func isNumber(s string) bool {
	digits := strings.Trim(s[1:], "0123456789")
	return (s[0] == '+' || s[0] == '-') && len(s) > 1 && s[1] >= '0' && s[1] <= '9' && strings.Trim(digits, "0123456789.,") == ""
}

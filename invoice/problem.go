package invoice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing that is wrong with an invoice.
type Problem struct {
	// Field is the path of the field in the invoice's JSON, such as
	// "lines[2].quantity".
	Field string `json:"field"`
	// Value is what stood there, at most 80 characters of it and U+FFFD for
	// each that cannot be printed; empty where nothing did.
	Value string `json:"value,omitempty"`
	// Code names the rule that was broken: its id in EN 16931, such as BR-AE-02,
	// or lower-case words joined by hyphens. It is stable while the sentence may
	// change.
	Code string `json:"code,omitempty"`
	// Message says what is wrong and what would be right.
	Message string `json:"message"`
}

// Problems is everything that is wrong with an invoice. It is an error where
// it is not empty; use Err to get it as one.
type Problems []Problem

// Error lists every problem as "field: message", separated by semicolons.
func (p Problems) Error() string {
	parts := make([]string, len(p))
	for i, problem := range p {
		parts[i] = problem.Field + ": " + problem.Message
	}
	return strings.Join(parts, "; ")
}

// Err returns p as an error, or nil where there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

func (p *Problems) add(code, field, value, message string) {
	*p = append(*p, Problem{Field: field, Value: shown(value), Code: code, Message: message})
}

// shown shortens a value and takes out what would change how the text around
// it is shown. It looks at no more of a long one than it keeps.
func shown(value string) string {
	const most = 80
	var b strings.Builder
	n := 0
	for _, r := range value {
		if n++; n > most {
			b.WriteRune('…')
			break
		}
		if printable(r) || r == '\n' || r > 0xFFFF && unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteRune(utf8.RuneError)
		}
	}
	return b.String()
}

package pdf

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

const noBreakSpace = '\u00A0'

// prose is clean for a text that is wrapped: it keeps soft hyphens.
func prose(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\u00AD' {
			return r
		}
		return printed(r)
	}, norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
}

// clean brings a text into the form that is measured, wrapped and printed:
// composed letters (Unicode NFC; spreadsheets from macOS hold "e" and an
// accent apart), one kind of breaking and one of unbreakable space, and
// nothing that is invisible. Line feeds stay.
func clean(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(printed, norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
}

// cleanLine is clean for a field of one line: line feeds become spaces.
func cleanLine(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == '\n' || r == ' ' }), " ")
}

// cleanLines is clean for a field of several lines, without the empty ones.
func cleanLines(s string) []string {
	var lines []string
	for line := range strings.SplitSeq(clean(s), "\n") {
		if line = cleanLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// unbroken is a text on one line, as long as it fits on one.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", string(noBreakSpace)) }

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}

// printed maps a character to the one that is printed for it; -1 drops it.
func printed(r rune) rune {
	switch {
	case r == '\t', r >= '\u2000' && r <= '\u200A' && r != '\u2007', r == '\u205F', r == '\u3000':
		return ' '
	case r == '\u2007', r == '\u202F': // figure space, narrow no-break space
		return noBreakSpace
	case r == '\u2011': // the no-break hyphen looks like the one that breaks
		return '-'
	case r == '\u2028', r == '\u2029', r == '\v', r == '\f', r == '\r':
		return '\n'
	case r == '\u00AD', r >= '\u200B' && r <= '\u200F', r == '\u2060', r == '\uFEFF', r >= '\uFE00' && r <= '\uFE0F':
		return -1 // soft hyphens, joiners, marks of width zero and of direction, variation selectors
	}
	return r
}

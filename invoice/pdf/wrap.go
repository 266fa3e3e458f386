package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrap breaks a cleaned text into lines of at most width: at line feeds, at
// spaces, and inside a word only where the word alone is wider than a line. An
// empty text gives no line; an empty line inside a text stays.
func wrap(w weight, size, width length, s string) []string {
	s = strings.Trim(s, "\n ")
	if s == "" {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		if measure(w, size, paragraph) <= width {
			lines = append(lines, strings.TrimRight(paragraph, " "))
			continue
		}
		lines = wrapParagraph(lines, w, size, width, paragraph)
	}
	return lines
}

func wrapParagraph(lines []string, w weight, size, width length, s string) []string {
	line, filled := "", length(0)
	space := measure(w, size, " ")
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' }) {
		long := measure(w, size, word)
		if line != "" && filled+space+long <= width {
			line, filled = line+" "+word, filled+space+long
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for long > width {
			n := fit(w, size, width, word)
			lines, word = append(lines, word[:n]), word[n:]
			long = measure(w, size, word)
		}
		line, filled = word, long
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fit returns how many bytes of a word that is too wide go on a line: up to
// the last sign after which one would break by hand, if that leaves the line
// at least a third full. At least one letter is taken, and a letter keeps its
// combining marks.
func fit(w weight, size, width length, word string) int {
	used, filled, good := 0, length(0), 0
	for used < len(word) {
		r, n := utf8.DecodeRuneInString(word[used:])
		step := measure(w, size, word[used:used+n])
		if filled+step > width && used > 0 && !unicode.Is(unicode.M, r) {
			break
		}
		used, filled = used+n, filled+step
		if strings.ContainsRune("-/_.,;:?&=#", r) && filled*3 >= width && used < len(word) {
			good = used
		}
	}
	if good > 0 && used < len(word) {
		return good
	}
	return used
}

// widest returns the width of the widest line.
func widest(w weight, size length, lines ...string) length {
	var most length
	for _, line := range lines {
		most = max(most, measure(w, size, line))
	}
	return most
}

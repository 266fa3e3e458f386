package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"invoicelink/invoice/pdf/font"
)

// cutMark ends a line that was broken inside a word: what is read goes on without
// a space there. Cleaned texts never hold it.
const cutMark = "\u200B"

// setter measures and wraps texts in one typeface.
type setter struct {
	*font.Family
	// language is the BCP 47 tag by which words are divided.
	language string
	// exact texts, such as links and numbers, get no hyphen: they are typed off
	// as they stand.
	exact bool
}

func (s setter) measure(w font.Weight, size length, text string) length {
	return length(s.Measure(w, int(size), text))
}

// wrap breaks a cleaned text into lines of at most width: at line feeds, at
// spaces, at soft hyphens, and inside a word only if the word alone is wider
// than a line. An empty text gives no line; an empty line inside a text stays.
func (s setter) wrap(w font.Weight, size, width length, text string) []string {
	text = strings.Trim(text, "\n ")
	if text == "" {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		if whole := withoutSoftHyphens(paragraph); s.measure(w, size, whole) <= width {
			lines = append(lines, strings.TrimRight(whole, " "))
			continue
		}
		lines = s.wrapParagraph(lines, w, size, width, paragraph)
	}
	return lines
}

func (s setter) wrapParagraph(lines []string, w font.Weight, size, width length, text string) []string {
	line, filled := "", length(0)
	space := s.measure(w, size, " ")
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		shown := withoutSoftHyphens(word)
		long := s.measure(w, size, shown)
		if line != "" && filled+space+long <= width {
			line, filled = line+" "+shown, filled+space+long
			continue
		}
		if line != "" {
			if n := s.softBreak(w, size, width-filled-space, word); n > 0 {
				line += " " + withoutSoftHyphens(word[:n]) + "-" + cutMark
				word = word[n:]
				shown = withoutSoftHyphens(word)
				long = s.measure(w, size, shown)
			}
			lines = append(lines, line)
		}
		for long > width {
			part, rest := s.divide(w, size, width, word)
			lines, word = append(lines, part+cutMark), rest
			shown = withoutSoftHyphens(word)
			long = s.measure(w, size, shown)
		}
		line, filled = shown, long
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// softBreak returns where a word can be divided at a soft hyphen so that the
// first part and a hyphen fit; 0 if nowhere.
func (s setter) softBreak(w font.Weight, size, width length, word string) int {
	good := 0
	for at := range word {
		rest, soft := strings.CutPrefix(word[at:], softHyphen)
		if soft && at > 0 && rest != "" && s.measure(w, size, withoutSoftHyphens(word[:at])+"-") <= width {
			good = at
		}
	}
	return good
}

// divide cuts a word that is wider than a line: at a soft hyphen, after the
// last sign at which one would break by hand, between syllables with a hyphen,
// or where the line is full.
func (s setter) divide(w font.Weight, size, width length, word string) (part, rest string) {
	if n := s.softBreak(w, size, width, word); n > 0 {
		return withoutSoftHyphens(word[:n]) + "-", word[n:]
	}
	word = withoutSoftHyphens(word)
	n, sign := s.fit(w, size, width, word)
	if !sign && !s.exact {
		if at := lastSyllable(s.language, word, n, func(at int) bool { return s.measure(w, size, word[:at]+"-") <= width }); at > 0 {
			return word[:at] + "-", word[at:]
		}
	}
	return word[:n], word[n:]
}

// fit returns how many bytes of a word that is too wide go on a line: up to
// the last sign after which one would break by hand, if that leaves the line
// at least a third full. At least one letter is taken, and a letter keeps its
// combining marks.
func (s setter) fit(w font.Weight, size, width length, word string) (n int, sign bool) {
	used, filled, good := 0, length(0), 0
	for used < len(word) {
		r, n := utf8.DecodeRuneInString(word[used:])
		step := s.measure(w, size, word[used:used+n])
		if filled+step > width && used > 0 && !unicode.Is(unicode.M, r) {
			break
		}
		used, filled = used+n, filled+step
		if strings.ContainsRune("-/_.,;:?&=#", r) && filled*3 >= width && used < len(word) {
			good = used
		}
	}
	if good > 0 && used < len(word) {
		return good, true
	}
	return used, false
}

// widest returns the width of the widest line.
func (s setter) widest(w font.Weight, size length, lines ...string) length {
	var most length
	for _, line := range lines {
		most = max(most, s.measure(w, size, line))
	}
	return most
}

package font

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// A PDF font of one byte per character is far cheaper to make than one of two
// (on the same page: 1.5 against 9 ms, fpdf v0.9.0), and it holds 128 characters
// besides ASCII. One document rarely needs more; if it does, it gets a second
// code page of the same face, and a third.

// pageRunes is the number of non-ASCII characters on a code page.
const pageRunes = 128

// CodePage is one font of one document: what is used of one face.
type CodePage struct {
	// Family is the name under which the document knows the font.
	Family string
	// Name is the PostScript name with the tag of the subset, such as
	// ABCDEF+LiberationSans.
	Name  string
	face  *Face
	runes []rune // sorted; those above ASCII have the codes 128, 129 …
}

// codes are the codes in use, in ascending order, and their characters.
func (p *CodePage) codes() iter.Seq2[int, rune] {
	return func(yield func(int, rune) bool) {
		next := 128
		for _, r := range p.runes {
			code := int(r)
			if r >= 128 {
				code, next = next, next+1
			}
			if !yield(code, r) {
				return
			}
		}
	}
}

// code is where a character of a document is found.
type code struct {
	page *CodePage
	char byte
}

// Charset is every character that one document prints in one weight. It is
// filled from that document alone.
type Charset struct {
	used  map[rune]struct{} // above ASCII
	codes map[rune]code
}

// Add notes the characters of a cleaned text.
func (c *Charset) Add(s string) {
	for _, r := range s {
		switch {
		case r < 128, isSpace(r):
		default:
			if c.used == nil {
				c.used = map[rune]struct{}{}
			}
			c.used[r] = struct{}{}
		}
	}
}

// Pages deals out the codes, once all texts were added. A character that no
// face has is an error: an empty box is never printed.
func (c *Charset) Pages(f *Family, w Weight) ([]*CodePage, error) {
	byFace := make([][]rune, len(f.faces[w]))
	for r := range rune(127) {
		// All of ASCII, whatever of it is used: most documents of a language then
		// share their subsets, which are cut once (see subsets).
		if _, i := f.find(w, r); r >= ' ' {
			byFace[i] = append(byFace[i], r)
		}
	}
	ascii := len(byFace[0])
	for r := range c.used {
		face, i := f.find(w, r)
		if face == nil {
			return nil, fmt.Errorf("set the text: no font has the character U+%04X %q", r, r)
		}
		byFace[i] = append(byFace[i], r)
	}
	c.codes = make(map[rune]code, len(byFace[0])+len(byFace[1]))
	var pages []*CodePage
	for i, runes := range byFace {
		slices.Sort(runes)
		for len(runes) > 0 {
			room := pageRunes
			if i == 0 && len(pages) == 0 {
				room += ascii
			}
			n := min(room, len(runes))
			p := &CodePage{face: f.faces[w][i](), runes: runes[:n:n]}
			p.Family = [...]string{Regular: "regular", Bold: "bold"}[w] + strconv.Itoa(len(pages))
			p.Name = subsetTag(p.face, p.runes) + "+" + p.face.name
			for char, r := range p.codes() {
				c.codes[r] = code{p, byte(char)}
			}
			pages, runes = append(pages, p), runes[n:]
		}
	}
	return pages, nil
}

// Run is a piece of text in one font.
type Run struct {
	Page  *CodePage
	Text  []byte // the codes
	Width int    // in the unit of the type size
}

// Encode splits a text where its font changes; nearly always that is nowhere.
func (c *Charset) Encode(size int, s string) []Run {
	var runs []Run
	var sum int
	for _, r := range s {
		if isSpace(r) {
			r = ' '
		}
		at, known := c.codes[r]
		if !known {
			continue // a control character of ASCII, which Validate refuses
		}
		if n := len(runs); n == 0 || runs[n-1].Page != at.page {
			if n > 0 {
				runs[n-1].Width, sum = sum*size/1000, 0
			}
			runs = append(runs, Run{Page: at.page, Text: make([]byte, 0, len(s))})
		}
		last := &runs[len(runs)-1]
		last.Text = append(last.Text, at.char)
		sum += at.page.face.width(at.page.face.glyph[r])
	}
	if n := len(runs); n > 0 {
		runs[n-1].Width = sum * size / 1000
	}
	return runs
}

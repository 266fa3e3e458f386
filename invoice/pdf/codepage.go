package pdf

import (
	"fmt"
	"slices"
	"strconv"
)

// A PDF font of one byte a character is far cheaper to make than one of two
// (on the same page: 1.5 against 9 ms, fpdf v0.9.0), and it holds 128 characters
// beside ASCII. One document rarely needs more; where it does, it gets a
// second code page of the same face, and a third.

// pageRunes is the number of non-ASCII characters on a code page.
const pageRunes = 128

// codePage is one font of one document: what is used of one face.
type codePage struct {
	face   *face
	family string // the name under which fpdf knows it
	runes  []rune // sorted; those above ASCII have the codes 128, 129 …
}

// code is where a character of a document is found.
type code struct {
	page *codePage
	char byte
}

// charset is every character that one document prints in one weight. It is
// filled from that document alone: a character of another customer must not
// come into it, and the same document must give the same bytes again.
type charset struct {
	used  map[rune]struct{} // above ASCII
	ascii [128]bool
	codes map[rune]code
}

// add notes the characters of a cleaned text.
func (c *charset) add(s string) {
	for _, r := range s {
		if r < 128 {
			c.ascii[r] = true
		} else if r != noBreakSpace {
			if c.used == nil {
				c.used = map[rune]struct{}{}
			}
			c.used[r] = struct{}{}
		} else {
			c.ascii[' '] = true
		}
	}
}

// pages deals out the codes, once all texts were added. A character that no
// face has is an error: an empty box is never printed.
func (c *charset) pages(w weight) ([]*codePage, error) {
	var byFace [2][]rune
	for r := range rune(128) {
		if !c.ascii[r] {
			continue
		}
		if _, i := faceFor(w, r); r >= ' ' {
			byFace[i] = append(byFace[i], r)
		}
	}
	ascii := len(byFace[0])
	for r := range c.used {
		f, i := faceFor(w, r)
		if f == nil {
			return nil, fmt.Errorf("set the text: no font has the character U+%04X %q", r, r)
		}
		byFace[i] = append(byFace[i], r)
	}
	c.codes = make(map[rune]code, len(byFace[0])+len(byFace[1]))
	var pages []*codePage
	for i, runes := range byFace {
		slices.Sort(runes)
		for len(runes) > 0 {
			room := pageRunes
			if i == 0 && len(pages) == 0 {
				room += ascii
			}
			n := min(room, len(runes))
			p := &codePage{face: faces[w][i](), runes: runes[:n:n]}
			p.family = familyOf(w, len(pages))
			next := byte(128)
			for _, r := range p.runes {
				if r < 128 {
					c.codes[r] = code{p, byte(r)}
					continue
				}
				c.codes[r] = code{p, next}
				next++
			}
			pages, runes = append(pages, p), runes[n:]
		}
	}
	return pages, nil
}

func familyOf(w weight, n int) string {
	return [...]string{regular: "regular", bold: "bold"}[w] + strconv.Itoa(n)
}

// run is a piece of text in one font.
type run struct {
	page  *codePage
	text  []byte
	width length
}

// encode splits a text where its font changes; nearly always that is nowhere.
func (c *charset) encode(size length, s string) []run {
	var runs []run
	var sum int
	for _, r := range s {
		if r == noBreakSpace {
			r = ' '
		}
		at, known := c.codes[r]
		if !known {
			continue // a control character of ASCII, which Validate refuses
		}
		if n := len(runs); n == 0 || runs[n-1].page != at.page {
			if n > 0 {
				runs[n-1].width, sum = length(sum)*size/1000, 0
			}
			runs = append(runs, run{page: at.page, text: make([]byte, 0, len(s))})
		}
		last := &runs[len(runs)-1]
		last.text = append(last.text, at.char)
		sum += at.page.face.width(at.page.face.glyph[r])
	}
	if n := len(runs); n > 0 {
		runs[n-1].width = length(sum) * size / 1000
	}
	return runs
}

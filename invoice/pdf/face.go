package pdf

import (
	"fmt"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// face is one font file that a page may use. Faces are parsed once a process
// and shared by all pages; nothing writes to them.
//
// Liberation Sans 2.1 (SIL Open Font License 1.1) holds Latin with Vietnamese,
// Greek and Cyrillic. DejaVu Sans 2.37 (Bitstream Vera licence) steps in for
// what it lacks: Georgian, Armenian, younger currency signs, ticks and stars.
// Both licences allow documents to carry the fonts, whole or in part.
type face struct {
	name string // PostScript name
	*trueType
}

type weight uint8

const (
	regular weight = iota
	bold
)

// faces are the fonts of a weight in the order in which they are asked.
var faces = [...][2]func() *face{
	regular: {
		sync.OnceValue(func() *face { return mustFace("LiberationSans", liberationsansregular.TTF) }),
		sync.OnceValue(func() *face { return mustFace("DejaVuSans", dejavusans.TTF) }),
	},
	bold: {
		sync.OnceValue(func() *face { return mustFace("LiberationSans-Bold", liberationsansbold.TTF) }),
		sync.OnceValue(func() *face { return mustFace("DejaVuSans-Bold", dejavusansbold.TTF) }),
	},
}

// mustFace panics on a broken font: the files are compiled in, so one that
// does not parse is a broken build.
func mustFace(name string, ttf []byte) *face {
	f, err := parseTrueType(ttf)
	if err != nil {
		panic(fmt.Sprintf("pdf: %s: %v", name, err))
	}
	return &face{name: name, trueType: f}
}

// faceFor returns which face of the weight shows a character, or nil.
func faceFor(w weight, r rune) (*face, int) {
	if r < ' ' || r > 0xFFFF || !writable(r) {
		return nil, 0
	}
	for i, open := range faces[w] {
		if f := open(); f.glyph[r] != 0 {
			return f, i
		}
	}
	return nil, 0
}

// measure returns the width of a cleaned text at a type size.
func measure(w weight, size length, s string) length {
	main, sum := faces[w][0](), 0
	for _, r := range s {
		if r == noBreakSpace {
			r = ' '
		}
		if r < 0x10000 && main.glyph[r] != 0 {
			sum += main.width(main.glyph[r])
		} else if f, _ := faceFor(w, r); f != nil {
			sum += f.width(f.glyph[r])
		}
	}
	return length(sum) * size / 1000
}

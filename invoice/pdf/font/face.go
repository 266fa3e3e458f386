package font

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifregular"
)

// Face is one parsed font file. Nothing writes to it, so any number of
// goroutines may cut subsets from it.
type Face struct {
	name string // PostScript name, without the tag of a subset
	bold bool
	*trueType
}

// Weight is one of the two weights that a page uses.
type Weight uint8

// The weights of a family.
const (
	Regular Weight = iota
	Bold
)

// Family is a typeface in both weights, each with the faces that are asked in
// turn for a character.
type Family struct {
	faces [2][]func() *Face
}

// The built-in typefaces. Liberation 2.1 (SIL Open Font License 1.1) holds
// Latin with Vietnamese, Greek and Cyrillic. DejaVu 2.37 (Bitstream Vera
// licence) supplies what a first face lacks: Georgian, Armenian, younger
// currency signs, ticks and stars. Both licences allow documents to carry the
// fonts, whole or in part.
const (
	Sans      = "sans"      // Liberation Sans, metrics of Arial
	Serif     = "serif"     // Liberation Serif, metrics of Times New Roman
	Condensed = "condensed" // DejaVu Sans Condensed
)

var (
	sans = [2]func() *Face{
		compiled("LiberationSans", false, liberationsansregular.TTF), compiled("LiberationSans-Bold", true, liberationsansbold.TTF),
	}
	fallback = [2]func() *Face{
		compiled("DejaVuSans", false, dejavusans.TTF), compiled("DejaVuSans-Bold", true, dejavusansbold.TTF),
	}
	builtin = map[string]*Family{
		Sans: family(sans[Regular], sans[Bold]),
		Serif: family(compiled("LiberationSerif", false, liberationserifregular.TTF),
			compiled("LiberationSerif-Bold", true, liberationserifbold.TTF)),
		Condensed: family(compiled("DejaVuSansCondensed", false, dejavusanscondensed.TTF),
			compiled("DejaVuSansCondensed-Bold", true, dejavusanscondensedbold.TTF)),
	}
)

// family asks sans last, so that every typeface shows what [Sans] shows.
func family(regular, bold func() *Face) *Family {
	return &Family{faces: [2][]func() *Face{{regular, fallback[Regular], sans[Regular]}, {bold, fallback[Bold], sans[Bold]}}}
}

// compiled parses a font of the program once. It panics on a broken one: the
// files are compiled in, so one that does not parse is a broken build.
func compiled(name string, bold bool, ttf []byte) func() *Face {
	return sync.OnceValue(func() *Face {
		f, err := parseTrueType(ttf)
		if err != nil {
			panic(fmt.Sprintf("font: %s: %v", name, err))
		}
		return &Face{name: name, bold: bold, trueType: f}
	})
}

// Builtin returns a typeface by its name, [Sans] for an empty one.
func Builtin(name string) (*Family, bool) {
	if name == "" {
		name = Sans
	}
	f, known := builtin[name]
	return f, known
}

// Parse reads a typeface of two TrueType files. Without a bold one, bold text
// is set in the regular. What the files lack is taken from the fallback.
//
// It refuses a file that is no TrueType font with a Unicode map, and one whose
// licence bits forbid embedding or cutting it (OpenType, OS/2 fsType).
func Parse(regular, bold []byte) (*Family, error) {
	if len(bold) == 0 {
		bold = regular
	}
	var faces [2]*Face
	for i, ttf := range [2][]byte{regular, bold} {
		f, err := parseTrueType(ttf)
		if err != nil {
			return nil, err
		}
		if f.restricted {
			return nil, errors.New("read font: its licence bits (OS/2 fsType) forbid embedding or subsets; take another font")
		}
		faces[i] = &Face{name: "Own" + [2]string{"", "-Bold"}[i], bold: i == 1, trueType: f}
	}
	return family(func() *Face { return faces[0] }, func() *Face { return faces[1] }), nil
}

// find returns the first face of the weight that shows a character, and its
// place in the family; nil if none does.
func (f *Family) find(w Weight, r rune) (*Face, int) {
	if r < ' ' || r > 0xFFFF || !writable(r) {
		return nil, 0
	}
	for i, open := range f.faces[w] {
		if face := open(); face.glyph[r] != 0 {
			return face, i
		}
	}
	return nil, 0
}

// Has reports whether both weights show the character: any text may be printed
// in either.
func (f *Family) Has(r rune) bool {
	regular, _ := f.find(Regular, r)
	bold, _ := f.find(Bold, r)
	return regular != nil && bold != nil
}

// Measure returns the width of a cleaned text in thousandths of the unit of
// size, times size: the width at a type size of so many units.
func (f *Family) Measure(w Weight, size int, s string) int {
	main, sum := f.faces[w][0](), 0
	for _, r := range s {
		if isSpace(r) {
			r = ' '
		}
		if r < 0x10000 && main.glyph[r] != 0 {
			sum += main.width(main.glyph[r])
		} else if face, _ := f.find(w, r); face != nil {
			sum += face.width(face.glyph[r])
		}
	}
	return sum * size / 1000
}

// isSpace is true for the spaces that are set as one: the ordinary and the
// no-break space.
func isSpace(r rune) bool { return r == '\u00A0' }

// writable reports whether characters put next to each other from left to
// right spell the script correctly. The fallback holds Arabic and Hebrew
// letters too, which would come out in the wrong order. Combining marks that
// no composed letter has taken in would stand next to their letter, not over it.
// Format characters print nothing and change how a copied text reads.
func writable(r rune) bool {
	if r < 0x0300 {
		return true
	}
	if unicode.In(r, unicode.M, unicode.Cf) {
		return false
	}
	return r < 0x0530 ||
		unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Common)
}

// stemV is the thickness of the stems, which readers use only to choose a
// replacement for a font that is not embedded.
func (f *Face) stemV() int {
	if f.bold {
		return 140
	}
	return 80
}

// Names are the built-in typefaces, as a message lists them.
func Names() string { return strings.Join([]string{Sans, Serif, Condensed}, ", ") }

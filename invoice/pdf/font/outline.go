package font

import (
	"strconv"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"github.com/go-fonts/liberation/liberationsansbold"
)

// marks are the words drawn already: a page has one of very few.
var marks sync.Map

// Outline is a word as a path of a content stream, filled, in thousandths of
// its type size with its middle at the origin. It is for a mark across the
// page that searching and copying text must not meet.
func Outline(word string) []byte {
	if path, known := marks.Load(word); known {
		return path.([]byte)
	}
	path := outlines(word)
	marks.Store(word, path)
	return path
}

// outlines writes a word as a path, in thousandths of its type size, with its
// middle at the origin.
func outlines(word string) []byte {
	const em = 1000
	f, err := sfnt.Parse(liberationsansbold.TTF)
	if err != nil {
		panic("font: LiberationSans-Bold: " + err.Error()) // compiled in
	}
	var buf sfnt.Buffer
	var path []byte
	x := fixed.I(0)
	advances := make([]fixed.Int26_6, len(word))
	for i, r := range word {
		glyph, _ := f.GlyphIndex(&buf, r)
		advances[i], _ = f.GlyphAdvance(&buf, glyph, fixed.I(em), font.HintingNone)
		x += advances[i]
	}
	origin := fixed.Point26_6{X: -x / 2, Y: fixed.I(365)} // half of the height of capitals
	for i, r := range word {
		glyph, _ := f.GlyphIndex(&buf, r)
		segments, err := f.LoadGlyph(&buf, glyph, fixed.I(em), nil)
		if err != nil {
			panic("font: outline of " + string(r) + ": " + err.Error())
		}
		path = appendSegments(path, segments, origin)
		origin.X += advances[i]
	}
	return append(path, "f\n"...)
}

// appendSegments writes TrueType's quadratic curves as the cubic ones that a
// PDF knows.
func appendSegments(path []byte, segments sfnt.Segments, origin fixed.Point26_6) []byte {
	var at fixed.Point26_6
	put := func(p fixed.Point26_6) {
		for _, v := range [...]fixed.Int26_6{p.X + origin.X, origin.Y*-1 - p.Y} {
			path = append(appendThousandths(path, int(v)*1000/64), ' ')
		}
	}
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			put(s.Args[0])
			path = append(path, "m\n"...)
			at = s.Args[0]
		case sfnt.SegmentOpLineTo:
			put(s.Args[0])
			path = append(path, "l\n"...)
			at = s.Args[0]
		case sfnt.SegmentOpQuadTo:
			q, to := s.Args[0], s.Args[1]
			put(between(at, q))
			put(between(to, q))
			put(to)
			path = append(path, "c\n"...)
			at = to
		case sfnt.SegmentOpCubeTo:
			put(s.Args[0])
			put(s.Args[1])
			put(s.Args[2])
			path = append(path, "c\n"...)
			at = s.Args[2]
		}
	}
	return path
}

// between is two thirds of the way from an end to the control point.
func between(end, control fixed.Point26_6) fixed.Point26_6 {
	return fixed.Point26_6{X: end.X + (control.X-end.X)*2/3, Y: end.Y + (control.Y-end.Y)*2/3}
}

// appendThousandths writes a number of thousandths in decimal.
func appendThousandths(b []byte, v int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, int64(v/1000), 10)
	if v %= 1000; v != 0 {
		b = append(b, '.', byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
	}
	return b
}

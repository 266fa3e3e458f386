package pdf

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// LayoutOf writes the boxes of every page as text, one a line, in points.
func LayoutOf(p Page) (string, error) {
	c, err := newComposer(&p)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, s := range compose(c) {
		fmt.Fprintf(&b, "page %d\n", i+1)
		for _, o := range s.boxes {
			switch o.kind {
			case textBox:
				weight := ""
				if o.weight == bold {
					weight = " bold"
				}
				fmt.Fprintf(&b, "%v %v text %v%s %v %q\n", o.x, o.y, o.size, weight, o.colour, o.text)
			case markBox:
				fmt.Fprintf(&b, "%v %v mark %q\n", o.x, o.y, o.text)
			default:
				fmt.Fprintf(&b, "%v %v %v %v × %v %v\n", o.x, o.y, o.kind, o.w, o.h, o.colour)
			}
		}
	}
	return b.String(), nil
}

// Box is a box for tests of where things stand, in millimetres.
type Box struct {
	Kind, Text string
	X, Y, W, H float64
}

// BoxesOf returns the boxes of each page.
func BoxesOf(p Page) ([][]Box, error) {
	c, err := newComposer(&p)
	if err != nil {
		return nil, err
	}
	var pages [][]Box
	for _, s := range compose(c) {
		var page []Box
		for _, o := range s.boxes {
			scale := func(l length) float64 { return float64(l) / 1000 * 25.4 / 72 }
			page = append(page, Box{o.kind.String(), o.text, scale(o.x), scale(o.y), scale(o.w), scale(o.h)})
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// WrapText wraps a text at 9 points into a column of so many points.
func WrapText(points int, s string) []string {
	return wrap(regular, 9*pt, length(points)*pt, clean(s))
}

// WidthOf measures a text at 9 points, in points.
func WidthOf(s string) float64 { return measure(regular, 9*pt, clean(s)).points() }

// Clean and the formats of a language, by its tag.
func Clean(s string) string { return clean(s) }
func Number(tag, plain string, digits int) string {
	return languageOf(tag).number(plain, digits)
}
func Moment(tag string, t time.Time) string         { return languageOf(tag).momentOf(t) }
func Span(tag string, d time.Duration) string       { return languageOf(tag).span(d) }
func Length(thousandths int) string                 { return length(thousandths).String() }
func Subset(runes []rune) []byte                    { return faces[regular][0]().subset(runes) }
func CodePath(q QR) string                          { return string(q.codePath(nil)) }
func Languages() (all []any)                        { return toAny(languages) }
func Prepare(file []byte) (string, int, int, error) { return prepared(file) }

func prepared(file []byte) (string, int, int, error) {
	l, err := openLogo(file)
	if err != nil {
		return "", 0, 0, err
	}
	return l.name, l.width, l.height, nil
}

func toAny[T any](in []T) (out []any) {
	for _, v := range in {
		out = append(out, v)
	}
	return out
}

// Flow paginates parts of the given heights, those listed in keep held to the
// next one, on pages of 100, and returns the parts' numbers by page.
func Flow(first int, heights, keep []int) [][]int {
	var parts []part
	heading := block{h: 10, boxes: []box{{text: "heading"}}}
	for i, h := range heights {
		b := block{h: length(h), boxes: []box{{text: fmt.Sprint(i)}}}
		parts = append(parts, part{block: b, keep: slices.Contains(keep, i), heading: &heading})
	}
	var pages [][]int
	for _, s := range paginate(parts, frame{100 - length(first), 100}, frame{0, 100}) {
		page := []int{}
		for _, o := range s.boxes {
			n := -1
			_, _ = fmt.Sscan(o.text, &n)
			page = append(page, n)
		}
		pages = append(pages, page)
	}
	return pages
}

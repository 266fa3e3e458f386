package pdf

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"
	"strings"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
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
				if o.weight == font.Bold {
					weight = " bold"
				}
				fmt.Fprintf(&b, "%v %v text %v%s %v %q%s\n", o.x, o.y, o.size, weight, o.colour, o.text, roleOf(o))
			case markBox:
				fmt.Fprintf(&b, "%v %v mark %q\n", o.x, o.y, o.text)
			default:
				fmt.Fprintf(&b, "%v %v %v %v × %v %v%s\n", o.x, o.y, o.kind, o.w, o.h, o.colour, roleOf(o))
			}
		}
	}
	return b.String(), nil
}

// roleOf is the structure type of a box; artifacts have none.
func roleOf(o box) string {
	if o.node == nil {
		return ""
	}
	return " " + o.node.Role()
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

// sans are the typefaces of a page without a design.
func sans() faces {
	family, _ := font.Builtin(font.Sans)
	return facesOf(family, "en")
}

// Divides reports whether the language's rule divides the word at the hyphen.
func Divides(language, divided string) bool {
	first, rest, _ := strings.Cut(divided, "-")
	return lastSyllable(language, first+rest, len(first), func(int) bool { return true }) == len(first)
}

// WrapText wraps a text at 9 points into a column of so many points.
func WrapText(points int, s string) []string {
	lines := sans().text.shrunk(9*pt).wrapped(length(points)*pt, prose(s))
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], cutMark)
	}
	return lines
}

// WidthOf measures a text at 9 points, in points.
func WidthOf(s string) float64 { return sans().text.shrunk(9 * pt).measure(clean(s)).points() }

// Clean cleans a text for one line.
func Clean(s string) string { return clean(s) }

// Length writes thousandths of a point.
func Length(thousandths int) string { return length(thousandths).String() }

// CodePath is the path of a code.
func CodePath(q QR) string { return string(q.codePath(nil)) }

// Prepare makes a logo ready and returns its type and size.
func Prepare(file []byte) (kind string, width, height int, err error) {
	p, err := openPicture(file, logoPixels)
	if err != nil {
		return "", 0, 0, err
	}
	return p.name, p.width, p.height, nil
}

// Mix is the colour of inks over each other.
func Mix(c color.CMYK) color.RGBA { return mix(c) }

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
	for _, s := range paginate(parts, frame{100 - length(first), 100}, frame{0, 100}, nil) {
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

// RenderPlain draws the page as fpdf leaves it: the same letters at the same
// places, compressed, without tags, metadata and e-invoice.
func RenderPlain(p Page) ([]byte, error) {
	c, err := newComposer(&p)
	if err != nil {
		return nil, err
	}
	sheets := compose(c)
	for i := range sheets {
		sheets[i].boxes = slices.DeleteFunc(sheets[i].boxes, func(b box) bool { return b.kind == linkBox })
		for n := range sheets[i].boxes {
			sheets[i].boxes[n].node, sheets[i].boxes[n].actual = nil, ""
		}
	}
	doc := c.empty(c.created())
	if _, err := draw(doc, c, sheets); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = doc.Output(&b)
	return finish.Deflate(b.Bytes()), err // with the fast writer, as the finished file
}

package pdf

import (
	"strings"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
)

// Layout decides boxes and draws nothing: every function of it takes texts
// and measures and returns boxes, so a layout can be compared as text.

type boxKind uint8

const (
	textBox  boxKind = iota // x, y: start of the baseline
	fillBox                 // x, y: upper left corner of a filled rectangle
	frameBox                // the same, its outline
	imageBox                // the seller's logo or letter paper
	codeBox                 // a QR code's modules, without the quiet zone
	linkBox                 // an area that opens the payment link
	markBox                 // the mark across the page, under everything else
)

func (k boxKind) String() string {
	return [...]string{"text", "fill", "frame", "image", "code", "link", "mark"}[k]
}

// box is one thing on a page. y grows downwards from the upper edge. The order
// of the boxes is the order in which the page is read.
type box struct {
	kind       boxKind
	x, y, w, h length
	size       length // type size of a text
	weight     font.Weight
	colour     colour
	text       string
	// cut says that the line ends inside of a word.
	cut bool
	// actual, if not empty, is what is copied and read in the place of the text.
	actual string
	// node is the structure element that the box belongs to; nil makes it an
	// artifact, which is not read.
	node  *finish.Node
	code  *QR
	image *picture
}

// block is a group of boxes around its own origin, the upper left corner.
type block struct {
	boxes []box
	h     length
}

func (b *block) add(boxes ...box) { b.boxes = append(b.boxes, boxes...) }

// place appends another block's boxes at an offset and grows around it.
func (b *block) place(x, y length, other block) {
	for _, o := range other.boxes {
		o.x, o.y = o.x+x, o.y+y
		b.boxes = append(b.boxes, o)
	}
	b.h = max(b.h, y+other.h)
}

// width is where the block's boxes end.
func (b *block) width() length {
	var most length
	for _, o := range b.boxes {
		most = max(most, o.x+o.w)
	}
	return most
}

// tag gives the boxes that have no structure element yet to n.
func (b block) tag(n *finish.Node) block {
	for i := range b.boxes {
		if o := &b.boxes[i]; o.node == nil && o.kind != fillBox && o.kind != frameBox {
			o.node = n
		}
	}
	return b
}

// typeface of a text: what it looks like.
type typeface struct {
	setter
	size, leading length
	weight        font.Weight
	colour        colour
}

func (t typeface) measure(s string) length { return t.setter.measure(t.weight, t.size, s) }

// ascent is the distance from the top of a line to its baseline, such that
// capitals sit in the middle of the leading: the capitals of the built-in
// faces are about 0.73 em high.
func (t typeface) ascent() length { return (t.leading + t.size*73/100) / 2 }

// at puts one line of text with its top at y.
func (t typeface) at(x, y length, s string) box {
	s, cut := strings.CutSuffix(s, cutMark)
	return box{kind: textBox, x: x, y: y + t.ascent(), w: t.measure(s), size: t.size, weight: t.weight, colour: t.colour, text: s, cut: cut}
}

// right puts a line so that it ends at x.
func (t typeface) right(x, y length, s string) box {
	b := t.at(x, y, s)
	b.x -= b.w
	return b
}

// lines sets lines one below the other.
func (t typeface) lines(lines []string) block {
	var b block
	for _, line := range lines {
		if line != "" {
			b.add(t.at(0, b.h, line))
		}
		b.h += t.leading
	}
	return b
}

// wrapped is a cleaned text in lines of a column.
func (t typeface) wrapped(width length, s string) []string {
	return t.wrap(t.weight, t.size, width, s)
}

// set sets a cleaned text in a column.
func (t typeface) set(width length, s string) block { return t.lines(t.wrapped(width, s)) }

// shrunk is the typeface at another size.
func (t typeface) shrunk(size length) typeface {
	t.leading = t.leading * size / t.size
	t.size = size
	return t
}

// exactly is the typeface for what is typed off as it stands.
func (t typeface) exactly() typeface {
	t.exact = true
	return t
}

// in is the typeface in another weight and colour.
func (t typeface) in(w font.Weight, c colour) typeface {
	t.weight, t.colour = w, c
	return t
}

// shrink sets a block at smaller and smaller type until it is low enough, and
// at the smallest size in any case.
func shrink(t typeface, most, smallest length, set func(typeface) block) block {
	for {
		b := set(t)
		if b.h <= most || t.size <= smallest {
			return b
		}
		t = t.shrunk(max(smallest, t.size*85/100))
	}
}

func fill(x, y, w, h length, c colour) box {
	return box{kind: fillBox, x: x, y: y, w: w, h: h, colour: c}
}

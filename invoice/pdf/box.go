package pdf

// Layout decides boxes and draws nothing: every function of it takes texts
// and measures and gives back boxes, so a layout can be compared as text.

type boxKind uint8

const (
	textBox  boxKind = iota // x, y: start of the baseline
	fillBox                 // x, y: upper left corner of a filled rectangle
	frameBox                // the same, its outline
	logoBox                 // the seller's logo
	codeBox                 // the QR code's modules, without the quiet zone
	linkBox                 // an area that opens the payment link
	markBox                 // the mark across the page, under everything else
)

func (k boxKind) String() string {
	return [...]string{"text", "fill", "frame", "logo", "code", "link", "mark"}[k]
}

// box is one thing on a page. y grows downwards from the upper edge.
type box struct {
	kind       boxKind
	x, y, w, h length
	size       length // type size of a text
	weight     weight
	colour     colour
	text       string
}

// colour is an entry of the page's palette: one ink, two greys, one accent,
// and red for what must not be overlooked.
type colour uint8

const (
	ink colour = iota
	grey
	hairline
	tint
	accent
	white
	alarm
	pale // the mark across the page
	calm // the test mark's banner
)

// palette holds red, green and blue, 0 to 255. Ink and grey keep a contrast
// above 4.5 : 1 on white and on tint (WCAG 2.2, 1.4.3).
var palette = [...][3]uint8{
	ink: {28, 32, 38}, grey: {92, 99, 110}, hairline: {208, 213, 220}, tint: {244, 246, 250},
	accent: {29, 66, 120}, white: {255, 255, 255}, alarm: {190, 22, 34}, pale: {248, 237, 237}, calm: {96, 104, 116},
}

func (c colour) String() string {
	return [...]string{"ink", "grey", "hairline", "tint", "accent", "white", "alarm", "pale", "calm"}[c]
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

// face of a text: what it looks like.
type typeface struct {
	size, leading length
	weight        weight
	colour        colour
}

func (t typeface) measure(s string) length { return measure(t.weight, t.size, s) }

// ascent is the distance from the top of a line to its baseline, such that
// capitals sit in the middle of the leading: Liberation Sans' capitals are
// 0.73 em high.
func (t typeface) ascent() length { return (t.leading + t.size*73/100) / 2 }

// at puts one line of text with its top at y.
func (t typeface) at(x, y length, s string) box {
	return box{kind: textBox, x: x, y: y + t.ascent(), w: t.measure(s), size: t.size, weight: t.weight, colour: t.colour, text: s}
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

// wrap sets a cleaned text in a column.
func (t typeface) wrap(width length, s string) block {
	return t.lines(wrap(t.weight, t.size, width, s))
}

// shrunk is the typeface at another size.
func (t typeface) shrunk(size length) typeface {
	t.leading = t.leading * size / t.size
	t.size = size
	return t
}

func fill(x, y, w, h length, c colour) box {
	return box{kind: fillBox, x: x, y: y, w: w, h: h, colour: c}
}

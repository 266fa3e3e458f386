package pdf

import (
	"bytes"

	"github.com/go-pdf/fpdf"
)

// drawer writes boxes to a document. It decides nothing about their places.
type drawer struct {
	doc      *fpdf.Fpdf
	c        *composer
	charsets [2]charset
	content  []byte // of the page, what fpdf has not got yet
	page     *codePage
	size     length
	colour   colour
}

// draw makes the document of the sheets.
func draw(doc *fpdf.Fpdf, c *composer, sheets []sheet) error {
	d := &drawer{doc: doc, c: c, content: make([]byte, 0, 32<<10)}
	for _, s := range sheets {
		for i := range s.boxes {
			if b := &s.boxes[i]; b.kind == textBox {
				d.charsets[b.weight].add(b.text)
			}
		}
	}
	for w := range d.charsets {
		pages, err := d.charsets[w].pages(weight(w))
		if err != nil {
			return err
		}
		for _, p := range pages {
			definition, file := p.definition()
			doc.AddFontFromBytes(p.family, "", definition, file)
		}
	}
	if c.logo != nil {
		doc.RegisterImageOptionsReader("logo", fpdf.ImageOptions{ImageType: c.logo.name}, bytes.NewReader(c.logo.data))
	}
	for _, s := range sheets {
		doc.AddPage()
		d.page, d.colour = nil, white
		for i := range s.boxes {
			d.box(&s.boxes[i])
		}
		d.flush()
	}
	return doc.Error()
}

func (d *drawer) box(b *box) {
	switch b.kind {
	case textBox:
		d.text(b)
	case fillBox:
		d.paint(b.colour)
		d.rectangle(b)
		d.content = append(d.content, " f\n"...)
	case frameBox:
		d.content = append(d.content, "q "...)
		d.content = append(appendColour(d.content, b.colour), " RG "...)
		d.content = append(b.size.append(d.content), " w "...)
		d.rectangle(b)
		d.content = append(d.content, " S Q\n"...)
	case codeBox:
		d.paint(b.colour)
		qr := d.c.page.Payment.QR
		scale := b.w / length(qr.Size)
		d.transform(scale, 0, 0, scale, b.x, pageHeight-b.y-b.h)
		d.content = append(qr.codePath(d.content), "Q\n"...)
	case markBox:
		d.paint(b.colour)
		// Across the page, from the lower left to the upper right: the cosine
		// and sine of 52°, in thousandths, times the type size over 1000.
		size := length(165 * 7 / len(b.text))
		d.transform(616*size/1000, 788*size/1000, -788*size/1000, 616*size/1000, b.w/2, b.h/2)
		d.content = append(append(d.content, marks[b.text]()...), "Q\n"...)
	case logoBox:
		d.flush()
		d.doc.ImageOptions("logo", b.x.points(), b.y.points(), b.w.points(), b.h.points(), false, fpdf.ImageOptions{}, 0, "")
	case linkBox:
		d.doc.LinkString(b.x.points(), b.y.points(), b.w.points(), b.h.points(), d.c.page.Payment.Link)
	}
}

func (d *drawer) text(b *box) {
	x := b.x
	d.paint(b.colour)
	for _, run := range d.charsets[b.weight].encode(b.size, b.text) {
		if d.page != run.page || d.size != b.size {
			d.flush()
			d.doc.SetFont(run.page.family, "", b.size.points())
			d.page, d.size = run.page, b.size
		}
		d.content = append(d.content, "BT "...)
		d.content = append(x.append(d.content), ' ')
		d.content = append((pageHeight - b.y).append(d.content), " Td ("...)
		for _, c := range run.text {
			if c == '(' || c == ')' || c == '\\' {
				d.content = append(d.content, '\\')
			}
			d.content = append(d.content, c)
		}
		d.content = append(d.content, ") Tj ET\n"...)
		x += run.width
	}
}

// paint sets the colour for filling, which texts have too.
func (d *drawer) paint(c colour) {
	if d.colour == c {
		return
	}
	d.colour = c
	d.content = append(appendColour(d.content, c), " rg\n"...)
}

func appendColour(b []byte, c colour) []byte {
	for i, v := range palette[c] {
		if i > 0 {
			b = append(b, ' ')
		}
		b = length(int(v) * 1000 / 255).append(b)
	}
	return b
}

func (d *drawer) rectangle(b *box) {
	for i, v := range [...]length{b.x, pageHeight - b.y - b.h, b.w, b.h} {
		if i > 0 {
			d.content = append(d.content, ' ')
		}
		d.content = v.append(d.content)
	}
	d.content = append(d.content, " re"...)
}

// transform begins a group with its own coordinates; "Q" ends it.
func (d *drawer) transform(a, b, c, e, x, y length) {
	d.content = append(d.content, 'q', ' ')
	for _, v := range [...]length{a, b, c, e, x, y} {
		d.content = append(v.append(d.content), ' ')
	}
	d.content = append(d.content, "cm\n"...)
}

// flush hands the content to fpdf before anything that fpdf writes itself.
func (d *drawer) flush() {
	if len(d.content) > 0 {
		d.doc.RawWriteStr(string(d.content))
		d.content = d.content[:0]
	}
}

package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/go-pdf/fpdf"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
)

// drawer writes boxes to a document. It decides nothing about their places.
type drawer struct {
	doc       *fpdf.Fpdf
	c         *composer
	charsets  [2]font.Charset
	toUnicode map[string][]byte // by the name of the font
	content   []byte            // of the page, what fpdf has not got yet
	font      *font.CodePage
	size      length
	colour    rgb
	inked     bool         // colour is set on this page
	node      *finish.Node // of the marked content that is open
	open      bool         // some marked content is open
}

// draw makes the document of the sheets.
func draw(doc *fpdf.Fpdf, c *composer, sheets []sheet) (*drawer, error) {
	d := &drawer{doc: doc, c: c, content: make([]byte, 0, 32<<10), toUnicode: map[string][]byte{}}
	if err := d.embed(sheets); err != nil {
		return nil, err
	}
	for _, s := range sheets {
		doc.AddPage()
		c.tree.NextPage()
		d.font, d.inked = nil, false
		for i := range s.boxes {
			d.box(&s.boxes[i], goesOn(s.boxes[i:]))
		}
		d.close()
		d.flush()
	}
	return d, doc.Error()
}

// embed registers the fonts and images that the sheets use.
func (d *drawer) embed(sheets []sheet) error {
	for _, s := range sheets {
		for i := range s.boxes {
			switch b := &s.boxes[i]; b.kind {
			case textBox:
				d.charsets[b.weight].Add(b.text + " ")
			case imageBox:
				d.doc.RegisterImageOptionsReader(imageName(b.image, d.c), fpdf.ImageOptions{ImageType: b.image.name}, bytes.NewReader(b.image.data))
			}
		}
	}
	for w := range d.charsets {
		pages, err := d.charsets[w].Pages(d.c.seller.family, font.Weight(w))
		if err != nil {
			return err
		}
		for _, p := range pages {
			f := embeddedOf(p)
			d.doc.AddFontFromBytes(p.Family, "", f.definition, f.file)
			d.toUnicode[p.Name] = f.toUnicode
		}
	}
	return nil
}

func imageName(p *picture, c *composer) string {
	if p == c.seller.paper {
		return "paper"
	}
	return "logo"
}

// goesOn reports whether the first box is a line whose text goes on in the next
// one with another word. A space ends it then, which nobody sees and every
// reader of the structure needs.
func goesOn(boxes []box) bool {
	b := &boxes[0]
	if b.kind != textBox || b.node == nil || b.cut || b.actual != "" {
		return false
	}
	for i := 1; i < len(boxes); i++ {
		if next := &boxes[i]; next.kind == textBox && next.text != "" {
			return next.node == b.node
		}
	}
	return false
}

func (d *drawer) box(b *box, goesOn bool) {
	if b.kind == linkBox {
		d.c.tree.Link(b.node, d.c.page.Payment.Link, d.c.linkAlt(), b.x.points(), (d.c.height - b.y - b.h).points(), b.w.points(), b.h.points())
		return
	}
	if b.kind == textBox && b.text == "" {
		return
	}
	d.mark(b.node)
	if (b.kind == codeBox || b.kind == imageBox) && b.node != nil {
		b.node.Bounds(b.x.points(), (d.c.height - b.y - b.h).points(), b.w.points(), b.h.points())
	}
	switch b.kind {
	case textBox:
		if b.actual != "" {
			d.content = finish.AppendActual(d.content, b.actual)
			d.text(b, b.text)
			d.content = append(d.content, "EMC\n"...)
			return
		}
		if goesOn {
			d.text(b, b.text+" ")
			return
		}
		d.text(b, b.text)
	case fillBox:
		d.paint(b.colour)
		d.rectangle(b)
		d.content = append(d.content, " f\n"...)
	case frameBox:
		d.content = append(d.content, "q "...)
		d.content = append(d.c.seller.palette[b.colour].append(d.content, true), ' ')
		d.content = append(b.size.append(d.content), " w "...)
		d.rectangle(b)
		d.content = append(d.content, " S Q\n"...)
	case codeBox:
		d.paint(b.colour)
		scale := b.w / length(b.code.Size)
		d.transform(scale, 0, 0, scale, b.x, d.c.height-b.y-b.h)
		d.content = append(b.code.codePath(d.content), "Q\n"...)
	case markBox:
		d.paint(b.colour)
		// Across the page, from the lower left to the upper right: the cosine
		// and sine of 52°, in thousandths, times the type size over 1000.
		size := length(165 * 7 / len(b.text))
		d.transform(616*size/1000, 788*size/1000, -788*size/1000, 616*size/1000, b.w/2, b.h/2)
		d.content = append(append(d.content, font.Outline(b.text)...), "Q\n"...)
	case imageBox:
		d.flush()
		d.doc.ImageOptions(imageName(b.image, d.c), b.x.points(), b.y.points(), b.w.points(), b.h.points(), false, fpdf.ImageOptions{}, 0, "")
	}
}

// mark opens marked content for what belongs to n, or an artifact, and closes
// the one before unless it is the same.
func (d *drawer) mark(n *finish.Node) {
	if d.open && d.node == n {
		return
	}
	d.close()
	d.node, d.open = n, true
	if n == nil {
		d.content = append(d.content, "/Artifact BMC\n"...)
		return
	}
	d.content = append(append(append(d.content, '/'), n.Role()...), "<</MCID "...)
	d.content = strconv.AppendInt(d.content, int64(d.c.tree.Mark(n)), 10)
	d.content = append(d.content, ">>BDC\n"...)
}

func (d *drawer) close() {
	if d.open {
		d.content = append(d.content, "EMC\n"...)
		d.open = false
	}
}

func (d *drawer) text(b *box, s string) {
	x := b.x
	d.paint(b.colour)
	for _, run := range d.charsets[b.weight].Encode(int(b.size), s) {
		if d.font != run.Page || d.size != b.size {
			d.flush()
			d.doc.SetFont(run.Page.Family, "", b.size.points())
			d.font, d.size = run.Page, b.size
		}
		d.content = append(d.content, "BT "...)
		d.content = append(x.append(d.content), ' ')
		d.content = append((d.c.height - b.y).append(d.content), " Td ("...)
		for _, c := range run.Text {
			if c == '(' || c == ')' || c == '\\' {
				d.content = append(d.content, '\\')
			}
			d.content = append(d.content, c)
		}
		d.content = append(d.content, ") Tj ET\n"...)
		x += length(run.Width)
	}
}

// paint sets the colour for filling, which texts have too.
func (d *drawer) paint(c colour) {
	if v := d.c.seller.palette[c]; !d.inked || d.colour != v {
		d.inked, d.colour = true, v
		d.content = append(v.append(d.content, false), '\n')
	}
}

func (d *drawer) rectangle(b *box) {
	for i, v := range [...]length{b.x, d.c.height - b.y - b.h, b.w, b.h} {
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

// empty is a document of the page's size without any page.
func (c *composer) empty(made time.Time) *fpdf.Fpdf {
	doc := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "pt", OrientationStr: "P", Size: fpdf.SizeType{Wd: c.width.points(), Ht: c.height.points()},
	})
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.SetCatalogSort(true)
	doc.SetCompression(false) // the finishing step does it
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	return doc
}

// drawnFiles are buffers for what fpdf writes, which the finishing step copies.
var drawnFiles = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// print draws the page and finishes the file.
func (c *composer) print() ([]byte, error) {
	made := c.created()
	doc := c.empty(made)
	d, err := draw(doc, c, compose(c))
	if err != nil {
		return nil, err
	}
	drawn := drawnFiles.Get().(*bytes.Buffer)
	defer drawnFiles.Put(drawn)
	drawn.Reset()
	if err := doc.Output(drawn); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return finish.Write(drawn.Bytes(), &finish.Document{
		Title: c.heading(), Author: cleanLine(c.page.Seller.Name), Subject: cleanLine(c.inv.Buyer.Name),
		Language: c.Tag, Created: made, Tree: c.tree, ToUnicode: d.toUnicode, FacturX: c.page.XML,
	})
}

package pdf

import (
	"fmt"
	"slices"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/bankcode"
	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
)

// composer holds what all parts of one layout ask for.
type composer struct {
	*lang.Texts
	geometry
	faces
	page    *Page
	inv     *invoice.Invoice
	doc     *invoice.Document
	seller  *sellerStyle
	local   invoice.LocalTexts // the seller's texts in the page's language
	totals  *invoice.Totals
	zone    *time.Location
	tree    *finish.Tree
	root    *finish.Node
	running []invoice.Amount // the sum of the lines up to each
	state   state
	// notes are the marks of VAT categories that have a sentence.
	notes map[invoice.VATCategory]string
	// late is the panel if the first page has no room for it.
	late *block
	// swiss is the Swiss code at the foot of the last page, nil without one.
	swiss *bankcode.Code
	// tight sets rows and gaps closer, notesNext the notes next to the totals.
	tight, notesNext bool
}

// faces are the typefaces of the page.
type faces struct {
	text, strong, label, small, section, title typeface
}

func facesOf(f *font.Family, language string) faces {
	face := func(size, leading length, w font.Weight, c colour) typeface {
		return typeface{setter{Family: f, language: language}, size, leading, w, c}
	}
	return faces{
		text:    face(8800, 11800, font.Regular, ink),
		strong:  face(8800, 11800, font.Bold, ink),
		label:   face(7500, 9600, font.Regular, grey),
		small:   face(7500, 9800, font.Regular, grey),
		section: face(8800, 13000, font.Bold, accent),
		title:   face(15000, 18500, font.Bold, accent),
	}
}

// newComposer checks the page and looks up what its layout needs.
func newComposer(p *Page) (*composer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	style, problems := styleOf(p.Seller, p.SellerDigest)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if err := printable(p.Invoice, style.family).Err(); err != nil {
		return nil, err
	}
	words, err := languageOf(p.Invoice, p.Seller)
	if err != nil {
		return nil, err
	}
	c := &composer{
		Texts: words, geometry: geometryOf(&p.Seller.Design), faces: facesOf(style.family, words.Tag),
		page: p, inv: p.Invoice, seller: style, local: p.Seller.TextsIn(words.Tag), totals: p.Totals, zone: p.Seller.Location(),
		tree: finish.NewTree(),
	}
	c.root = c.tree.Root()
	if c.totals == nil {
		if c.totals, err = p.Invoice.Totals(); err != nil {
			return nil, err
		}
	}
	c.doc = &invoice.Document{Invoice: c.inv, Seller: p.Seller, Totals: c.totals}
	if err := c.addUp(); err != nil {
		return nil, err
	}
	c.state = c.stateOf()
	c.notes = c.categoryNotes()
	if c.swiss, err = c.slipCode(); err != nil {
		return nil, err
	}
	if c.swiss != nil {
		c.raise()
	}
	return c, c.checkPayment()
}

// addUp sums the lines, for the amounts carried from page to page.
func (c *composer) addUp() error {
	var sum invoice.Amount
	for i, net := range c.totals.Lines {
		if i > 0 {
			var err error
			if net, err = sum.Add(net); err != nil {
				return fmt.Errorf("add up the lines: %w", err)
			}
		}
		sum = net
		c.running = append(c.running, sum)
	}
	return nil
}

// languageOf is the invoice's language, else the seller's, else English. One
// that the page cannot be printed in is an error, not a replacement.
func languageOf(inv *invoice.Invoice, s *invoice.Seller) (*lang.Texts, error) {
	field, tag := "language", inv.Language
	if tag == "" {
		field, tag = "seller.language", s.Language
	}
	words, known := lang.Find(tag)
	if !known {
		return nil, fmt.Errorf("%s: %s", field, unknownLanguage(tag))
	}
	return words, nil
}

// compose decides every box of every page. If closer rows save a page, they are
// set closer.
func compose(c *composer) []sheet {
	head, bodyTop := c.head()
	foot := c.foot()
	running := c.runningHead()
	bottom := c.height - footBottom - foot.h - 3*mm
	panel := c.panel()
	if high := bodyTop + panel.h + 5*mm; high <= bottom || panel.h > bottom-runningTop-running.h-5*mm {
		head.place(c.left, bodyTop, panel)
		bodyTop = high
	} else {
		// The letterhead fills the page: only texts of hundreds of characters
		// in every field come to that.
		c.late = &panel
	}
	first := frame{bodyTop, bottom}
	next := frame{runningTop + running.h + 5*mm, first.bottom}
	sheets := c.paginate(c.parts(), first, next)
	if len(sheets) > 1 || !c.slipFits(sheets, bottom) {
		c.tight = true
		first.top -= 2 * mm
		closer := c.paginate(c.parts(), first, next)
		if len(closer) < len(sheets) || len(closer) == len(sheets) && !c.slipFits(sheets, bottom) {
			sheets = closer
		}
	}
	if !c.slipFits(sheets, bottom) {
		c.notesNext = true
		if sheets = c.paginate(c.parts(), first, next); len(sheets) > 1 || !c.slipFits(sheets, bottom) {
			c.notesNext = false
			sheets = c.slipPage(first, next)
		}
	}
	for i := range sheets {
		footTop := c.height - footBottom - foot.h
		page := sheet{boxes: make([]box, 0, len(sheets[i].boxes)+64)}
		page.place(0, 0, c.paper(i == 0))
		page.place(0, 0, c.mark())
		if i == 0 {
			page.place(0, 0, head)
		} else {
			page.place(0, runningTop, running)
		}
		page.boxes = append(page.boxes, sheets[i].boxes...)
		if c.swiss != nil && i == len(sheets)-1 {
			page.place(0, c.height-slipHeight, c.slip(c.swiss.Payload))
			footTop -= slipRoom
		}
		if i == 0 {
			p := c.root.Child("P")
			p.Lang = c.profileLanguage(c.local.Footer, c.page.Seller.Footer)
			page.place(0, footTop, foot.tag(p))
		} else {
			page.place(0, footTop, artifact(foot))
		}
		page.place(0, footTop, c.pageNumber(i+1, len(sheets)))
		sheets[i].boxes = page.boxes
	}
	return sheets
}

// artifact takes a block out of the structure: it repeats what was read.
func artifact(b block) block {
	boxes := make([]box, len(b.boxes))
	for i, o := range b.boxes {
		o.node = nil
		boxes[i] = o
	}
	b.boxes = boxes
	return b
}

// parts is the body from the column titles down to the terms.
func (c *composer) parts() []part { return append(c.tableParts(), c.noteParts()...) }

// tableParts is the body down to the totals and what explains them.
func (c *composer) tableParts() []part {
	var parts []part
	if c.late != nil {
		var b block
		b.place(c.left, 0, *c.late)
		parts = append(parts, part{block: b})
	}
	return c.spaced(slices.Concat(parts, c.intro(), c.lines(), c.closing()))
}

// noteParts is the body below that.
func (c *composer) noteParts() []part {
	if c.notesNext {
		return nil
	}
	return c.spaced(append(c.endNotes(c.body()), c.bankCode()...))
}

func (c *composer) spaced(parts []part) []part {
	if c.tight {
		for i := range parts {
			parts[i].gap = parts[i].gap * 55 / 100
		}
	}
	return parts
}

// money writes an amount without its currency.
func (c *composer) money(a invoice.Amount) string { return c.Number(a.Number(), 0) }

// withCode writes an amount after its ISO 4217 code, unbreakably.
func (c *composer) withCode(a invoice.Amount) string {
	return a.CurrencyCode() + string(noBreakSpace) + c.money(a)
}

// percent writes a rate in percent, unbreakably.
func (c *composer) percent(d invoice.Decimal) string { return c.PercentOf(string(d.Or("0"))) }

// date writes a calendar day, and a text that is no day as it stands.
func (c *composer) date(d invoice.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return c.Day(t)
}

// heading is the title of the document with the invoice's number.
func (c *composer) heading() string {
	number := cleanLine(c.inv.Number)
	if len(c.page.Receipts) > 0 {
		return lang.Fill(c.Receipt, "number", number)
	}
	title, _, _ := c.kind()
	return title + " " + number
}

// names of the kind of document: its title, its number and its date.
func (c *composer) kind() (title, number, date string) {
	if c.inv.IsCreditNote() {
		return c.CreditNote, c.CreditNoteNo, c.CreditNoteDate
	}
	return c.Invoice, c.InvoiceNo, c.InvoiceDate
}

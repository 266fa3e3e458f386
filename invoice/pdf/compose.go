package pdf

import (
	"time"

	"invoicelink/invoice"
)

// The page follows DIN 5008, form A: the buyer's address stands in the window
// of an envelope DL or C6/5, and the margins leave room for punching.
const (
	left   = 25 * mm
	right  = 190 * mm
	middle = 118 * mm // where the right-hand column begins
	body   = right - left

	letterheadTop = 12 * mm
	windowTop     = 27 * mm       // the envelope's window begins
	recipientTop  = 447 * mm / 10 // the recipient's zone in it
	windowBottom  = 72 * mm
	titleTop      = 78 * mm
	runningTop    = 14 * mm // the heading of the further pages
)

// The typefaces of the page.
var (
	text    = typeface{size: 8800, leading: 11800}
	strong  = typeface{size: 8800, leading: 11800, weight: bold}
	label   = typeface{size: 8000, leading: 11800, colour: grey}
	small   = typeface{size: 7500, leading: 9800, colour: grey}
	section = typeface{size: 8800, leading: 13000, weight: bold, colour: accent}
	title   = typeface{size: 18000, leading: 22000, weight: bold, colour: accent}
)

// composer holds what all parts of one layout ask for.
type composer struct {
	*language
	page   *Page
	inv    *invoice.Invoice
	seller *invoice.Seller
	totals *invoice.Totals
	zone   *time.Location
	logo   *logo // nil without one
	// tight sets rows and gaps closer.
	tight bool
}

// compose decides every box of every page. Where closer rows save a page, they
// are set closer: often only the bank details would stand on the last one.
func compose(c *composer) []sheet {
	head, bodyTop := c.head()
	foot := c.foot()
	running := c.running()
	first := frame{bodyTop, pageHeight - 8*mm - foot.h - 3*mm}
	next := frame{runningTop + running.h + 5*mm, first.bottom}
	sheets := paginate(c.parts(), first, next)
	if len(sheets) > 1 {
		c.tight = true
		first.top -= 2 * mm
		if closer := paginate(c.parts(), first, next); len(closer) < len(sheets) {
			sheets = closer
		}
	}
	for i := range sheets {
		var page sheet
		page.place(0, 0, c.mark())
		if i == 0 {
			page.place(0, 0, head)
		} else {
			page.place(0, runningTop, running)
		}
		page.boxes = append(page.boxes, sheets[i].boxes...)
		page.place(0, pageHeight-8*mm-foot.h, foot)
		page.place(0, pageHeight-8*mm-foot.h, c.pageNumber(i+1, len(sheets)))
		sheets[i].boxes = page.boxes
	}
	return sheets
}

// parts is the body from the column titles down to the bank details.
func (c *composer) parts() []part {
	parts := c.table()
	parts = append(parts, c.closing()...)
	parts = append(parts, c.note()...)
	parts = append(parts, c.payment()...)
	parts = append(parts, c.bankAndTerms()...)
	if c.tight {
		for i := range parts {
			parts[i].gap = parts[i].gap * 55 / 100
		}
	}
	return parts
}

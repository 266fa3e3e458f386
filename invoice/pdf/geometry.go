package pdf

import "invoicelink/invoice"

// geometry is where the fixed parts of a page stand.
type geometry struct {
	width, height length // of the sheet
	left, right   length // edges of the text
	// recipientTop and windowBottom bound the recipient's address inside the
	// window of an envelope.
	recipientTop, windowBottom length
	// addressTop is the highest that an address of many lines begins.
	addressTop length
	titleTop   length
	// returnLine is set if an envelope shows the address: the sender stands
	// above it in small type.
	returnLine bool
	// marks are the heights at which the sheet is folded or punched.
	marks []length
}

const (
	letterheadTop = 12 * mm
	runningTop    = 14 * mm // the heading of the further pages
	footBottom    = 8 * mm  // below the foot
	rightColumn   = 72 * mm // width of the column with seller and references
)

// body is the width of the text.
func (g *geometry) body() length { return g.right - g.left }

// middle is where the right-hand column begins.
func (g *geometry) middle() length { return g.right - rightColumn }

// geometryOf is the page of the seller's design. Without a window the recipient
// stands as in DIN 5008 form A, whose margins leave room for punching.
func geometryOf(d *invoice.Design) geometry {
	g := geometry{
		width: 595276, height: 841890, // A4, ISO 216
		left: 25 * mm, right: 190 * mm,
		recipientTop: 447 * mm / 10, windowBottom: 72 * mm, titleTop: 76 * mm, addressTop: letterheadTop + 24*mm,
	}
	if d.Paper == invoice.PaperLetter {
		g.width, g.height = 612*pt, 792*pt
		g.right = g.width - 20*mm
	}
	g.returnLine = d.Window != invoice.WindowNone
	switch d.Window {
	case invoice.WindowDIN5008A:
		g.marks = []length{87 * mm, g.height / 2, 192 * mm}
	case invoice.WindowDIN5008B:
		g.recipientTop, g.windowBottom, g.titleTop = 627*mm/10, 90*mm, 94*mm
		g.marks = []length{105 * mm, g.height / 2, 210 * mm}
	case invoice.WindowC5:
		// A window of 90 × 35 mm that ends 60 mm above the lower edge of the
		// envelope. The sheet, folded once, has 13 mm of play in it.
		g.recipientTop, g.windowBottom, g.titleTop = 675*mm/10, 88*mm, 94*mm
		g.marks = []length{g.height / 2}
	}
	return g
}

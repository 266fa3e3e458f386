package pdf

import (
	"fmt"
	"strings"

	"golang.org/x/text/language/display"

	xlanguage "golang.org/x/text/language"

	"invoicelink/invoice"
)

// Limits of the letterhead's pieces: what is larger is set smaller.
const (
	logoWidth, logoHeight = 62 * mm, 15 * mm
	sellerHeight          = 29 * mm
	metaHeight            = 90 * mm
)

// head is everything above the table on the first page, and where it ends.
func (c *composer) head() (block, length) {
	var b block
	if c.logo != nil {
		w, h := c.logo.fit(logoWidth, logoHeight)
		b.add(box{kind: logoBox, x: left, y: letterheadTop, w: w, h: h})
	} else {
		name := typeface{size: 15000, leading: 18000, weight: bold, colour: accent}
		b.place(left, letterheadTop, shrink(name, logoHeight, 4500, func(t typeface) block {
			return t.wrap(middle-left-6*mm, cleanLine(c.seller.Name))
		}))
	}
	seller := shrink(small.shrunk(8000), sellerHeight, 4500, c.sellerBlock)
	b.place(middle, letterheadTop, seller)

	meta := shrink(text, metaHeight, 4500, c.metaBlock)
	metaTop := max(recipientTop, letterheadTop+seller.h+4*mm)
	b.place(middle, metaTop, meta)

	buyer := c.buyerBlock()
	top := max(windowTop+9*mm, min(recipientTop, windowBottom-buyer.h))
	b.place(left, top-5*mm, c.returnLine())
	b.place(left, top, buyer)

	y := max(titleTop, top+buyer.h+8*mm, metaTop+meta.h+7*mm)
	words := c.kind(c.inv)
	heading := shrink(title, 24*mm, 8000, func(t typeface) block {
		return t.wrap(body, words.title+" "+cleanLine(c.inv.Number))
	})
	b.place(left, y, heading)
	return b, y + heading.h + 4*mm
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

func (c *composer) sellerBlock(t typeface) block {
	var b block
	name := t
	name.weight, name.colour = bold, ink
	width := right - middle
	b.place(0, 0, name.wrap(width, cleanLine(c.seller.Name)))
	for _, line := range c.addressLines(c.seller.Address, true) {
		b.place(0, b.h, t.wrap(width, line))
	}
	if id := cleanLine(c.seller.VATID); id != "" {
		b.place(0, b.h, t.wrap(width, c.vatID+" "+id))
	}
	return b
}

// buyerBlock grows upwards inside the window and then downwards out of it.
func (c *composer) buyerBlock() block {
	t := typeface{size: 9500, leading: 12400}
	return shrink(t, 60*mm, 6000, func(t typeface) block {
		const width = 82 * mm // the window is 90 mm wide
		name := t
		name.weight = bold
		b := name.wrap(width, cleanLine(c.inv.Buyer.Name))
		for _, line := range c.addressLines(c.inv.Buyer.Address, c.inv.Buyer.Address.Country != c.seller.Address.Country) {
			b.place(0, b.h, t.wrap(width, line))
		}
		return b
	})
}

// returnLine is the sender's address on one line above the recipient's, cut
// where it is too long: it is all given in full elsewhere.
func (c *composer) returnLine() block {
	t := small.shrunk(6200)
	parts := append([]string{cleanLine(c.seller.Name)}, c.addressLines(c.seller.Address, false)...)
	lines := wrap(t.weight, t.size, 82*mm, strings.Join(parts, " · "))
	if len(lines) == 0 {
		return block{}
	}
	return t.lines([]string{strings.TrimSuffix(lines[0], " ·")})
}

// addressLines is a postal address. More than eight lines of street are run
// together, so that no address pushes the invoice off its page.
func (c *composer) addressLines(a invoice.Address, country bool) []string {
	lines := cleanLines(a.Street)
	if len(lines) > 8 {
		lines = []string{strings.Join(lines, ", ")}
	}
	if city := cleanLine(a.Zip + " " + a.City); city != "" {
		lines = append(lines, city)
	}
	if country && a.Country != "" {
		lines = append(lines, c.country(a.Country))
	}
	return lines
}

// country names a country in the page's language (Unicode CLDR), or gives
// the code back where it has no name.
func (c *composer) country(code string) string {
	region, err := xlanguage.ParseRegion(code)
	if err != nil {
		return cleanLine(code)
	}
	if name := display.Regions(xlanguage.Make(c.tag)).Name(region); name != "" && name != "Unknown Region" {
		return cleanLine(name)
	}
	return cleanLine(code)
}

// metaBlock is the table of dates and references beside the address.
func (c *composer) metaBlock(t typeface) block {
	words := c.kind(c.inv)
	rows := [][2]string{
		{words.number, c.inv.Number},
		{words.date, c.date(c.inv.IssueDate)},
		{c.supplyDate, c.date(c.inv.SupplyDate)},
		{c.dueDate, c.date(c.inv.DueDate)},
		{c.originalInvoice, c.inv.OriginalInvoice},
		{c.customerNo, c.inv.Buyer.ID},
		{c.yourReference, c.inv.BuyerReference},
		{c.yourVATID, c.inv.Buyer.VATID},
		{c.yourRegistrationNo, c.inv.Buyer.RegistrationNo},
	}
	name := t.shrunk(t.size * 91 / 100)
	name.leading, name.colour = t.leading, grey
	var column length
	for _, row := range rows {
		if row[1] != "" {
			column = max(column, name.measure(row[0]))
		}
	}
	column += 4 * mm
	var b block
	for _, row := range rows {
		value := cleanLine(row[1])
		if value == "" {
			continue
		}
		// The baselines agree although the sizes differ.
		at := t.at(0, b.h, "").y
		b.add(box{kind: textBox, x: 0, y: at, w: name.measure(row[0]), size: name.size, colour: grey, text: row[0]})
		b.place(column, b.h, t.wrap(right-middle-column, value))
	}
	return b
}

// running is the heading of every page but the first.
func (c *composer) running() block {
	t := small.shrunk(8000)
	who := strong.shrunk(8000).lines(firstLine(bold, 8000, body/2-4*mm, cleanLine(c.seller.Name)))
	what := fmt.Sprintf("%s %s · %s", c.kind(c.inv).title, cleanLine(c.inv.Number), c.date(c.inv.IssueDate))
	var b block
	b.place(left, 0, who)
	for _, line := range wrap(t.weight, t.size, body/2, what) {
		b.add(t.right(right, b.h-t.leading, line))
		b.h += t.leading
	}
	b.add(fill(left, b.h+1*mm, body, 500, hairline))
	b.h += 1 * mm
	return b
}

func firstLine(w weight, size, width length, s string) []string {
	lines := wrap(w, size, width, s)
	return lines[:min(1, len(lines))]
}

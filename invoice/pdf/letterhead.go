package pdf

import (
	"strings"

	"golang.org/x/text/language/display"

	xlanguage "golang.org/x/text/language"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
)

// Limits of the letterhead's pieces: what is larger is set smaller.
const (
	logoWidth, logoHeight = 62 * mm, 15 * mm
	sellerHeight          = 32 * mm
	metaHeight            = 90 * mm
)

// head is everything above the panel on the first page, and where it ends.
func (c *composer) head() (block, length) {
	var b block
	b.place(c.left, letterheadTop, c.nameOrLogo())
	seller := shrink(c.small, sellerHeight, 4500, c.sellerBlock).tag(c.root.Child("P"))
	b.place(c.middle(), letterheadTop, seller)

	buyer := shrink(c.text.shrunk(9500), 60*mm, 6000, c.buyerBlock).tag(c.root.Child("P"))
	top := max(c.addressTop, min(c.recipientTop, c.windowBottom-buyer.h))
	if c.returnLine {
		b.place(c.left, top-5*mm, c.senderLine())
	}
	b.place(c.left, top, buyer)

	references := c.filledReferences()
	near := references[:min(len(references), nearReferences)]
	meta := shrink(c.text, metaHeight, 4500, func(t typeface) block { return c.listed(t, near, rightColumn) })
	metaTop := max(c.recipientTop-6*mm, letterheadTop+seller.h+4*mm)
	y := max(c.titleTop, top+buyer.h+7*mm, metaTop+meta.h+5*mm)

	heading := shrink(c.title, 24*mm, 8000, func(t typeface) block {
		return t.exactly().set(c.body(), c.heading())
	}).tag(c.root.Child("H1"))
	b.place(c.left, y, heading)
	b.place(c.middle(), metaTop, meta)
	y += heading.h + 2*mm
	if rest := references[len(near):]; len(rest) > 0 {
		strip := shrink(c.text, metaHeight, 4500, func(t typeface) block {
			const gap = 6 * mm
			half, width := (len(rest)+1)/2, (c.body()-gap)/2
			both := c.listed(t, rest[:half], width)
			both.place(width+gap, 0, c.listed(t, rest[half:], width))
			return both
		})
		b.place(c.left, y, strip)
		y += strip.h + 2*mm
	}
	return b, y
}

// nameOrLogo stands at the upper left: the logo, or else the seller's name.
// Letter paper shows both itself.
func (c *composer) nameOrLogo() block {
	var b block
	switch {
	case c.seller.paper != nil:
	case c.seller.logo != nil:
		w, h := c.seller.logo.fit(logoWidth, logoHeight)
		figure := c.root.Child("Figure")
		figure.Alt = lang.Fill(c.LogoAlt, "name", cleanLine(c.page.Seller.Name))
		b.add(box{kind: imageBox, w: w, h: h, image: c.seller.logo, node: figure})
	default:
		b = shrink(c.title, logoHeight, 4500, func(t typeface) block {
			return t.set(c.middle()-c.left-6*mm, cleanLine(c.page.Seller.Name))
		}).tag(c.root.Child("P"))
	}
	return b
}

// sellerBlock is the one place that says who the seller is. Without a logo its
// name stands at the upper left already.
func (c *composer) sellerBlock(t typeface) block {
	var b block
	s := c.page.Seller
	if c.seller.logo != nil || c.seller.paper != nil {
		b.place(0, 0, t.in(font.Bold, ink).set(rightColumn, cleanLine(s.Name)))
	}
	lines := c.addressLines(s.Address, s.Address.Country != c.inv.Buyer.Address.Country)
	vatID := s.VATID
	if c.doc.OutOfScope() {
		vatID = "" // BR-O-02
	}
	for _, fact := range [][2]string{
		{c.VATID, vatID}, {c.TaxNumber, s.TaxNumber}, {c.RegNo, s.RegistrationNo}, {c.Contact, s.Contact}, {c.Phone, s.Phone}, {c.Email, s.Email},
	} {
		if value := cleanLine(fact[1]); value != "" {
			lines = append(lines, fact[0]+string(noBreakSpace)+value)
		}
	}
	b.place(0, b.h, t.lines(t.wrapFacts(rightColumn, lines)))
	return b
}

// wrapFacts joins facts with points and breaks lines between facts only,
// unless one alone is too long.
func (t typeface) wrapFacts(width length, facts []string) []string {
	var lines []string
	line := ""
	for _, fact := range facts {
		if joined := line + " · " + fact; line != "" && t.measure(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, t.wrapped(width, line)...)
		}
		line = fact
	}
	return append(lines, t.wrapped(width, line)...)
}

// buyerBlock grows upwards inside the window and then downwards out of it.
func (c *composer) buyerBlock(t typeface) block {
	const width = 82 * mm // the window is 90 mm wide
	buyer := c.inv.Buyer
	b := t.in(font.Bold, ink).set(width, cleanLine(buyer.Name))
	if contact := cleanLine(buyer.Contact); contact != "" {
		b.place(0, b.h, t.set(width, contact))
	}
	for _, line := range c.addressLines(buyer.Address, buyer.Address.Country != c.page.Seller.Address.Country) {
		b.place(0, b.h, t.set(width, line))
	}
	return b
}

// senderLine is the sender's address on one line above the recipient's, for
// the window of an envelope. It repeats what stands elsewhere in full, so it is
// cut if it is too long.
func (c *composer) senderLine() block {
	t := c.small.shrunk(6200)
	parts := append([]string{cleanLine(c.page.Seller.Name)}, c.addressLines(c.page.Seller.Address, false)...)
	lines := t.wrapped(82*mm, strings.Join(parts, " · "))
	if len(lines) == 0 {
		return block{}
	}
	return t.lines([]string{strings.TrimSuffix(strings.TrimSuffix(lines[0], cutMark), " ·")})
}

// addressLines is a postal address. More than eight lines of street are run
// together, so that no address pushes the invoice off its page.
func (c *composer) addressLines(a invoice.Address, country bool) []string {
	lines := cleanLines(a.Street)
	if len(lines) > 8 {
		lines = []string{strings.Join(lines, ", ")}
	}
	for _, line := range placeLines(a) {
		if line = cleanLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	if country && a.Country != "" {
		lines = append(lines, c.country(a.Country))
	}
	return lines
}

// placeLines are city, region and post code as the country's post wants them
// (Universal Postal Union, Postal Addressing Systems); in most countries the
// post code comes first.
func placeLines(a invoice.Address) []string {
	switch a.Country {
	case "US":
		if a.City != "" && a.Region != "" {
			return []string{a.City + ", " + a.Region + " " + a.Zip}
		}
		return []string{a.City + a.Region + " " + a.Zip}
	case "AU", "CA":
		return []string{a.City + " " + a.Region + " " + a.Zip}
	case "GB", "IE":
		return []string{a.City, a.Region, a.Zip}
	}
	return []string{a.Zip + " " + a.City, a.Region}
}

// country names a country in the page's language (Unicode CLDR), or returns
// the code if it has no name.
func (c *composer) country(code string) string {
	region, err := xlanguage.ParseRegion(code)
	if err != nil {
		return cleanLine(code)
	}
	if name := display.Regions(xlanguage.Make(c.Tag)).Name(region); name != "" && name != "Unknown Region" {
		return cleanLine(name)
	}
	return cleanLine(code)
}

// nearReferences is how many dates and references stand next to the address;
// further ones stand below the title.
const nearReferences = 8

// filledReferences are the references that have a value, cleaned.
func (c *composer) filledReferences() [][2]string {
	var filled [][2]string
	for _, p := range c.references() {
		if value := cleanLine(p[1]); value != "" {
			filled = append(filled, [2]string{p[0], value})
		}
	}
	return filled
}

// listed sets pairs one below the other, each label right before its value, so
// that programs that read a page line by line keep them together.
func (c *composer) listed(t typeface, pairs [][2]string, width length) block {
	const gap = 16 * mm / 10
	label := c.label.shrunk(t.size * 82 / 100)
	var column length
	for _, p := range pairs {
		column = max(column, label.measure(p[0]))
	}
	column = min(column, width*45/100)
	list := c.root.Child("L")
	var b block
	for _, p := range pairs {
		item := list.Child("LI")
		name := label.set(column, p[0]).tag(item.Child("Lbl"))
		for i := range name.boxes {
			name.boxes[i].x = column - name.boxes[i].w
		}
		value := t.exactly().set(width-column-gap, p[1]).tag(item.Child("LBody"))
		y := b.h
		b.place(0, y+t.ascent()-label.ascent(), name) // on the line of the value
		b.place(column+gap, y, value)
	}
	return b
}

// runningHead is the heading of every page but the first: who wrote to whom,
// and which document it is. It repeats the first page and is not read.
func (c *composer) runningHead() block {
	t := c.small.shrunk(8000)
	half := c.body()/2 - 4*mm
	var b block
	b.place(c.left, 0, c.strong.shrunk(8000).lines(firstLine(c.strong.shrunk(8000), half, cleanLine(c.page.Seller.Name))))
	b.place(c.left, b.h, t.lines(firstLine(t, half, cleanLine(c.inv.Buyer.Name))))
	y := length(0)
	for _, line := range t.exactly().wrapped(c.body()/2, c.heading()+" · "+c.date(c.inv.IssueDate)) {
		b.add(t.right(c.right, y, line))
		y += t.leading
	}
	b.h = max(b.h, y) + 1*mm
	b.add(fill(c.left, b.h, c.body(), 500, hairline))
	return b
}

func firstLine(t typeface, width length, s string) []string {
	lines := t.wrapped(width, s)
	return lines[:min(1, len(lines))]
}

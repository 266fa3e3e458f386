package pdf

import (
	"invoicelink/invoice"
)

// closing is the VAT summary and the totals. They stand side by side while
// the summary is short; a long one is a table of its own before the totals.
func (c *composer) closing() []part {
	const shortSummary = 8 // rows
	totals := c.totalsBlock()
	var parts []part
	if summary, w := c.vatTable(); len(c.totals.VAT) <= shortSummary && w <= totalsLeft-left-6*mm {
		var both block
		both.place(0, 0, summary)
		both.place(0, 0, totals)
		parts = append(parts, part{block: both, gap: 4 * mm})
	} else {
		parts = append(parts, c.vatRows()...)
		parts = append(parts, part{block: totals, gap: 4 * mm})
	}
	return append(parts, c.laws()...)
}

const totalsLeft = 112 * mm

// totalsBlock is the column of sums at the right. It is never cut.
func (c *composer) totalsBlock() block {
	t := c.totals
	type sum struct{ label, value string }
	sums := []sum{{c.net, c.money(t.Net)}, {c.vat, c.money(t.VATTotal)}, {c.total, c.money(t.Total)}}
	if !t.Prepaid.IsZero() {
		sums = append(sums, sum{c.prepaid, c.negated(t.Prepaid)})
	}
	if !t.Rounding.IsZero() {
		sums = append(sums, sum{c.rounding, c.money(t.Rounding)})
	}
	var b block
	for _, s := range sums {
		b.add(text.at(totalsLeft, b.h, s.label), text.right(right, b.h, s.value))
		b.h += text.leading + 1*pt
	}
	b.h += 1 * mm
	b.add(fill(totalsLeft, b.h, right-totalsLeft, 900, accent))
	b.h += 900 + 1500
	name, value := c.payableWords()
	big := typeface{size: 11500, leading: 16500, weight: bold}
	size := big
	for size.measure(name)+4*mm+size.measure(value) > right-totalsLeft && size.size > 6000 {
		size = size.shrunk(size.size - 500)
	}
	b.add(size.at(totalsLeft, b.h, name), size.right(right, b.h, value))
	b.h += big.leading
	return b
}

// payableWords names what is left of the total and writes it. An amount in
// the buyer's favour keeps its sign.
func (c *composer) payableWords() (name, value string) {
	p := c.totals.Payable
	value = c.withCode(p)
	switch {
	case c.inv.IsCreditNote():
		return c.credited, value
	case p.IsNegative():
		return c.inYourFavour, value
	}
	return c.payable, value
}

// vatColumns is the breakdown by category and rate (EN 16931, BG-23).
func (c *composer) vatColumns() []column {
	n := len(c.totals.VAT)
	columns := []column{
		{title: c.vatHeading, cells: make([]string, n), most: 45 * mm, least: 24 * mm},
		{title: c.vatNet, cells: make([]string, n), numeric: true, least: 19 * mm},
		{title: c.vatAmount, cells: make([]string, n), numeric: true, least: 17 * mm},
	}
	for i, g := range c.totals.VAT {
		columns[0].cells[i] = c.vatName(g)
		columns[1].cells[i] = c.money(g.Net)
		columns[2].cells[i] = c.money(g.VAT)
	}
	return columns
}

func (c *composer) vatName(g invoice.VATGroup) string {
	switch g.Category {
	case invoice.VATStandard, invoice.VATZero:
		return c.percent(g.Rate)
	}
	return string(g.Category) + " " + c.legal[g.Category]
}

// vatTable sets the short form of the summary and says how wide it is.
func (c *composer) vatTable() (block, length) {
	columns, t := fitColumns(c.vatColumns(), left, totalsLeft-6*mm, 0, 8000)
	last := columns[len(columns)-1]
	b := titles(columns, t)
	for row := range c.totals.VAT {
		b.h += 600
		for i := range columns {
			b.add(columns[i].set(t, b.h, columns[i].cells[row]))
		}
		b.h += t.leading
	}
	return b, last.x + last.w - left
}

// vatRows sets the long form, a row a part.
func (c *composer) vatRows() []part {
	columns, t := fitColumns(c.vatColumns(), left, right, 0, 8000)
	heading := titles(columns, t)
	var parts []part
	for row := range c.totals.VAT {
		for _, p := range rowParts(columns, t, row, c.rowPadding()) {
			p.heading = &heading
			parts = append(parts, p)
		}
	}
	parts[0].gap = 6 * mm
	parts[len(parts)-1].keep = true
	return parts
}

// laws are the sentences that the law wants where VAT is not charged, one for
// each category of the invoice.
func (c *composer) laws() []part {
	var b block
	said := map[invoice.VATCategory]bool{}
	for _, g := range c.totals.VAT {
		law := c.law[g.Category]
		if law == "" || said[g.Category] {
			continue
		}
		said[g.Category] = true
		b.place(left, b.h, small.wrap(body, string(g.Category)+": "+law))
	}
	if b.h == 0 {
		return nil
	}
	return []part{{block: b, gap: 2 * mm}}
}

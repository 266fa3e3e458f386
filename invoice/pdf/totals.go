package pdf

import (
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
	"invoicelink/invoice/pdf/lang"
)

const totalsWidth = 78 * mm

// closing is the totals and the VAT summary. They stand side by side while
// the summary is short; a long one is a table of its own after the totals.
func (c *composer) closing() []part {
	const shortSummary = 14 // rows
	totals := c.totalsBlock()
	var parts []part
	if summary, fits := c.vatTable(); fits && len(c.totals.VAT) <= shortSummary {
		var both block
		both.place(0, 0, totals)
		both.place(0, 0, summary)
		if c.notesNext {
			for _, p := range c.endNotes(c.right - totalsWidth - 6*mm - c.left) {
				both.place(0, summary.h+p.gap/2, p.block)
				summary.h += p.gap/2 + p.h
			}
		}
		parts = append(parts, part{block: both, gap: 4 * mm})
	} else {
		c.notesNext = false // a table of its own has no place for notes
		parts = append(parts, part{block: totals, gap: 4 * mm})
		parts = append(parts, c.vatRows()...)
	}
	return append(parts, c.laws()...)
}

type sum struct{ label, value string }

// sums are the amounts from the lines to what is payable.
func (c *composer) sums() []sum {
	t := c.totals
	var sums []sum
	if len(c.inv.Allowances)+len(c.inv.Charges) > 0 {
		sums = append(sums, sum{c.LinesTotal, c.money(t.LineTotal)})
		for i, a := range c.inv.Allowances {
			sums = append(sums, sum{c.allowanceName(c.Allowance, a.Allowance), c.negated(t.Allowances[i])})
		}
		for i, a := range c.inv.Charges {
			sums = append(sums, sum{c.allowanceName(c.Charge, a.Allowance), c.money(t.Charges[i])})
		}
	}
	sums = append(sums, sum{c.Net, c.money(t.Net)}, sum{c.VATTotal, c.money(t.VATTotal)}, sum{c.Gross, c.money(t.Total)})
	if !t.Prepaid.IsZero() {
		sums = append(sums, sum{c.Prepaid, c.negated(t.Prepaid)})
	}
	if !t.Rounding.IsZero() {
		sums = append(sums, sum{c.Rounding, c.money(t.Rounding)})
	}
	return sums
}

// allowanceName is the reason of an allowance or charge, else what it is, with
// its percentage.
func (c *composer) allowanceName(name string, a invoice.Allowance) string {
	if reason := cleanLine(a.Reason); reason != "" {
		name = reason
	}
	if !a.Percent.IsZero() {
		name += " " + c.percent(a.Percent)
	}
	return name
}

// negated is the amount with the other sign, for what is taken off.
func (c *composer) negated(a invoice.Amount) string {
	text := c.money(a)
	if a.IsZero() {
		return text
	}
	if rest, negative := strings.CutPrefix(text, lang.Minus); negative {
		return rest
	}
	return lang.Minus + text
}

// totalsBlock is the column of sums at the right. It is never cut.
func (c *composer) totalsBlock() block {
	table := c.root.Child("Table")
	from := c.right - totalsWidth
	var b block
	row := func(t typeface, s sum) {
		tr := table.Child("TR")
		name, value := t.at(from, b.h, s.label), t.right(c.right, b.h, s.value)
		name.node, value.node = tr.Cell("TH", "Row"), tr.Cell("TD", "")
		b.add(name, value)
	}
	for _, s := range c.sums() {
		t := c.text
		for t.measure(s.label)+3*mm+t.measure(s.value) > totalsWidth && t.size > 5000 {
			t = t.shrunk(t.size - 400)
		}
		row(t, s)
		b.h += c.text.leading + 1*pt
	}
	b.h += 1 * mm
	b.add(fill(from, b.h, totalsWidth, 900, accent))
	b.h += 900 + 1500
	name, value := c.payableWords()
	big := c.strong.shrunk(11500)
	size := big
	for size.measure(name)+4*mm+size.measure(value) > totalsWidth && size.size > 6000 {
		size = size.shrunk(size.size - 500)
	}
	row(size, sum{name, value})
	b.h += big.leading
	return b
}

// vatColumns is the breakdown by category and rate (EN 16931, BG-23).
func (c *composer) vatColumns() []column {
	n := len(c.totals.VAT)
	columns := []column{
		{title: c.VATSummary, cells: make([]string, n), most: 45 * mm, least: 24 * mm},
		{title: c.VATNet, cells: make([]string, n), numeric: true, least: 17 * mm},
		{title: c.VAT, cells: make([]string, n), numeric: true, least: 15 * mm},
	}
	for i, g := range c.totals.VAT {
		columns[0].cells[i] = c.vatName(g)
		columns[1].cells[i] = c.money(g.Net)
		columns[2].cells[i] = c.money(g.VAT)
	}
	return columns
}

// vatName is a VAT category in words, with its rate and the mark of its
// sentence.
func (c *composer) vatName(g invoice.VATGroup) string {
	name := c.percent(g.Rate)
	if word := c.categoryWord(g.Category); word != "" {
		name = word
	}
	if note := c.notes[g.Category]; note != "" {
		name += string(noBreakSpace) + note
	}
	return name
}

// vatTable sets the short form of the summary and reports whether it fits next
// to the totals, names on several lines if they must.
func (c *composer) vatTable() (block, bool) {
	to := c.right - totalsWidth - 6*mm
	columns, t := c.fitColumns(c.vatColumns(), c.left, to, 0, 8000)
	table := c.root.Child("Table")
	last := columns[len(columns)-1]
	if over := last.x + last.w - to; over > 0 {
		columns[0].w -= over
		for i := range columns[1:] {
			columns[i+1].x -= over
		}
	}
	b := titles(columns, t, table)
	for row := range c.totals.VAT {
		b.h += 600
		b.place(0, b.h, vatRow(columns, t, row, table))
	}
	return b, columns[0].w >= columns[0].least
}

func vatRow(columns []column, t typeface, row int, table *finish.Node) block {
	tr := table.Child("TR")
	var b block
	for i := range columns {
		node := tr.Cell("TD", "")
		lines := []string{columns[i].cells[row]}
		if !columns[i].numeric {
			lines = t.wrapped(columns[i].w, columns[i].cells[row])
		}
		for n, line := range lines {
			o := columns[i].set(t, length(n)*t.leading, line)
			o.node = node
			b.add(o)
		}
		b.h = max(b.h, length(len(lines))*t.leading)
	}
	return b
}

// vatRows sets the long form, one part per row.
func (c *composer) vatRows() []part {
	columns, t := c.fitColumns(c.vatColumns(), c.left, c.right, 0, 8000)
	table := c.root.Child("Table")
	heading := titles(columns, t, table)
	var parts []part
	for row := range c.totals.VAT {
		for _, p := range rowParts(columns, t, row, tightPadding, table) {
			p.heading = &heading
			parts = append(parts, p)
		}
	}
	parts[0].gap = 6 * mm
	return parts
}

// laws are the sentences that the law wants if VAT is not charged, one for
// each category of the invoice.
func (c *composer) laws() []part {
	var b block
	said := map[invoice.VATCategory]bool{}
	for _, g := range c.totals.VAT {
		note := c.notes[g.Category]
		if note == "" || said[g.Category] {
			continue
		}
		said[g.Category] = true
		b.place(c.left, b.h, c.small.in(font.Regular, ink).set(c.body(), note+" "+c.law(g.Category)).tag(c.root.Child("P")))
	}
	t := c.small.in(font.Regular, ink)
	if local := c.inv.LocalVAT; local.Currency != "" && c.totals.LocalVAT.CurrencyCode() != "" {
		words := c.VATTotal + ": " + c.withCode(c.totals.LocalVAT)
		if !local.Rate.IsZero() {
			words += " (" + c.ExchangeRate + " " + c.Number(string(local.Rate), 0) + ")"
		}
		b.place(c.left, b.h, t.set(c.body(), words).tag(c.root.Child("P")))
	}
	if c.doc.CashAccounting() {
		b.place(c.left, b.h, t.set(c.body(), c.Texts.CashAccounting+".").tag(c.root.Child("P")))
	}
	if b.h == 0 {
		return nil
	}
	return []part{{block: b, gap: 2 * mm}}
}

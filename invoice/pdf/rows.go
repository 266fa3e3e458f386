package pdf

import (
	"strconv"
	"strings"

	"invoicelink/invoice"
)

const (
	rowPadding   = 2600 // above and below the text of a row
	tightPadding = 1200
	// tallRow is the number of lines above which a row may be cut between two
	// pages: half of a page. Shorter ones move to the next page whole.
	tallRow = 30
	rowCut  = 10 // lines in each piece of a tall row
)

// table is the invoice lines with their column titles.
func (c *composer) table() []part {
	columns, t := fitColumns(c.lineColumns(), left, right, 48*mm, 8800, 8000, 7200, 6500, 5800)
	heading := titles(columns, t)
	var parts []part
	for row := range c.inv.Lines {
		parts = append(parts, rowParts(columns, t, row, c.rowPadding())...)
	}
	for i := range parts {
		parts[i].heading = &heading
	}
	c.holdEnds(parts)
	return parts
}

// holdEnds keeps the first two and the last two rows together, and the last
// ones with the totals, so that no row stands alone on a page.
func (c *composer) holdEnds(parts []part) {
	const high = 40 * mm // a row that fills a good part of a page may stand alone
	n := len(parts)
	parts[n-1].keep = true
	if n > 1 && parts[n-1].h+parts[n-2].h < high {
		parts[n-2].keep = true
	}
	if n > 2 && parts[0].h+parts[1].h < high {
		parts[0].keep = true
	}
}

func (c *composer) rowPadding() length {
	if c.tight {
		return tightPadding
	}
	return rowPadding
}

// lineColumns are the columns in their order, with the texts of all lines.
func (c *composer) lineColumns() []column {
	lines := c.inv.Lines
	cells := make([]string, 9*len(lines)) // one allocation for all columns
	col := func(i int, title string, numeric bool, most length) column {
		return column{title: title, cells: cells[i*len(lines) : (i+1)*len(lines)], numeric: numeric, most: most}
	}
	columns := []column{
		col(0, c.position, true, 0),
		col(1, c.item, false, 24*mm),
		col(2, c.description, false, 0),
		col(3, c.quantity, true, 0),
		col(4, c.unit, false, 15*mm),
		col(5, c.unitPrice, true, 0),
		col(6, c.discount, true, 0),
		col(7, c.vatRate, true, 0),
		col(8, c.amount+" "+c.inv.Currency, true, 0),
	}
	digits := decimals(c.totals.Net)
	for i, l := range lines {
		for n, cell := range [...]string{
			strconv.Itoa(i + 1),
			cleanLine(l.Item),
			clean(l.Description),
			c.number(string(l.Quantity.Or("1")), 0),
			cleanLine(l.Unit),
			c.number(string(l.UnitPrice.Or("0")), digits),
			c.discountOf(l, digits),
			c.vatOf(l),
			c.money(c.totals.Lines[i]),
		} {
			columns[n].cells[i] = cell
		}
	}
	return columns
}

// discountOf writes the percentage, the amount taken off, or both.
func (c *composer) discountOf(l invoice.Line, digits int) string {
	var parts []string
	if !l.DiscountPercent.IsZero() {
		parts = append(parts, c.percent(l.DiscountPercent))
	}
	if !l.Discount.IsZero() {
		parts = append(parts, c.number(string(l.Discount), digits))
	}
	return strings.Join(parts, " + ")
}

// vatOf writes the rate, or the category where it is not taxed at a rate;
// the VAT summary says what the category's code means.
func (c *composer) vatOf(l invoice.Line) string {
	switch category := l.Category(); category {
	case invoice.VATStandard, invoice.VATZero:
		return c.percent(l.VATRate)
	default:
		return string(category)
	}
}

// rowParts sets one row, in several pieces if it is very tall.
func rowParts(columns []column, t typeface, row int, padding length) []part {
	all := make([][]string, len(columns))
	most := 1
	for i, c := range columns {
		if c.numeric {
			all[i] = []string{c.cells[row]}
		} else {
			all[i] = wrap(t.weight, t.size, c.w, c.cells[row])
		}
		most = max(most, len(all[i]))
	}
	piece := most
	if most > tallRow {
		piece = rowCut
	}
	var parts []part
	for from := 0; from < most; from += piece {
		to := min(from+piece, most)
		var b block
		if from == 0 {
			b.h = padding
		}
		for i := range columns {
			for n := from; n < min(to, len(all[i])); n++ {
				if all[i][n] != "" {
					b.add(columns[i].set(t, b.h+length(n-from)*t.leading, all[i][n]))
				}
			}
		}
		b.h += length(to-from) * t.leading
		if to == most {
			b.h += padding
			last := columns[len(columns)-1]
			b.add(fill(columns[0].x, b.h, last.x+last.w-columns[0].x, 400, hairline))
			b.h += 400
		}
		parts = append(parts, part{block: b})
	}
	return parts
}

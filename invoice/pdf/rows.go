package pdf

import (
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/lang"
)

const (
	rowPadding   = 2600 // above and below the text of a row
	tightPadding = 1200
	// tallRow is the number of lines above which a row may be cut between two
	// pages: half of a page. Shorter ones move to the next page whole.
	tallRow = 30
	rowCut  = 10 // lines in each piece of a tall row
)

// lines is the invoice lines with their column titles.
func (c *composer) lines() []part {
	columns, t := c.fitColumns(c.lineColumns(), c.left, c.right, 48*mm, 8800, 8000, 7200, 6500, 5800)
	table := c.root.Child("Table")
	heading := titles(columns, t, table)
	var parts []part
	for row := range c.inv.Lines {
		for _, p := range rowParts(columns, t, row, c.rowPadding(), table) {
			p.row = row + 1
			parts = append(parts, p)
		}
	}
	for i := range parts {
		parts[i].heading = &heading
	}
	holdEnds(parts)
	return parts
}

// holdEnds keeps the first two and the last two rows together, and the last
// ones with the totals, so that no row stands alone on a page.
func holdEnds(parts []part) {
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
		col(0, c.Position, true, 0),
		col(1, c.Item, false, 24*mm),
		col(2, c.Description, false, 0),
		col(3, c.Quantity, true, 0),
		col(4, c.Unit, false, 15*mm),
		col(5, c.UnitPrice, true, 0),
		col(6, c.Discount, true, 0),
		col(7, c.VAT, true, 0),
		col(8, c.Amount+" "+c.inv.Currency, true, 0),
	}
	digits := decimals(c.totals.Net)
	for i, l := range lines {
		for n, cell := range [...]string{
			strconv.Itoa(i + 1),
			cleanLine(l.Item),
			c.describe(l),
			c.Number(string(l.Quantity.Or("1")), 0),
			c.unit(l.Unit),
			c.priceOf(l, digits),
			c.discountOf(l, digits),
			c.vatOf(l),
			c.money(c.totals.Lines[i]),
		} {
			columns[n].cells[i] = cell
		}
	}
	return c.chosen(columns)
}

// chosen are the columns of the seller's design, and those without which a line
// would not say what was charged for: description and amount always, quantity and
// price where an amount is not the price of one, a discount where there is one
// (Directive 2006/112/EC, article 226, numbers 6 and 8).
func (c *composer) chosen(columns []column) []column {
	names := c.page.Seller.Design.Columns
	if len(names) == 0 {
		return columns
	}
	one, reduced := true, false
	for _, l := range c.inv.Lines {
		one = one && l.Quantity.Or("1") == "1" && l.PriceQuantity.Or("1") == "1"
		reduced = reduced || !l.Discount.IsZero() || !l.DiscountPercent.IsZero()
	}
	keys := [...]string{"position", "item", "", "quantity", "unit", "price", "discount", "vat", ""}
	needed := map[string]bool{"": true, "quantity": !one, "price": !one || reduced, "discount": reduced}
	var kept []column
	for i, col := range columns {
		if needed[keys[i]] || slices.Contains(names, keys[i]) {
			kept = append(kept, col)
		}
	}
	return kept
}

// decimals is the number of decimals of an amount's currency, as the totals
// are rounded to it.
func decimals(a invoice.Amount) int {
	_, fraction, _ := strings.Cut(a.Number(), ".")
	return len(fraction)
}

// describe is what was sold, below it the time that it covers, and what was
// taken off or added for a reason.
func (c *composer) describe(l invoice.Line) string {
	words := prose(l.Description)
	if id := l.StandardID; id.ID != "" {
		words += "\n" + schemeName(id.Scheme) + string(noBreakSpace) + cleanLine(id.ID)
	}
	if l.Period != (invoice.Period{}) {
		words += "\n" + c.period(l.Period)
	}
	if l.GrossPrice != "" && l.GrossPrice != l.UnitPrice {
		words += "\n" + c.Texts.UnitPrice + " " + c.Number(string(l.GrossPrice), decimals(c.totals.Net)) + " " + lang.Minus + " " + c.Texts.Discount + " " + c.Number(string(l.PriceDiscount()), decimals(c.totals.Net))
	}
	if len(l.Allowances)+len(l.Charges) == 0 {
		return words
	}
	amounts, err := l.Amounts(c.inv.Currency)
	if err != nil {
		return words // Totals would have failed
	}
	for i, a := range l.Allowances {
		words += "\n" + c.allowanceName(c.Allowance, a) + ": " + c.negated(amounts.Allowances[i])
	}
	for i, a := range l.Charges {
		words += "\n" + c.allowanceName(c.Charge, a) + ": " + c.money(amounts.Charges[i])
	}
	return words
}

// priceOf is the price of a unit, or of as many as it is the price of.
func (c *composer) priceOf(l invoice.Line, digits int) string {
	price := c.Number(string(l.UnitPrice.Or("0")), digits)
	if l.PriceQuantity == "" || l.PriceQuantity == "1" {
		return price
	}
	return price + " " + lang.Fill(c.Per, "n", c.Number(string(l.PriceQuantity), 0))
}

// discountOf writes the percentage, the amount taken off, or both.
func (c *composer) discountOf(l invoice.Line, digits int) string {
	var parts []string
	if !l.DiscountPercent.IsZero() {
		parts = append(parts, c.percent(l.DiscountPercent))
	}
	if !l.Discount.IsZero() {
		parts = append(parts, c.Number(string(l.Discount), digits))
	}
	return strings.Join(parts, " + ")
}

// vatOf writes the rate with the mark of the sentence that belongs to it.
func (c *composer) vatOf(l invoice.Line) string {
	rate := c.percent(l.VATRate)
	if note := c.notes[l.Category()]; note != "" {
		return rate + string(noBreakSpace) + note
	}
	return rate
}

// rowParts sets one row, in several pieces if it is very tall.
func rowParts(columns []column, t typeface, row int, padding length, table *finish.Node) []part {
	all := make([][]string, len(columns))
	nodes := make([]*finish.Node, len(columns))
	tr := table.Child("TR")
	most, boxes := 1, 1
	for i, c := range columns {
		nodes[i] = tr.Cell("TD", "")
		if c.numeric {
			all[i] = []string{c.cells[row]}
		} else {
			all[i] = t.wrapped(c.w, c.cells[row])
		}
		most, boxes = max(most, len(all[i])), boxes+len(all[i])
	}
	piece := most
	if most > tallRow {
		piece = rowCut
	}
	var parts []part
	for from := 0; from < most; from += piece {
		to := min(from+piece, most)
		b := block{boxes: make([]box, 0, boxes)}
		if from == 0 {
			b.h = padding
		}
		for i := range columns {
			for n := from; n < min(to, len(all[i])); n++ {
				if all[i][n] != "" {
					o := columns[i].set(t, b.h+length(n-from)*t.leading, all[i][n])
					o.node = nodes[i]
					b.add(o)
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

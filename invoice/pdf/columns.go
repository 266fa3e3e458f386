package pdf

import (
	"slices"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice/pdf/finish"
	"invoicelink/invoice/pdf/font"
)

// column is one column of a table. Its cells are cleaned texts.
type column struct {
	title string
	cells []string
	// numeric columns are set flush right and never broken, so that no digit
	// is ever parted from its number.
	numeric bool
	// most limits a text column's width; 0 gives it what is left.
	most length
	// least is how wide the column is at least; on a full page it is not.
	least length
	// hang is the width of the mark behind some numbers, which stands outside of
	// their column, so that digits stand under digits.
	hang length
	x, w length
}

const columnGap = 34 * mm / 10

// fitColumns sets the columns' places between two edges, at the largest type
// size that leaves the one column without a limit at least minimum wide.
// Columns without any content are left out.
func (c *composer) fitColumns(columns []column, from, to, minimum length, sizes ...length) ([]column, typeface) {
	columns = filled(columns)
	var t typeface
	for n, size := range sizes {
		t = c.text.shrunk(size)
		rest := to - from - length(len(columns)-1)*columnGap
		free := -1
		for i := range columns {
			col := &columns[i]
			col.w = col.natural(t)
			if n == 0 {
				col.w = max(col.w, col.least)
			}
			if col.most == 0 && !col.numeric {
				free = i
				continue
			}
			rest -= col.w
		}
		if free >= 0 {
			columns[free].w = rest
		}
		if rest >= minimum {
			break
		}
	}
	x := from
	for i := range columns {
		columns[i].x = x
		x += columns[i].w + columnGap
	}
	return columns, t
}

func filled(columns []column) []column {
	var kept []column
	for _, c := range columns {
		for _, cell := range c.cells {
			if cell != "" {
				kept = append(kept, c)
				break
			}
		}
	}
	return kept
}

// natural is the width that the content asks for: a long title may be broken
// between its words, a number may not.
func (c *column) natural(t typeface) length {
	head := titleFace(t)
	w := head.measure(c.title)
	if w > 18*mm {
		w = head.inTwoLines(c.title)
	}
	if c.numeric {
		c.hang = 0
		for _, cell := range c.cells {
			c.hang = max(c.hang, t.measure(cell[noteOf(cell):]))
		}
		w += c.hang
	}
	for _, cell := range c.cells {
		if c.numeric {
			cell = cell[:noteOf(cell)]
		}
		w = max(w, t.measure(cell)+c.hang)
		if c.most > 0 && w >= c.most {
			return max(c.most, head.widest(font.Bold, head.size, strings.Fields(c.title)...))
		}
	}
	return w
}

// noteOf is where the mark of a sentence begins behind a number, the length of
// the text without one.
func noteOf(cell string) int {
	if cell == "" || cell[len(cell)-1] < utf8.RuneSelf { // nearly all
		return len(cell)
	}
	at := strings.LastIndex(cell, string(noBreakSpace))
	if at >= 0 && slices.Contains(noteMarks[:], cell[at+len(string(noBreakSpace)):]) {
		return at
	}
	return len(cell)
}

// inTwoLines is the width that a text needs on two lines, or on one if it is a
// single word.
func (t typeface) inTwoLines(s string) length {
	words := strings.Fields(s)
	least := t.measure(s)
	for i := 1; i < len(words); i++ {
		least = min(least, max(t.measure(strings.Join(words[:i], " ")), t.measure(strings.Join(words[i:], " "))))
	}
	return least
}

// titleFace is the typeface of column titles above a table in t.
func titleFace(t typeface) typeface { return t.shrunk(t.size*90/100).in(font.Bold, accent) }

// titles are the column titles above a table, with the line below them, as the
// first row of the table.
func titles(columns []column, t typeface, table *finish.Node) block {
	head := titleFace(t)
	row := table.Child("TR")
	all := make([][]string, len(columns))
	rows := 0
	for i, c := range columns {
		all[i] = head.wrapped(c.w, c.title)
		rows = max(rows, len(all[i]))
	}
	var b block
	for i, c := range columns {
		cell := row.Cell("TH", "Column")
		// Titles of one line stand on the last line of the tallest.
		y := length(rows-len(all[i])) * head.leading
		for _, line := range all[i] {
			o := c.set(head, y, line)
			o.node = cell
			b.add(o)
			y += head.leading
		}
	}
	b.h = length(rows)*head.leading + 1*mm
	last := columns[len(columns)-1]
	b.add(fill(columns[0].x, b.h, last.x+last.w-columns[0].x, 900, accent))
	b.h += 900
	return b
}

// set puts one line of a cell at its place in the column.
func (c *column) set(t typeface, y length, line string) box {
	if c.numeric {
		at := noteOf(line)
		return t.right(c.x+c.w-c.hang+t.measure(line[at:]), y, line)
	}
	return t.at(c.x, y, line)
}

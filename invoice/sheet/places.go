package sheet

import (
	"cmp"
	"path/filepath"
	"slices"

	"invoicelink/invoice"
)

// spot is a place in the file: the row from 1, the column from 0.
type spot struct{ row, col int }

// draft is what is remembered of an entry beside the invoice: where its values
// stand.
type draft struct {
	lineRows []int         // the row of each line
	moved    map[field]int // the row of an invoice field, where it is not the first
	bad      map[badKey]bool
	signs    []signed
}

// badKey names a field that has a problem already; line is -1 for a field of
// the invoice.
type badKey struct {
	f    field
	line int
}

// signed is a number with a currency beside it, to be compared with the
// invoice's.
type signed struct {
	at         spot
	f          field
	line       int
	raw        string
	currencies []string
}

// spot is where a field's value stands, or would stand.
func (e *Entry) spot(f field, line int) spot {
	row := e.FirstRow
	switch {
	case line >= 0 && line < len(e.lineRows):
		row = e.lineRows[line]
	case line < 0 && e.moved[f] > 0:
		row = e.moved[f]
	}
	col := e.book.layout.first[f]
	if col < 0 && line >= 0 {
		col = e.book.layout.first[fDescription]
	}
	if col < 0 {
		col = e.book.layout.first[fNumber]
	}
	return spot{row, max(col, 0)}
}

// fail adds a problem of a field at its cell; a field has one at most.
func (e *Entry) fail(f field, line int, at spot, value, message string) {
	key := badKey{f, line}
	if e.bad[key] {
		return
	}
	if e.bad == nil {
		e.bad = map[badKey]bool{}
	}
	e.bad[key] = true
	e.Problems = append(e.Problems, e.book.problem(at, specs[f].label, value, message))
}

// report places problems of the invoice at their cells. Those of a field whose
// cell could not be read would only repeat that, or follow from it.
func (e *Entry) report(problems invoice.Problems) {
	for _, p := range problems {
		f, line := byPath(p.Field)
		if e.bad[badKey{f, line}] || e.follows(f, line) {
			continue
		}
		at := e.spot(f, line)
		label := specs[f].label
		if specs[f].path != p.Field && !(line >= 0 && specs[f].line) {
			label = "invoice" // the invoice as a whole, or a field without a column
		}
		e.Problems = append(e.Problems, e.book.problem(at, label, p.Value, p.Message))
	}
	e.sort()
}

// follows reports whether a problem of the field may come from another field
// that could not be read.
func (e *Entry) follows(f field, line int) bool {
	switch f {
	case fVATCategory:
		return e.bad[badKey{fVATRate, line}]
	case fDiscount:
		return e.bad[badKey{fQuantity, line}]
	case fDueDate:
		return e.bad[badKey{fKind, -1}] && e.Invoice.DueDate == ""
	}
	return false
}

// sort brings the problems into the order of the file and drops repeated ones.
func (e *Entry) sort() {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(columnOf(a.Cell), columnOf(b.Cell)))
	})
	e.Problems = slices.Compact(e.Problems)
}

// problem is one at a cell.
func (b *Book) problem(at spot, label, value, message string) Problem {
	p := b.rowProblem(at.row, message)
	p.Cell, p.Field, p.Value = cellName(at.col, at.row), label, short(value)
	return p
}

// rowProblem is one of a row, or where row is 0 of the file or sheet.
func (b *Book) rowProblem(row int, message string) Problem {
	p := Problem{Row: row, Message: message}
	if b.Format == CSV {
		p.File = b.Name
	} else {
		p.Sheet = b.Sheet
	}
	return p
}

// where names another cell inside a message.
func (b *Book) where(at spot) string {
	if b.Format == CSV {
		return "line " + itoa(at.row)
	}
	return cellName(at.col, at.row)
}

func baseName(path string) string { return filepath.Base(path) }

package sheet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// spot is a place in a sheet: the row from 1, the column from 0.
type spot struct{ row, col int }

// String is the name of the cell.
func (s spot) String() string { return grid.Name(s.col, s.row) }

// draft is what is remembered of an entry next to the invoice: where its values
// stand.
type draft struct {
	table    *table
	taxed    bool            // a line has VAT
	lineRows []int32         // the row of each line
	moved    map[field]int   // the row of an invoice field, if it is not the first
	fieldAt  []spot          // the cells of Invoice.Fields
	bad      map[badKey]bool // fields that have a problem
	pending  *work           // until it is finished
}

// badKey names a field that has a problem already; line is -1 for a field of
// the invoice.
type badKey struct {
	f    field
	line int
}

// signed is a number with a currency next to it, to be compared with the
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
		row = int(e.lineRows[line])
	case line < 0 && e.moved[f] > 0:
		row = e.moved[f]
	}
	l := e.tableOf(f).l
	col := l.first[f]
	for _, instead := range basis[f] {
		if col < 0 {
			col = l.first[instead]
		}
	}
	if col < 0 && line >= 0 {
		col = l.first[fDescription]
	}
	if col < 0 {
		col = l.first[fNumber]
	}
	return spot{row, max(col, 0)}
}

// tableOf is the table in which a field of the entry stands.
func (e *Entry) tableOf(f field) *table {
	if specs[f].line && e.table.lineTable != nil {
		return e.table.lineTable
	}
	return e.table
}

// basis are the fields that a field without a column comes from.
var basis = map[field][]field{
	fUnitPrice:       {fLineTotal, fLineGross, fNet, fTotal, fPayable},
	fVATRate:         {fTax, fVATCategory},
	fVATCategory:     {fTax, fVATRate},
	fExemptionReason: {fExemptionCode, fVATCategory, fTax, fVATRate},
	fDueDate:         {fTerms},
	fPrepaid:         {fBalance},
}

// fail adds a problem of a field at its cell; a field has one at most.
func (e *Entry) fail(f field, line int, at spot, value string, what Sentence) {
	key := badKey{f, line}
	if e.bad[key] {
		return
	}
	if e.bad == nil {
		e.bad = map[badKey]bool{}
	}
	e.bad[key] = true
	e.Problems = append(e.Problems, e.book.problem(e.tableOf(f), at, f, value, what))
}

// failed adds the problem of a cell that could not be read, or a question if a
// profile can decide how it is read.
func (e *Entry) failed(f field, line int, at spot, raw string, err error) {
	u, ok := errors.AsType[*undecided](err)
	if !ok {
		e.fail(f, line, at, raw, sentenceOf(err))
		return
	}
	if e.bad[badKey{f, line}] {
		return
	}
	e.fail(f, line, at, raw, u.what)
	e.Problems[len(e.Problems)-1].Question = u.code
	e.book.count(e, u.code, u.question)
}

// report places problems of the invoice at their cells. Those of a field whose
// cell could not be read would only repeat that, or follow from it.
func (e *Entry) report(problems invoice.Problems) {
	for _, p := range problems {
		f, line := byPath(p.Field)
		if e.bad[badKey{f, line}] || e.follows(f, line) {
			continue
		}
		where := e.at(p.Field, p.Value)
		where.Code, where.Message = p.Code, p.Message
		if !e.remedy(f, &where, p) && p.Value == "" && !e.tableOf(f).hasBasis(f) && where.FieldCode != "field-invoice" {
			where.Header = specs[f].header
		}
		e.Problems = append(e.Problems, where)
	}
	e.sort()
}

// hasBasis reports whether a field has a column, or one that it comes from.
func (t *table) hasBasis(f field) bool {
	return t.has(f) || slices.ContainsFunc(basis[f], t.has)
}

// at is a problem at the cell of a path in the invoice's JSON.
func (e *Entry) at(path, value string) Problem {
	var own int
	if n, _ := fmt.Sscanf(path, "fields[%d]", &own); n == 1 && own >= 0 && own < len(e.fieldAt) {
		p := e.book.problem(e.table, e.fieldAt[own], noField, value, Sentence{})
		p.Field, p.FieldCode = "invoice", "field-invoice"
		return p
	}
	f, line := byPath(path)
	p := e.book.problem(e.tableOf(f), e.spot(f, line), f, value, Sentence{})
	if specs[f].path != path && !(line >= 0 && specs[f].line) {
		p.Field, p.FieldCode = "invoice", "field-invoice" // the invoice as a whole, or a field without a column
	}
	return p
}

// follows reports whether a problem of the field may come from another field
// that could not be read.
func (e *Entry) follows(f field, line int) bool {
	switch f {
	case fVATCategory:
		return e.bad[badKey{fVATRate, line}] || e.bad[badKey{fTax, line}]
	case fVATRate:
		return e.bad[badKey{fTax, line}]
	case fDiscount:
		return e.bad[badKey{fQuantity, line}]
	case fDueDate:
		return (e.bad[badKey{fKind, -1}] || e.bad[badKey{fTerms, -1}]) && e.Invoice.DueDate == ""
	case fUnitPrice:
		for _, g := range basis[fUnitPrice] {
			if e.bad[badKey{g, line}] || e.bad[badKey{g, -1}] {
				return true
			}
		}
		return e.Invoice.Lines != nil && line >= 0 && line < len(e.Invoice.Lines) && e.Invoice.Lines[line].UnitPrice == "" && e.bad[badKey{fQuantity, line}]
	}
	return false
}

// sort brings the problems into the order of the file and drops repeated ones.
func (e *Entry) sort() {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(grid.Column(a.Cell), grid.Column(b.Cell)))
	})
	e.Problems = slices.CompactFunc(e.Problems, Problem.equal)
}

// problem is one at a cell.
func (b *Book) problem(t *table, at spot, f field, value string, what Sentence) Problem {
	p := b.rowProblem(t, at.row, what)
	p.Cell, p.Value = at.String(), short(value)
	if f != noField {
		p.Field, p.FieldCode = specs[f].label, "field-"+fieldCode(f)
	}
	return p
}

// rowProblem is one of a row, or if row is 0 of the file or sheet.
func (b *Book) rowProblem(t *table, row int, what Sentence) Problem {
	p := Problem{Row: row, Sentence: what, Message: what.English()}
	switch {
	case b.Format == CSV:
		p.File = b.Name
	case t != nil:
		p.Sheet = t.sheet
	default:
		p.Sheet = b.Sheet
	}
	return p
}

func baseName(path string) string { return filepath.Base(path) }

func mapsKeys[K comparable, V any](m map[K]V) func(func(K) bool) { return maps.Keys(m) }

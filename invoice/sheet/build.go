package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
)

// builder makes entries of rows.
type builder struct {
	b        *Book
	o        *Options
	date1904 bool
	current  *Entry
	raw      [fieldCount]string // the texts of the current entry's invoice fields
	pending  []pending
	points   bool // a number has proved a decimal point
	commas   bool // … a decimal comma
	orders   map[int]order
	clashing map[int]bool // columns that prove both orders of dates
	hidden   []int
}

// pending is a value with two readings, to be decided at the end of the file.
type pending struct {
	e     *Entry
	f     field
	line  int
	at    spot
	raw   string
	value value
	merge bool // compared with the value that is there, not set
}

func itoa(n int) string { return strconv.Itoa(n) }

// add takes the next row below the headers. Its error ends the reading.
func (x *builder) add(r *row) error {
	if !x.filled(r) {
		return nil
	}
	if x.b.Rows++; x.b.Rows > x.o.MaxRows {
		return &FileError{Path: x.b.Path, Message: fmt.Sprintf("has more than %d rows of data; the limit is configuration, so raise it or split the file", x.o.MaxRows)}
	}
	if r.hidden {
		x.hidden = append(x.hidden, r.num)
	}
	if word := x.totalsWord(r); word != "" {
		x.b.Notes = append(x.b.Notes, x.b.rowProblem(r.num, fmt.Sprintf("is left out, as %s makes it a row of totals", clip(word))))
		return nil
	}
	if !x.choose(r) {
		return nil
	}
	x.ragged(r)
	x.doubtful(r)
	e := x.current
	e.LastRow = r.num
	line := -1
	for _, c := range r.cells {
		f, ok := x.b.layout.fields[c.col]
		if !ok || f == fNumber || f == fStreet && c.col != x.b.layout.first[fStreet] {
			continue
		}
		if !specs[f].line {
			x.invoiceField(f, c, r)
			continue
		}
		if line < 0 {
			line = len(e.Invoice.Lines)
			e.Invoice.Lines = append(e.Invoice.Lines, invoice.Line{})
			e.lineRows = append(e.lineRows, r.num)
		}
		x.lineField(f, line, c, r)
	}
	x.streets(r)
	return nil
}

// filled reports whether a cell stands in a column that means something here.
func (x *builder) filled(r *row) bool {
	for i := range r.cells {
		if _, ok := x.b.layout.fields[r.cells[i].col]; ok {
			return true
		}
	}
	return false
}

// choose finds the entry to which a row belongs, a new one where need be.
func (x *builder) choose(r *row) bool {
	at := spot{r.num, x.b.layout.first[fNumber]}
	c := r.at(at.col)
	v, err := c.read(readName, false, x.date1904)
	switch {
	case err != nil:
		x.start(r, "")
		x.current.fail(fNumber, -1, at, c.text, err.Error())
	case v.text != "":
		if x.current == nil || x.current.Invoice.Number != v.text || x.current.bad[badKey{fNumber, -1}] {
			x.start(r, v.text)
		}
	case x.current == nil:
		x.b.Problems = append(x.b.Problems, x.b.problem(at, specs[fNumber].label, "", "is missing, and no invoice above it goes on here"))
		return false
	case x.another(r):
		x.start(r, "")
		x.current.fail(fNumber, -1, at, "", "is missing; the customer is another one than in the row above, so the row does not go on with that invoice")
	}
	return true
}

// another reports whether a row without a number begins an invoice of its own:
// it has an issue date and another customer than the invoice above. To take it
// for a part of that one would send the lines to the wrong customer.
func (x *builder) another(r *row) bool {
	l := x.b.layout
	name, issued := r.at(l.first[fCustomer]), r.at(l.first[fIssueDate])
	return name.kind != blank && issued.kind != blank && x.raw[fCustomer] != "" && trimSpace(name.text) != x.raw[fCustomer]
}

func (x *builder) start(r *row, number string) {
	x.raw = [fieldCount]string{}
	x.current = &Entry{Invoice: &invoice.Invoice{Number: number}, FirstRow: r.num, LastRow: r.num, book: x.b}
	x.b.Entries = append(x.b.Entries, x.current)
}

// invoiceField takes a field of the invoice from one of its rows. The first
// value counts; another one further down is a contradiction.
func (x *builder) invoiceField(f field, c cell, r *row) {
	e, at := x.current, spot{r.num, c.col}
	rawText := trimSpace(c.text)
	if x.raw[f] == rawText && rawText != "" {
		return
	}
	v, err := c.read(specs[f].read, specs[f].claim, x.date1904)
	if err != nil {
		e.fail(f, -1, at, c.text, err.Error())
		return
	}
	x.learn(c.col, v)
	x.put(pending{e: e, f: f, line: -1, at: at, raw: c.text, value: v, merge: x.raw[f] != ""})
	if x.raw[f] == "" {
		x.raw[f] = rawText
		if r.num != e.FirstRow {
			if e.moved == nil {
				e.moved = map[field]int{}
			}
			e.moved[f] = r.num
		}
	}
}

// lineField takes a field of a line.
func (x *builder) lineField(f field, line int, c cell, r *row) {
	at := spot{r.num, c.col}
	v, err := c.read(specs[f].read, specs[f].claim, x.date1904)
	if err != nil {
		x.current.fail(f, line, at, c.text, err.Error())
		return
	}
	x.learn(c.col, v)
	x.put(pending{e: x.current, f: f, line: line, at: at, raw: c.text, value: v})
}

// put sets a value, or keeps one with two readings for later.
func (x *builder) put(p pending) {
	if p.value.currencies != nil {
		p.e.signs = append(p.e.signs, signed{p.at, p.f, p.line, p.raw, p.value.currencies})
	}
	if p.value.other != "" || p.merge {
		x.pending = append(x.pending, p)
		return
	}
	p.e.slot(p.f, p.line).set(p.value.text)
}

// streets joins the lines of an address that stand in several columns.
func (x *builder) streets(r *row) {
	l := x.b.layout
	if len(l.street) < 2 {
		return
	}
	var parts []string
	for _, col := range l.street {
		c := r.at(col)
		v, err := c.read(readText, false, x.date1904)
		if err != nil {
			x.current.fail(fStreet, -1, spot{r.num, col}, c.text, err.Error())
			return
		}
		if v.text != "" {
			parts = append(parts, v.text)
		}
	}
	if joined := strings.Join(parts, "\n"); joined != "" && r.num == x.current.FirstRow {
		x.current.Invoice.Buyer.Address.Street = joined
	}
}

// ragged refuses a CSV record that has not the header's fields: a separator too
// few or too many moves every value behind it into another column.
func (x *builder) ragged(r *row) {
	if r.fields == 0 {
		return
	}
	width := x.b.layout.width
	last := r.cells[len(r.cells)-1].col + 1
	if r.fields >= width && last <= width {
		return
	}
	x.current.Problems = append(x.current.Problems, x.b.rowProblem(r.num, fmt.Sprintf(
		"has %d fields, but the header row has %d; a separator is missing, or one inside a text is not in quotation marks", max(r.fields, last), width)))
}

// doubtful refuses an invoice that has a value in an unclear column which would
// change what is payable: without it the amount may be wrong.
func (x *builder) doubtful(r *row) {
	for _, c := range r.cells {
		d, ok := x.b.layout.doubts[c.col]
		if !ok || strings.Trim(c.text, "0.,% ") == "" {
			continue
		}
		i := slices.IndexFunc(x.b.layout.columns, func(column Column) bool { return column.Index == c.col })
		header := x.b.layout.columns[i].Header
		x.current.Problems = append(x.current.Problems, x.b.problem(spot{r.num, c.col}, "", c.text, fmt.Sprintf(
			"stands under the header %s, which may be %s and would change the amount; rename the column, or map it", clip(header), d.hint)))
	}
}

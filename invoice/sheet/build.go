package sheet

import (
	"hash/maphash"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// builder makes entries of the rows of a table.
type builder struct {
	b        *Book
	t        *table
	current  *Entry
	raw      [fieldCount]string // the texts of the current entry's invoice fields
	byNumber map[string]*Entry  // only if rows of an invoice may stand anywhere
	left     leftOut            // why the rows of the invoice above are left out
	last     string             // the number of the row above, left out or not
	sums     sums
	lines    map[string][]grid.Row // of the table with the lines, by number
	leftOut  map[leftOut][]int     // rows by the reason for leaving them out
	hidden   []int
	interned map[string]string
	cleaned  int // texts that held invisible characters

	constants []constant
	customers map[string]*customer // by folded number or name
}

var seed = maphash.MakeSeed()

func newBuilder(b *Book, t *table) *builder {
	x := &builder{b: b, t: t, leftOut: map[leftOut][]int{}, constants: t.constants(), customers: namedCustomers(t.p)}
	if t.p.Rows == "anywhere" {
		x.byNumber = map[string]*Entry{}
	}
	x.sums.on = t.totals > 0
	return x
}

// add takes the next row below the headers. Its error ends the reading.
func (x *builder) add(r *grid.Row) error {
	if !x.filled(r) {
		return nil
	}
	if x.b.Rows++; x.b.Rows > x.b.limits.MaxRows {
		return wrong("file-too-many-rows", x.b.limits.MaxRows)
	}
	if word := x.t.isTotals(r); word != "" {
		x.totalsRow(r, word)
		return nil
	}
	x.sums.add(x, r)
	number, err := x.number(r)
	if why := x.leaveOut(r, number); why.code != "" {
		x.leftOut[why] = append(x.leftOut[why], r.Num)
		return nil
	}
	if r.Hidden {
		if x.t.p.HiddenRows == "skip" {
			x.leave1("left-out-hidden", r.Num)
			return nil
		}
		x.hidden = append(x.hidden, r.Num)
	}
	if x.textOnly(r, number) || !x.choose(r, number, err) {
		return nil
	}
	if x.identical(r) {
		return nil
	}
	x.ragged(r)
	x.sums.keep(x, r)
	e := x.current
	e.LastRow = r.Num
	x.invoiceFields(r)
	if x.t.lineTable == nil {
		x.lineFields(r, x.t)
	}
	x.templates(r)
	x.check(r)
	return nil
}

// filled reports whether a cell stands in a column that means something here.
func (x *builder) filled(r *grid.Row) bool {
	for i := range r.Cells {
		if col := r.Cells[i].Col; col < len(x.t.l.roles) && (x.t.l.roles[col].f != noField || x.t.l.roles[col].rowLine || x.t.evidence[col] != nil) {
			return true
		}
	}
	return false
}

// number is the invoice number of a row: from its column or columns, or put
// together as the profile says.
func (x *builder) number(r *grid.Row) (string, error) {
	cols := x.t.l.cols[fNumber]
	if len(cols) == 0 {
		if x.t.p.Defaults.Number == "" {
			return "", nil
		}
		return x.expand(string(x.t.p.Defaults.Number), r, nil), nil
	}
	var parts []string
	for _, col := range cols {
		c := r.At(col)
		v, err := x.t.v.read(&c, readName, false)
		if err != nil {
			return "", err
		}
		if v.text != "" {
			parts = append(parts, x.clean(v.text))
		}
	}
	return strings.Join(parts, x.join(fNumber)), nil
}

// join is what stands between the texts of several columns of a field.
func (x *builder) join(f field) string {
	if s, ok := x.t.p.Join[string(specs[f].name)]; ok {
		return string(s)
	}
	return joined[f]
}

// choose finds the entry to which a row belongs, a new one if need be.
func (x *builder) choose(r *grid.Row, number string, err error) bool {
	at := spot{r.Num, max(x.t.l.first[fNumber], 0)}
	cell := r.At(at.col)
	e := x.current
	switch {
	case err != nil:
		x.start(r, "")
		x.current.fail(fNumber, -1, at, cell.Text, sentenceOf(err))
	case number != "":
		if e != nil && e.Invoice.Number == number && !e.bad[badKey{fNumber, -1}] {
			break
		}
		if before := x.byNumber[number]; before != nil {
			x.resume(before)
			break
		}
		x.start(r, number)
	case x.t.p.BlankNumber == "missing":
		x.start(r, "")
		x.current.fail(fNumber, -1, at, "", say("number-missing-by-profile"))
	case e == nil:
		x.b.Problems = append(x.b.Problems, x.b.problem(x.t, at, fNumber, "", say("number-missing")))
		return false
	case x.another(r):
		x.start(r, "")
		x.current.fail(fNumber, -1, at, "", say("number-missing-customer"))
	case x.t.p.BlankNumber == "" && x.hasOwnFields(r):
		e.stop("blank-number", at, "", say("number-missing-own-fields", r.Num), func() Question {
			return question(say("ask-blank-number"),
				answer("further-lines", "", "blank_number: continues", ""),
				answer("missing-numbers", "", "blank_number: missing", ""))
		})
	}
	return true
}

// another reports whether a row without a number begins an invoice of its own:
// it has an issue date and another customer than the invoice above. To take it
// for a part of that one would send the lines to the wrong customer.
func (x *builder) another(r *grid.Row) bool {
	l := x.t.l
	name, issued := r.At(l.first[fCustomer]), r.At(l.first[fIssueDate])
	return name.Kind != grid.Blank && issued.Kind != grid.Blank && x.raw[fCustomer] != "" && grid.Trim(name.Text) != x.raw[fCustomer]
}

// hasOwnFields reports whether a row has what only the first one of an invoice
// needs.
func (x *builder) hasOwnFields(r *grid.Row) bool {
	n := 0
	for _, f := range []field{fIssueDate, fDueDate, fCustomer, fCurrency} {
		if col := x.t.l.first[f]; col >= 0 && r.At(col).Kind != grid.Blank {
			n++
		}
	}
	issued := x.t.l.first[fIssueDate]
	return n >= 2 && issued >= 0 && r.At(issued).Kind != grid.Blank
}

func (x *builder) start(r *grid.Row, number string) {
	x.leave()
	x.raw = [fieldCount]string{}
	x.current = &Entry{Invoice: &invoice.Invoice{Number: strings.Clone(number)}, Claims: &invoice.Claims{}, FirstRow: r.Num, LastRow: r.Num, book: x.b, draft: draft{table: x.t}}
	x.b.Entries = append(x.b.Entries, x.current)
	if x.byNumber != nil && number != "" {
		x.byNumber[number] = x.current
	}
	if x.t.lineTable != nil {
		for i := range x.lines[number] {
			r := &x.lines[number][i]
			x.lineFields(r, x.t.lineTable)
			x.takeLine(r)
		}
		delete(x.lines, number)
	}
}

// leave finishes the entry whose rows have all been read; with rows anywhere
// that is known at the end only.
func (x *builder) leave() {
	switch {
	case x.current == nil:
	case x.byNumber == nil:
		x.finish(x.current)
	default:
		x.current.work().raw = x.raw
	}
	x.current = nil
}

// resume goes on with an entry above.
func (x *builder) resume(e *Entry) {
	x.leave()
	x.current, x.raw = e, e.work().raw
}

// ragged refuses a CSV record that has not the header's fields: a separator too
// few or too many moves every value behind it into another column.
func (x *builder) ragged(r *grid.Row) {
	if r.Fields == 0 {
		return
	}
	width := x.t.l.width
	last := r.Cells[len(r.Cells)-1].Col + 1
	if r.Fields >= width && last <= max(width, x.t.fields) {
		return
	}
	x.current.Problems = append(x.current.Problems, x.b.rowProblem(x.t, r.Num, say("row-fields", max(r.Fields, last), width)))
}

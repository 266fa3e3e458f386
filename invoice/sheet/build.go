package sheet

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
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

// templates fills in the profile's texts that name columns of the row.
func (x *builder) templates(r *grid.Row) {
	d, w := &x.t.p.Defaults, x.current.work()
	if strings.Contains(string(d.Description), "{") {
		for len(w.descriptions) < max(1, len(x.current.Invoice.Lines)) {
			w.descriptions = append(w.descriptions, x.clean(x.expand(string(d.Description), r, x.current)))
		}
	}
	x.expandConstants(r)
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

// expand replaces the names of columns and fields in braces by what stands in
// the row. It is empty if none of them has a value.
func (x *builder) expand(template string, r *grid.Row, e *Entry) string {
	var out strings.Builder
	named, found := false, false
	for rest := template; rest != ""; {
		before, after, ok := strings.Cut(rest, "{")
		out.WriteString(before)
		name, tail, closed := strings.Cut(after, "}")
		if !ok || !closed {
			break
		}
		rest = tail
		s := ""
		switch {
		case name == "row":
			s = strconv.Itoa(r.Num)
		case name == "number" && e != nil:
			s = e.Invoice.Number
		default:
			s = x.cellText(r, name)
			named, found = true, found || s != ""
			out.WriteString(s)
			continue
		}
		out.WriteString(s)
	}
	if named && !found {
		return ""
	}
	return grid.Trim(out.String())
}

// cellText is the text of a row's cell in the column of a header, a letter or a
// field.
func (x *builder) cellText(r *grid.Row, name string) string {
	col := -1
	if cols := x.t.l.find(x.t.headers, name); len(cols) > 0 {
		col = cols[0]
	} else if to, ok := profile.ParseField(name); ok && to != profile.Ignore {
		col = x.t.l.first[byName[to]]
	}
	return x.plainText(r, col)
}

// plainText is the text of a cell as it is shown; empty if there is none.
func (x *builder) plainText(r *grid.Row, col int) string {
	if col < 0 {
		return ""
	}
	c := r.At(col)
	if c.Kind == grid.Blank || c.Kind == grid.Error || c.Kind == grid.Unstored {
		return ""
	}
	s, err := x.t.v.plain(&c)
	if err != nil {
		return c.Text
	}
	return s
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
	x.current = &Entry{Invoice: &invoice.Invoice{Number: strings.Clone(number)}, FirstRow: r.Num, LastRow: r.Num, book: x.b, draft: draft{table: x.t}}
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

// takeLine remembers the values of a row on the sheet of lines that are not
// read.
func (x *builder) takeLine(r *grid.Row) {
	t := x.t.lineTable
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Col < len(t.evidence) && t.evidence[c.Col] != nil {
			x.take(t, t.evidence[c.Col], c, r)
		}
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

// invoiceFields takes the fields of the invoice from a row. The first value of
// each counts; another one further down is a contradiction.
func (x *builder) invoiceFields(r *grid.Row) {
	l := x.t.l
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col >= len(l.roles) {
			break
		}
		f := l.roles[c.Col].f
		if f == noField || f == fNumber || specs[f].line || c.Col != l.first[f] && len(l.cols[f]) > 1 {
			continue
		}
		if len(l.cols[f]) > 1 {
			continue
		}
		x.invoiceField(f, c, r)
	}
	for f := range fieldCount {
		if len(l.cols[f]) > 1 && f != fNumber && !specs[f].line {
			x.joinedField(f, r)
		}
	}
}

func (x *builder) invoiceField(f field, c *grid.Cell, r *grid.Row) {
	e, at := x.current, spot{r.Num, c.Col}
	rawText := grid.Trim(c.Text)
	if x.raw[f] == rawText && rawText != "" {
		return
	}
	if f == fKind && x.kindOf(e, c, at) {
		return
	}
	v, err := x.t.v.read(c, specs[f].read, specs[f].claim)
	if err != nil {
		e.failed(f, -1, at, c.Text, err)
		return
	}
	x.signs(e, f, -1, at, c.Text, v)
	x.set(e, f, at, rawText, x.cleanField(f, v.text))
}

// intern keeps one copy of texts that repeat, such as units and rates, and
// frees a text from the record that it is part of.
func (x *builder) intern(s string) string {
	if len(s) > 100 {
		return strings.Clone(s)
	}
	if known, ok := x.interned[s]; ok {
		return known
	}
	if x.interned == nil || len(x.interned) > 2000 {
		x.interned = map[string]string{}
	}
	s = strings.Clone(s)
	x.interned[s] = s
	return s
}

// set takes a value of the invoice, the first one, or compares it with that.
func (x *builder) set(e *Entry, f field, at spot, raw, value string) {
	slot := e.slot(f, -1)
	if x.raw[f] != "" {
		if before := *slot; before != value && !e.bad[badKey{f, -1}] {
			e.contradict(f, at, raw, before, value)
		}
		return
	}
	*slot = x.intern(value)
	x.raw[f] = strings.Clone(raw)
	if at.row != e.FirstRow {
		if e.moved == nil {
			e.moved = map[field]int{}
		}
		e.moved[f] = at.row
	}
}

// joinedField takes a field whose value stands in several columns: texts are
// joined, amounts added.
func (x *builder) joinedField(f field, r *grid.Row) {
	e := x.current
	var parts, raws []string
	sum := fixed(0)
	for _, col := range x.t.l.cols[f] {
		c := r.At(col)
		if c.Kind == grid.Blank {
			continue
		}
		at := spot{r.Num, col}
		v, err := x.t.v.read(&c, specs[f].read, specs[f].claim)
		if err != nil {
			e.failed(f, -1, at, c.Text, err)
			return
		}
		x.signs(e, f, -1, at, c.Text, v)
		n, _ := fixedOf(v.text)
		sum += n
		parts, raws = append(parts, x.cleanField(f, v.text)), append(raws, grid.Trim(c.Text))
	}
	if len(parts) == 0 {
		return
	}
	value := strings.Join(parts, x.join(f))
	if specs[f].read == readNumber {
		value = string(sum.decimal())
	}
	if raw := strings.Join(raws, "\x00"); raw != x.raw[f] {
		x.set(e, f, spot{r.Num, x.t.l.first[f]}, raw, value)
	}
}

// contradict reports two values for one field of an invoice, at both cells.
func (e *Entry) contradict(f field, at spot, raw, before, after string) {
	first := e.spot(f, -1)
	e.Problems = append(e.Problems, e.book.problem(e.table, first, f, before, say("contradiction", clip(before), clip(after), at)))
	e.fail(f, -1, at, raw, say("contradiction", clip(after), clip(before), first))
}

// signs remembers a currency next to a number.
func (x *builder) signs(e *Entry, f field, line int, at spot, raw string, v value) {
	if v.currencies != nil {
		e.signs = append(e.signs, signed{at, f, line, raw, v.currencies})
	}
}

// lineFields takes the lines of a row: one, or as many as stand side by side in
// it or in its cells.
func (x *builder) lineFields(r *grid.Row, t *table) {
	for i, binds := range t.l.lines {
		if i < len(t.p.RowLines) && t.side == nil {
			x.rowLine(r, t, binds, &t.p.RowLines[i])
			continue
		}
		if parts := x.split(r, t, binds); len(parts) > 1 {
			for _, cells := range parts {
				x.line(r, t, binds, cells)
			}
			continue
		}
		x.line(r, t, binds, nil)
	}
}

// rowLine takes one of several lines in a row, if one of its own columns is
// filled and not zero; columns that all lines share come with it.
func (x *builder) rowLine(r *grid.Row, t *table, binds []bind, rl *profile.RowLine) {
	used := false
	for _, b := range binds {
		c := r.At(b.col)
		used = used || c.Kind != grid.Blank && strings.Trim(c.Text, "0.,- ") != ""
	}
	if !used {
		return
	}
	for _, f := range []field{fItem, fDescription, fQuantity, fUnit, fUnitPrice, fDiscountPercent, fVATRate, fTax, fVATCategory} {
		own := slices.ContainsFunc(binds, func(b bind) bool { return b.f == f })
		if !own && len(t.l.cols[f]) > 0 && !t.l.roles[t.l.first[f]].rowLine {
			binds = append(binds[:len(binds):len(binds)], bind{t.l.first[f], f})
		}
	}
	x.line(r, t, binds, nil)
	e := x.current
	line := len(e.Invoice.Lines) - 1
	d := rl.Defaults
	for f, s := range map[field]string{
		fDescription: x.expand(string(d.Description), r, e), fQuantity: string(d.Quantity), fUnit: string(d.Unit), fUnitPrice: string(d.UnitPrice), fVATCategory: d.VATCategory,
	} {
		if slot := e.slot(f, line); *slot == "" && s != "" {
			*slot = s
		}
	}
	if len(d.VATRate) == 1 && e.Invoice.Lines[line].VATRate == "" && e.workLine(line).tax == "" {
		e.Invoice.Lines[line].VATRate = invoice.Decimal(strings.TrimSuffix(string(d.VATRate[0]), "%"))
	}
}

// split cuts the cells of a row into those of its lines, by what the profile
// names as their separator. A cell with one part holds for all of them.
func (x *builder) split(r *grid.Row, t *table, binds []bind) [][]grid.Cell {
	sep := t.p.SplitLines
	if sep == "" {
		return nil
	}
	if sep == profile.NewLine {
		sep = "\n"
	}
	most := 1
	parts := make([][]string, len(binds))
	for i, b := range binds {
		c := r.At(b.col)
		if c.Kind != grid.Text {
			continue
		}
		text := strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(c.Text, "\r\n", "\n"), "\r", "\n"), "\n ")
		parts[i] = strings.Split(text, sep)
		most = max(most, len(parts[i]))
	}
	if most == 1 {
		return nil
	}
	out := make([][]grid.Cell, most)
	for i, b := range binds {
		c := r.At(b.col)
		n := len(parts[i])
		if n > 1 && n != most {
			x.current.fail(b.f, -1, spot{r.Num, b.col}, c.Text, say("parts-differ", n, most))
			return nil
		}
		for j := range out {
			cell := c
			if n > 1 {
				cell.Text = grid.Trim(parts[i][j])
				if cell.Text == "" {
					cell.Kind = grid.Blank
				}
			}
			out[j] = append(out[j], cell)
		}
	}
	return out
}

// line adds a line of the row's cells, or of those given instead; none if no
// cell of a line is filled.
func (x *builder) line(r *grid.Row, t *table, binds []bind, cells []grid.Cell) {
	e := x.current
	line := -1
	var before grid.Cell
	for i, b := range binds {
		c := r.At(b.col)
		if cells != nil {
			c = cells[i]
		}
		if c.Kind == grid.Blank {
			continue
		}
		if line < 0 {
			line = len(e.Invoice.Lines)
			e.Invoice.Lines = append(e.Invoice.Lines, invoice.Line{})
			e.lineRows = append(e.lineRows, int32(r.Num))
		}
		at := spot{r.Num, b.col}
		v, err := t.v.read(&c, specs[b.f].read, specs[b.f].claim)
		if err != nil {
			e.failed(b.f, line, at, c.Text, err)
			continue
		}
		x.signs(e, b.f, line, at, c.Text, v)
		slot := e.slot(b.f, line)
		text := x.cleanField(b.f, v.text)
		if *slot != "" && before.Kind != grid.Blank {
			text = *slot + x.join(b.f) + text
		}
		*slot, before = x.intern(text), c
	}
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

// cleanField takes characters that nobody sees out of a text.
func (x *builder) cleanField(f field, s string) string {
	switch specs[f].read {
	case readText, readName, readCode:
		return x.clean(s)
	}
	return s
}

// clean turns spaces of typesetters into plain ones and takes out what has no
// width: a number or name that looks the same must be the same.
func (x *builder) clean(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	changed := false
	out := strings.Map(func(r rune) rune {
		switch {
		case grid.ZeroWidth(r):
			changed = true
			return -1
		case r != '\n' && r >= 0x80 && grid.Invisible(r):
			changed = true
			return ' '
		}
		return r
	}, s)
	if changed {
		x.cleaned++
	}
	return grid.Trim(out)
}

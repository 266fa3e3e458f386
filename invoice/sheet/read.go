package sheet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
	"invoicelink/invoice/sheet/xlsx"
)

// Read reads the file at path and checks every invoice in it. Memory grows with
// the invoices, not with the file: rows are streamed, twice.
//
// An error is about the file as a whole. It is a *FileError, unless the context
// ended, and says what the file is instead and what to do. If only an answer is
// missing, or columns are misspelt, it lists all of that, and the Book is there
// with its Columns and Questions and without entries. Everything else is in the
// Book.
func Read(ctx context.Context, path string, o Options) (*Book, error) {
	o.MaxRows = cmp.Or(o.MaxRows, DefaultMaxRows)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	f, err := openFile(ctx, path, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := &Book{Path: path, Name: baseName(path), Format: f.format, SHA256: f.sha256, limits: o}
	if b.source, err = filepath.Abs(path); err != nil {
		return nil, fileError(path, say("file-path", err), err)
	}
	err = b.read(ctx, f)
	switch {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("read %s: %w", path, context.Cause(ctx))
	case errors.Is(err, errAsked):
		return b, b.unanswered()
	}
	b.Entries = nil
	if fe, ok := errors.AsType[*FileError](err); ok {
		if len(b.Columns) > 0 {
			return b, fe
		}
		return nil, fe
	}
	if qe, ok := errors.AsType[*csv.QuoteError](err); ok {
		fe := fileError(path, say("other", qe), err)
		for _, fault := range qe.Faults {
			fe.Problems = append(fe.Problems, Problem{File: b.Name, Row: fault.Line, Sentence: say("other", fault.Message), Message: fault.Message})
		}
		return nil, fe
	}
	return nil, fileError(path, sentenceOf(err), errors.Unwrap(err))
}

// unanswered is the error of a file that waits for answers.
func (b *Book) unanswered() *FileError {
	fe := fileError(b.Path, say("file-asked"), nil)
	if n := len(b.Questions); n > 1 {
		fe = fileError(b.Path, say("file-asked-several", n), nil)
	}
	var t *table
	row := 0
	if len(b.tables) > 0 {
		t = b.tables[0]
		row = t.headerRow
	}
	if t != nil && t.guessed {
		fe = fileError(b.Path, say("file-header-guessed", row, len(b.Questions)), nil)
	}
	for _, q := range b.Questions {
		p := b.rowProblem(t, row, q.Sentence)
		if len(q.Answers) > 0 {
			p.Message += " Answer it, for example, with the line " + q.Answers[0].YAML()
		}
		p.Question = q.Key
		fe.Problems = append(fe.Problems, p)
	}
	return fe
}

// open prepares the file for reading its rows.
func (b *Book) open(f *file) (*input, error) {
	if b.Format == XLSX {
		w, err := xlsx.Open(f, f.size, b.limits.MaxBytes)
		if err != nil {
			return nil, err
		}
		b.stale = w.Stale
		return &input{xlsx: w}, nil
	}
	form, err := b.chooseForm(f)
	if err != nil {
		return nil, err
	}
	b.form = form
	return &input{csv: csv.Open(f, f.size, form)}, nil
}

// chooseForm finds encoding and separator of a CSV file.
func (b *Book) chooseForm(f *file) (csv.Form, error) {
	mapped := b.mappedHeaders()
	for _, p := range b.limits.Profiles {
		for _, h := range p.Match {
			mapped[profile.Fold(h)] = h
		}
	}
	for _, p := range b.limits.Profiles {
		if p.Encoding == "" {
			continue
		}
		e, err := csv.ParseEncoding(p.Encoding)
		if err != nil {
			return csv.Form{}, err
		}
		form := csv.Form{Encoding: e, Comma: ','}
		if all, err := f.detector.Forms(); err == nil {
			form = all[0]
			if !form.BOM && form.Encoding != csv.UTF16LE && form.Encoding != csv.UTF16BE {
				form.Encoding = e
			}
		}
		_, form = commaOf(f, form, mapped)
		return form, nil
	}
	forms, err := f.detector.Forms()
	if err != nil {
		return csv.Form{}, err
	}
	best, at, twice := -1, 0, false
	for i := range forms {
		var score int
		score, forms[i] = commaOf(f, forms[i], mapped)
		switch {
		case score > best:
			best, at, twice = score, i, false
		case score == best:
			twice = true
		}
	}
	if twice {
		b.askEncoding(f, forms)
		return csv.Form{}, errAsked
	}
	form := forms[at]
	switch form.Encoding {
	case csv.UTF8, csv.UTF16LE, csv.UTF16BE:
	default:
		b.note(false, b.rowProblem(nil, 0, say("encoding", form.Encoding, quoted(f.detector.Sample(form.Encoding, 3)))))
	}
	return form, nil
}

func commaOf(f *file, form csv.Form, mapped map[string]string) (int, csv.Form) {
	file := csv.Open(f, f.size, form)
	best := 0
	file.DetectComma(headerWithin, func(r *grid.Row) int {
		n := headerScore(r, mapped)
		best = max(best, n)
		return n
	})
	return best, file.Form
}

func (b *Book) askEncoding(f *file, forms []csv.Form) {
	q := question(say("ask-encoding")).as("encoding")
	for _, form := range forms {
		sample := strings.Join(f.detector.Sample(form.Encoding, 3), ", ")
		q.Samples = append(q.Samples, Sample{Value: string(form.Encoding) + ": " + short(sample)})
		q.Answers = append(q.Answers, answer("it-reads", "", "encoding: "+string(form.Encoding), "", short(sample)))
	}
	b.ask(q)
}

func (b *Book) read(ctx context.Context, f *file) error {
	in, err := b.open(f)
	if err != nil {
		return err
	}
	if err := b.findTables(in); err != nil {
		return err
	}
	var problems []Problem
	for _, t := range b.tables {
		t.v.date1904 = in.date1904()
		t.v.setProfile(t.p)
		problems = append(problems, b.layOut(t, t.headers)...)
	}
	for _, t := range b.tables {
		if err := b.observe(ctx, in, t); err != nil {
			return err
		}
		t.setRules()
		t.v.decide(t)
		t.v.grouping = b.wholeMoney(t)
		t.findEvidence()
	}
	b.Columns = b.tables[0].l.columns
	if err := b.ready(problems); err != nil {
		return err
	}
	if err := b.assemble(ctx, in); err != nil {
		return err
	}
	if b.Rows == 0 {
		return wrong("file-no-rows", b.tables[0].l.row)
	}
	b.conclude()
	return nil
}

// ready reports what keeps the whole file from being read: columns that are
// wrong, another kind of list, open questions.
func (b *Book) ready(problems []Problem) error {
	t := b.tables[0]
	if err := t.otherList(); err != nil {
		return err
	}
	if t.p.List == "" && t.l.first[fNumber] < 0 {
		c := &candidate{}
		c.rows = t.above
		if n, example := c.labels(len(c.rows)); n >= 2 {
			return wrong("file-form-above", clip(example))
		}
	}
	empty := !slices.ContainsFunc(t.facts, func(f *facts) bool { return f != nil })
	if empty && len(problems) == 0 {
		return wrong("file-no-rows", t.l.row)
	}
	for _, t := range b.tables {
		if t.side == nil {
			b.missing(t)
			break
		}
	}
	if len(problems) > 0 {
		fe := fileError(b.Path, say("file-columns"), nil)
		fe.Problems = append(problems, b.unanswered().Problems...)
		return fe
	}
	for _, t := range b.tables {
		b.linesInCells(t)
	}
	if len(b.Questions) > 0 {
		for _, t := range b.tables {
			b.askAhead(t)
		}
		return errAsked
	}
	return nil
}

// linesInCells asks about a column whose cells hold whole tables of lines, as
// JSON or CSV: an invoice over the total alone would lack its lines.
func (b *Book) linesInCells(t *table) {
	for _, c := range t.l.columns {
		f := t.factsOf(c.Index)
		if c.Role != RoleCarried || t.l.roles[c.Index].answered || f == nil || t.p.SplitLines != "" {
			continue
		}
		if !slices.ContainsFunc(f.order, func(s string) bool { return embedded.MatchString(s) }) || !lineWords.MatchString(f.order[0]) {
			continue
		}
		key := firstOf(c.Header, c.Letter)
		q := question(say("ask-lines-in-cell", t.l.name(c.Index)), answer("one-line-each", "columns", yamlText(key)+": ignore", "")).as("lines-in-cell " + c.Letter)
		q.Samples = []Sample{{Value: short(f.order[0]), Cell: grid.Name(c.Index, f.firstRow)}}
		b.ask(q)
	}
}

// embedded are cells that hold a table: JSON, or CSV with a line of headers.
var (
	embedded  = regexp.MustCompile(`(?s)^\s*\[\s*\{"|^\w+(,\w+){3,}[;\n]`)
	lineWords = regexp.MustCompile(`(?i)qty|quantity|unit_price|price|amount|description`)
)

// askAhead adds the questions about states and kinds that would follow, so that
// all can be answered at once.
func (b *Book) askAhead(t *table) {
	if t.side != nil {
		return
	}
	x := newBuilder(b, t)
	for _, c := range t.l.columns {
		f := t.factsOf(c.Index)
		if f == nil {
			continue
		}
		k := t.status(c.Index)
		values := valuesFor(t.p.Issue, c.Header)
		asked := func(s string) bool { return s != "" && !k.isOpen(s) && !matchValue(values, s) }
		ruled := slices.ContainsFunc(t.rules, func(r rule) bool { return r.col == c.Index })
		switch {
		case k != 0 && !ruled && slices.ContainsFunc(f.order, asked):
			b.ask(x.stateQuestion(k, c.Index, c.Header).as("status " + c.Letter))
		case t.l.roles[c.Index].f == fKind && len(t.p.Kinds) == 0 && !ruled:
			for _, s := range f.distinct() {
				if _, ok := kinds[profile.Fold(s)]; !ok {
					b.ask(x.kindQuestion(c.Index, s).as("kind " + c.Letter))
					break
				}
			}
		}
	}
}

// wholeMoney reports whether the only currency of the file has no decimals.
func (b *Book) wholeMoney(t *table) bool {
	codes := []string{firstOf(t.p.Defaults.Currency, b.limits.Currency)}
	if col := t.l.first[fCurrency]; col >= 0 {
		codes = t.factsOf(col).distinct()
	}
	for _, code := range codes {
		digits, ok := currency.GetDigits(strings.ToUpper(code))
		if !ok || digits > 0 {
			return false
		}
	}
	return len(codes) > 0
}

// eachRow calls f with the filled rows below the headers.
func (b *Book) eachRow(ctx context.Context, rows grid.Rows, t *table, f func(*grid.Row) error) error {
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if r.Num <= t.headerRow || r.IsBlank() {
			continue
		}
		if err := f(r); err != nil {
			return err
		}
	}
}

// assemble reads the rows a second time and makes invoices of them.
func (b *Book) assemble(ctx context.Context, in *input) error {
	for _, t := range b.tables {
		if t.side != nil {
			continue
		}
		x := newBuilder(b, t)
		if t.lineTable != nil {
			if err := x.readLines(ctx, in); err != nil {
				return err
			}
		}
		if t.people != nil {
			if err := x.readCustomers(ctx, in); err != nil {
				return err
			}
		}
		rows, err := in.rows(t.sheet)
		if err != nil {
			return err
		}
		err = b.eachRow(ctx, rows, t, x.add)
		rows.Close() // was only read
		if err != nil {
			return err
		}
		x.end()
	}
	return nil
}

// readLines keeps the rows of the sheet with the lines, by invoice number.
func (x *builder) readLines(ctx context.Context, in *input) error {
	t := x.t.lineTable
	x.lines = map[string][]grid.Row{}
	if t.l.first[fNumber] < 0 {
		return wrong("file-lines-number", clip(t.sheet))
	}
	rows, err := in.rows(t.sheet)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	return x.b.eachRow(ctx, rows, t, func(r *grid.Row) error {
		if t.isTotals(r) != "" {
			return nil
		}
		if n++; n > x.b.limits.MaxRows {
			return wrong("file-too-many-rows", x.b.limits.MaxRows)
		}
		c := r.At(t.l.first[fNumber])
		v, err := t.v.read(&c, readName, false)
		if err != nil || v.text == "" {
			x.b.Problems = append(x.b.Problems, x.b.problem(t, spot{r.Num, c.Col}, fNumber, c.Text, say("number-missing-on-line")))
			return nil
		}
		kept := *r
		kept.Cells = slices.Clone(r.Cells)
		x.lines[v.text] = append(x.lines[v.text], kept)
		return nil
	})
}

// readCustomers keeps the rows of the sheet with the customers.
func (x *builder) readCustomers(ctx context.Context, in *input) error {
	t := x.t.people
	if t.l.first[fCustomerNo] < 0 && t.l.first[fCustomer] < 0 {
		return wrong("file-customers-key", clip(t.sheet))
	}
	rows, err := in.rows(t.sheet)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	return x.b.eachRow(ctx, rows, t, func(r *grid.Row) error {
		if n++; n > x.b.limits.MaxRows {
			return wrong("file-too-many-rows", x.b.limits.MaxRows)
		}
		x.addCustomer(t, r)
		return nil
	})
}

// end finishes what is open after the last row, and says what was left out.
func (x *builder) end() {
	x.leave()
	if x.byNumber != nil {
		for _, e := range slices.Clone(x.b.Entries) {
			if e.table == x.t {
				x.finish(e)
			}
		}
	}
	for _, number := range slices.Sorted(mapsKeys(x.lines)) {
		r := x.lines[number][0]
		x.b.Problems = append(x.b.Problems, x.b.problem(x.t.lineTable, spot{r.Num, x.t.lineTable.l.first[fNumber]}, fNumber, number, say("lines-without-invoice", clip(number), clip(x.t.sheet))))
	}
	for _, why := range slices.SortedFunc(mapsKeys(x.leftOut), leftOut.compare) {
		x.b.note(false, x.b.rowProblem(x.t, 0, why.sentence(x.leftOut[why])))
	}
	if len(x.hidden) > 0 {
		x.b.note(x.t.p.HiddenRows != "read", x.b.rowProblem(x.t, 0, say("hidden-rows", list(x.hidden))))
	}
	if x.cleaned > 0 {
		x.b.note(false, x.b.rowProblem(x.t, 0, say("cleaned-texts", x.cleaned)))
	}
	if x.b.stale && x.t.hasFormulas() {
		x.b.note(true, x.b.rowProblem(x.t, 0, say("stale-formulas")))
	}
}

// hasFormulas reports whether a column that is read as a number has formulas.
func (t *table) hasFormulas() bool {
	for col, f := range t.facts {
		if f != nil && f.formulas > 0 && col < len(t.l.roles) && t.l.roles[col].f != noField && specs[t.l.roles[col].f].read == readNumber {
			return true
		}
	}
	return false
}

// conclude settles what only the whole file can say.
func (b *Book) conclude() {
	for _, t := range b.tables {
		b.explain(t)
		if t.side == nil {
			b.netOrGross(t)
		}
	}
	b.Columns = b.tables[0].l.columns
	for _, n := range b.Notes {
		if n.Code != "totals-row" || !n.MustAccept || n.Accepted {
			continue
		}
		for _, e := range b.Entries {
			p := n.Problem
			p.Question = n.Code
			p.Sentence = Sentence{"totals-row-waits", append([]string{p.Cell}, p.Args...)}
			p.Message = p.English()
			e.Problems = append(e.Problems, p)
		}
	}
	b.duplicates()
}

// netOrGross asks whether prices are with VAT, if the header says only
// "price" and no amount of the file shows it.
func (b *Book) netOrGross(t *table) {
	col := t.l.first[fUnitPrice]
	if col < 0 || t.l.own || t.p.Prices != "" {
		return
	}
	header := profile.Fold(t.l.column(col).Header)
	if f, weakly := weak[header]; !weakly || f != fUnitPrice {
		return
	}
	for _, c := range t.l.columns {
		f := t.l.roles[c.Index].f
		if f == fTotal || f == fVATTotal || f == fLineVAT || f == fLineGross || f == fPayable {
			return // was compared
		}
		if ev := t.evidence[c.Index]; ev != nil {
			if h, ok := ev.proven(); ok && slices.Contains([]hypothesis{isTotal, isVAT, isLineVAT, isLineGross, isUnitGross, isPayable}, h) {
				return
			}
		}
	}
	for _, e := range b.Entries {
		taxed := slices.ContainsFunc(e.Invoice.Lines, func(l invoice.Line) bool { return !l.VATRate.IsZero() })
		if e.table != t || !taxed {
			continue
		}
		b.stopped(e, stop{"prices", spot{e.FirstRow, col}, "", say("price-net-or-gross"), t}, func() Question {
			q := question(say("ask-prices", t.l.name(col)), answer("without-vat", "", "prices: net", ""), answer("with-vat", "", "prices: gross", ""))
			q.Samples = t.factsOf(col).samples()
			return q
		})
		e.sort()
	}
}

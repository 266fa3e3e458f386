package sheet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
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
	o.MaxBytes = cmp.Or(o.MaxBytes, defaultMaxBytes)
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

// eachRow calls f with the filled rows of a table below its headers.
func (b *Book) eachRow(ctx context.Context, in *input, t *table, f func(*grid.Row) error) error {
	rows, err := in.rows(t.sheet)
	if err != nil {
		return err
	}
	defer rows.Close() // was only read
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
		if err := b.eachRow(ctx, in, t, x.add); err != nil {
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
	n := 0
	return x.b.eachRow(ctx, in, t, func(r *grid.Row) error {
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
	n := 0
	return x.b.eachRow(ctx, in, t, func(r *grid.Row) error {
		if n++; n > x.b.limits.MaxRows {
			return wrong("file-too-many-rows", x.b.limits.MaxRows)
		}
		x.addCustomer(t, r)
		return nil
	})
}

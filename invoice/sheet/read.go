package sheet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Read reads the file at path and checks every invoice in it. Memory grows with
// the invoices, not with the file: rows are streamed.
//
// An error is about the file as a whole. It is a *FileError, unless the context
// ended, and says what the file is instead and what to do; where columns are
// missing or misspelt it lists all of them, and the Book is there with its
// Columns and without entries. Everything else is in the Book.
func Read(ctx context.Context, path string, o Options) (*Book, error) {
	o.MaxRows = cmp.Or(o.MaxRows, DefaultMaxRows)
	o.MaxBytes = cmp.Or(o.MaxBytes, DefaultMaxBytes)
	f, err := openFile(ctx, path, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := &Book{Path: path, Name: baseName(path), Format: f.format, SHA256: f.sha256, limits: o, annotateRows: AnnotateRows}
	if b.source, err = filepath.Abs(path); err != nil {
		return nil, &FileError{Path: path, Message: "has no absolute path: " + err.Error(), Err: err}
	}
	if err := b.read(ctx, f, &o); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read %s: %w", path, context.Cause(ctx))
		}
		if fe, ok := errors.AsType[*FileError](err); ok {
			if b.layout != nil && len(b.Entries) == 0 {
				return b, fe
			}
			return nil, fe
		}
		return nil, &FileError{Path: path, Message: err.Error(), Err: errors.Unwrap(err)}
	}
	return b, nil
}

// rows opens the file's rows; it fills in what is known of the file then.
func (b *Book) rows(f *file, o *Options, mapped map[string]string) (source, bool, error) {
	if b.Format == CSV {
		f.detectComma(func(r *row) int { return headerScore(r, mapped) })
		b.form = f.form
		if b.form.code == windows1252 {
			b.Notes = append(b.Notes, b.rowProblem(0, "is not UTF-8 and was read as Windows-1252, the usual one in Western Europe; look at the names, or save it as CSV UTF-8"))
		}
		rows, err := f.csvRows()
		return rows, false, err
	}
	c, err := openContainer(f, f.size, o.MaxBytes)
	if err != nil {
		return nil, false, err
	}
	w, err := openWorkbook(c, o.Sheet)
	if err != nil {
		return nil, false, err
	}
	b.Sheet = w.sheet
	if len(w.others) > 0 {
		b.Notes = append(b.Notes, b.rowProblem(0, fmt.Sprintf("is the sheet that was read; carried through unread: %s", strings.Join(w.others[:min(len(w.others), 10)], ", "))))
	}
	rows, err := w.rows()
	return rows, w.date1904, err
}

func (b *Book) read(ctx context.Context, f *file, o *Options) error {
	mapped := map[string]string{}
	for header, to := range o.Columns {
		mapped[fold(header)] = to
	}
	rows, date1904, err := b.rows(f, o, mapped)
	if err != nil {
		return err
	}
	defer rows.close()
	rest, err := b.findHeader(rows, o, mapped)
	if err != nil {
		return err
	}
	x := &builder{b: b, o: o, date1904: date1904}
	for i := range rest {
		if err := x.add(&rest[i]); err != nil {
			return err
		}
	}
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r, err := rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Entries = nil
			return err
		}
		if err := x.add(r); err != nil {
			return err
		}
	}
	if b.Rows == 0 {
		return &FileError{Path: b.Path, Message: fmt.Sprintf("has a header row (row %d) but no invoice below it", b.layout.row)}
	}
	x.settle()
	for i, e := range b.Entries {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		e.finish(o)
	}
	b.duplicates()
	return nil
}

// findHeader reads up to the header row and returns the rows that were read
// beyond it.
func (b *Book) findHeader(rows source, o *Options, mapped map[string]string) ([]row, error) {
	var seen []row
	best, at := 0, -1
	for len(seen) < headerWithin {
		r, err := rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.isBlank() {
			continue
		}
		kept := *r
		kept.cells = slices.Clone(r.cells)
		seen = append(seen, kept)
		if s := headerScore(&kept, mapped); s > best {
			best, at = s, len(seen)-1
		}
	}
	if len(seen) == 0 {
		if b.Sheet != "" {
			return nil, fmt.Errorf("has an empty sheet %s; put the invoices on the first sheet, or name the one to read", clip(b.Sheet))
		}
		return nil, errors.New("is empty")
	}
	if best < 2 {
		return nil, fmt.Errorf("has no header row within its first %d filled rows, which begin with %s; its columns need headers such as %q, %q and %q, as in the template",
			headerWithin, clip(seen[0].cells[0].text), specs[fNumber].header, specs[fIssueDate].header, specs[fUnitPrice].header)
	}
	l, problems := b.headers(&seen[at], o, mapped)
	b.layout, b.Columns = l, l.columns
	if len(problems) > 0 {
		return nil, &FileError{Path: b.Path, Message: "has columns that are missing, misspelt or there twice, so nothing of it was taken", Problems: problems}
	}
	return seen[at+1:], nil
}

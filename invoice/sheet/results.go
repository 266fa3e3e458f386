package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/xlsx"
	"invoicelink/worker/atomicfile"
)

// statusRejected is the status of an invoice that has problems; what it is in
// the results map does not count.
const statusRejected = "rejected"

// maxCellRunes is what a cell holds (Excel's specifications and limits: 32,767
// characters of UTF-16).
const maxCellRunes = 16_000

// WriteResults writes the sender's file with columns added to path: status,
// error, payment link, link expires (UTC), PDF, revision and, if b.UBL says so,
// UBL, next to the first row of each invoice. In a workbook the names of PDF and
// UBL files that lie next to path open them. result is asked for the result of each invoice number, when its
// row is written and perhaps before; false, or a nil result, gives empty cells. An invoice
// with problems is "rejected" with all of them. Notes on rows stand in the column
// Error next to them, those on the whole file next to the first invoice.
// If the file holds such columns from an earlier time, they are written anew, and
// no other is added.
//
// A workbook stays the sender's own: the sheet is rewritten as a stream with bad
// cells highlighted and their reasons as comments, tables and filters are
// widened over the new columns, and everything else is copied byte for byte. A
// CSV file keeps its separator and encoding; it gets a byte order mark if it is
// UTF-8 with more than ASCII, since Excel needs one there, and texts that a
// spreadsheet would run as a formula get an apostrophe.
//
// The file at path is complete or not there. It must not be the file that was
// read, and that must not have changed since.
func (b *Book) WriteResults(ctx context.Context, path string, result func(number string) (Result, bool)) error {
	if len(b.tables) == 0 || b.tables[0].l == nil {
		return fmt.Errorf("write %s: %s has no columns to write next to", path, b.Name)
	}
	if same, err := sameFile(path, b.source); err != nil || same {
		if err == nil {
			err = errors.New("is the file that was read; name another one")
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := openFile(ctx, b.source, b.limits.MaxBytes)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer f.Close()
	if f.sha256 != b.SHA256 {
		return fmt.Errorf("write %s: %s has changed since it was read; run it again", path, b.Path)
	}
	err = atomicfile.WriteFunc(path, 0o644, func(w io.Writer) error {
		if b.Format == XLSX {
			return b.writeWorkbook(ctx, f, w, result, filepath.Dir(path))
		}
		return b.writeCSV(ctx, f, w, result)
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func sameFile(path, source string) (bool, error) {
	a, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s, err := os.Stat(source)
	if err != nil {
		return false, err
	}
	return os.SameFile(a, s), nil
}

// writeWorkbook rewrites the sheets that were read, for a place in the directory.
func (b *Book) writeWorkbook(ctx context.Context, f *file, w io.Writer, result func(number string) (Result, bool), dir string) error {
	wb, err := xlsx.Open(f, f.size, b.limits.MaxBytes)
	if err != nil {
		return err
	}
	var edits []xlsx.Edit
	for _, t := range b.tables {
		if t.side != nil {
			continue
		}
		rows := b.resultRows(t, result)
		columns := t.resultColumns(b.UBL)
		e := xlsx.Edit{
			LastRow: max(rows.last(), t.l.row),
			Sheet:   t.sheet, HeaderRow: t.l.row, StyleOf: max(t.l.first[fNumber], 0), Fresh: t.l.results[0] < 0,
			Bad: b.badCells(t), Author: author,
			Values: func(row int) []xlsx.Value {
				r, ok := rows.at(row)
				if !ok {
					return nil
				}
				var out []xlsx.Value
				for i, col := range columns {
					if col >= 0 {
						out = append(out, xlsx.Value{Text: r[i], Number: i == resultRevision, Link: b.opens(i, r[i], dir)})
					}
				}
				return out
			},
		}
		for i, col := range columns {
			if col >= 0 {
				e.Columns = append(e.Columns, xlsx.NewColumn{Col: col, Header: t.resultHeader(i), Width: []float64{11, 40, 40, 21, 24, 9, 24}[i]})
			}
		}
		edits = append(edits, e)
	}
	return wb.Rewrite(ctx, w, edits)
}

// opens reports whether the text of a result column is to be a link: the payment
// link, and a file that lies in the directory, unless that many links would
// leave payment links out (a sheet has room for 65,000).
func (b *Book) opens(i int, text, dir string) bool {
	switch i {
	case resultLink:
		return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	case resultPDF, resultUBL:
		if text == "" || len(b.Entries) > 20_000 || !filepath.IsLocal(text) {
			return false
		}
		info, err := os.Stat(filepath.Join(dir, text))
		return err == nil && info.Mode().IsRegular()
	}
	return false
}

// author marks the comments, so that they can be written anew.
const author = "invoicelink"

// badCells are the cells of all problems on a sheet, with the reasons.
func (b *Book) badCells(t *table) map[xlsx.Place]string {
	out := map[xlsx.Place]string{}
	add := func(p Problem) {
		if p.Cell == "" || p.Sheet != t.sheet {
			return
		}
		at := xlsx.Place{Row: p.Row, Col: grid.Column(p.Cell)}
		if out[at] != "" {
			out[at] += "\n"
		}
		out[at] += p.Text()
	}
	for _, e := range b.Entries {
		for _, p := range e.Problems {
			add(p)
		}
	}
	for _, p := range b.Problems {
		add(p)
	}
	for at, s := range out {
		out[at] = cut(s)
	}
	return out
}

// writeCSV writes the records as they came, with the result columns.
func (b *Book) writeCSV(ctx context.Context, f *file, w io.Writer, result func(number string) (Result, bool)) error {
	t := b.tables[0]
	rows := b.resultRows(t, result)
	return csv.Open(f, f.size, b.form).Copy(ctx, w, rows.texts, func(line int, record []string) []string {
		return t.resultRecord(line, record, rows, b.UBL)
	})
}

// resultRecord is a record with its results. Fields beyond the header's stay
// behind them.
func (t *table) resultRecord(line int, record []string, rows *resultRows, ubl bool) []string {
	out := make([]string, 0, len(record)+len(resultHeaders))
	out = append(out, record...)
	if line < t.l.row {
		return out
	}
	columns := t.resultColumns(ubl)
	texts, _ := rows.at(line)
	if line == t.l.row {
		for i := range resultHeaders {
			texts[i] = t.resultHeader(i)
		}
	}
	last := 0
	for _, c := range columns {
		last = max(last, c)
	}
	var extra []string
	if t.l.results[0] < 0 {
		for len(out) < t.l.width {
			out = append(out, "")
		}
		extra = slices.Clone(out[t.l.width:])
		out = out[:t.l.width]
	}
	for len(out) <= last {
		out = append(out, "")
	}
	for i, c := range columns {
		if c >= 0 {
			out[c] = texts[i]
		}
	}
	if strings.Join(extra, "") != "" {
		out = append(out, extra...)
	}
	return out
}

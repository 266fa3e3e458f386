package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxQuoteFaults ends the reading of a file that is no CSV.
const maxQuoteFaults = 20

// csvRows streams the records of a CSV file. A fault in the quoting makes all
// that follows doubtful, so it is told at the end, with every other one, as the
// file's error.
type csvRows struct {
	r      *csv.Reader
	f      *file
	skip   int // lines before the first record: a "sep=" line
	row    row
	faults []Problem
}

func (f *file) csvRows() (*csvRows, error) {
	in := bufio.NewReaderSize(f.form.decode(f, f.size), 64<<10)
	skip := 0
	if f.form.hint {
		if _, err := in.ReadString('\n'); err != nil {
			return nil, fmt.Errorf("has no row below its first line")
		}
		skip = 1
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.form.comma, -1, true
	return &csvRows{r: r, f: f, skip: skip}, nil
}

func (c *csvRows) close() error { return nil }

func (c *csvRows) next() (*row, error) {
	for {
		record, err := c.r.Read()
		if err == io.EOF {
			if len(c.faults) > 0 {
				return nil, &FileError{Path: c.f.path, Message: "has a fault in its quotation marks, so it cannot be told where its fields end; put every field with a quotation mark into quotation marks and double those inside it", Problems: c.faults}
			}
			return nil, io.EOF
		}
		if err != nil {
			parse, ok := errors.AsType[*csv.ParseError](err)
			if !ok || len(c.faults) >= maxQuoteFaults {
				return nil, err
			}
			c.faults = append(c.faults, c.fault(parse))
			continue
		}
		line, _ := c.r.FieldPos(0)
		c.row = row{num: line + c.skip, cells: c.row.cells[:0], fields: len(record)}
		for i, field := range record {
			if i >= maxColumns {
				return nil, fmt.Errorf("has more than %d fields in line %d; it is perhaps no CSV file", maxColumns, c.row.num)
			}
			if !blankText(field) {
				c.row.cells = append(c.row.cells, cell{col: i, kind: text, text: plainText(field)})
			}
		}
		if len(c.faults) == 0 {
			return &c.row, nil
		}
	}
}

func (c *csvRows) fault(e *csv.ParseError) Problem {
	p := Problem{File: baseName(c.f.path), Row: e.StartLine + c.skip}
	switch {
	case errors.Is(e.Err, csv.ErrBareQuote):
		p.Row = e.Line + c.skip
		p.Message = fmt.Sprintf("has a quotation mark inside a field without quotation marks, at character %d of the line", e.Column)
	case errors.Is(e.Err, csv.ErrQuote):
		p.Message = fmt.Sprintf("has a quoted field that is not closed, or text after its closing quotation mark, in line %d", e.Line+c.skip)
	default:
		p.Message = e.Err.Error()
	}
	return p
}

// plainText takes off the apostrophe that WriteResults, as spreadsheets do,
// puts before a text which would otherwise be run as a formula.
func plainText(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@\t\r", s[1]) >= 0 {
		return s[1:]
	}
	return s
}

// detectComma finds the field separator of a CSV file: what a first line
// "sep=;" names, or the one under which the header row is best recognised.
func (f *file) detectComma(score func(*row) int) {
	start := make([]byte, 64<<10)
	n, _ := io.ReadFull(f.form.decode(f, f.size), start) // a short file is no error
	start = start[:n]
	first, _, _ := bytes.Cut(start, []byte("\n"))
	if hint, ok := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); ok && len(hint) == 1 && strings.Contains(",;\t|", hint) {
		f.form.hint, f.form.comma = true, rune(hint[0])
		return
	}
	best := 0
	for _, comma := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(bytes.NewReader(start))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
		for range headerWithin {
			record, err := r.Read()
			if err != nil {
				break
			}
			one := row{}
			for i, field := range record[:min(len(record), maxColumns)] {
				if !blankText(field) {
					one.cells = append(one.cells, cell{col: i, kind: text, text: field})
				}
			}
			// More recognised headers win, then more columns.
			if s := score(&one)*1000 + min(len(record), 999); s > best && len(record) > 1 {
				best, f.form.comma = s, comma
			}
		}
	}
}

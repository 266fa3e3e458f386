// Package csv reads the records of CSV files (RFC 4180, with any of , ; tab |
// between the fields) in many encodings as rows, and writes a copy with columns
// added. It knows text, separators and lines, not invoices.
//
// Start with [NewDetector], then [Open].
package csv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

// maxQuoteFaults ends the reading of a file that is no CSV.
const maxQuoteFaults = 20

// Fault is a place where quotation marks are wrong.
type Fault struct {
	Line    int
	Message string
}

// QuoteError lists the faults in quotation marks. Each makes all that follows
// doubtful, so they are reported together at the end of the file.
type QuoteError struct{ Faults []Fault }

// Error says what is wrong and what to do.
func (e *QuoteError) Error() string {
	return "has a fault in its quotation marks, so it cannot be told where its fields end; put every field with a quotation mark into quotation marks and double those inside it"
}

// File is a CSV file whose form is known.
type File struct {
	Form
	r    io.ReaderAt
	size int64
}

// Open returns the file in that form.
func Open(r io.ReaderAt, size int64, form Form) *File {
	return &File{Form: form, r: r, size: size}
}

// rows streams the records of a CSV file.
type rows struct {
	r      *csv.Reader
	skip   int // lines before the first record: a "sep=" line
	row    grid.Row
	faults []Fault
}

// Rows begins to read the records.
func (f *File) Rows() (grid.Rows, error) { return f.rows() }

func (f *File) rows() (*rows, error) {
	in := bufio.NewReaderSize(f.decode(f.r, f.size), 64<<10)
	skip := 0
	if f.Hint {
		if _, err := in.ReadString('\n'); err != nil {
			return nil, errors.New("has no row below its first line")
		}
		skip = 1
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.Comma, -1, true
	return &rows{r: r, skip: skip}, nil
}

// Close ends the reading.
func (c *rows) Close() error { return nil }

// Next returns the next record.
func (c *rows) Next() (*grid.Row, error) {
	for {
		record, err := c.r.Read()
		if err == io.EOF {
			if len(c.faults) > 0 {
				return nil, &QuoteError{c.faults}
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
		c.row = grid.Row{Num: line + c.skip, Cells: c.row.Cells[:0], Fields: len(record)}
		for i, field := range record {
			if i >= grid.MaxColumns {
				return nil, fmt.Errorf("has more than %d fields in line %d; it is perhaps no CSV file", grid.MaxColumns, c.row.Num)
			}
			if !grid.IsBlankText(field) {
				c.row.Cells = append(c.row.Cells, grid.Cell{Col: i, Kind: grid.Text, Text: unescapeFormula(field)})
			}
		}
		if len(c.faults) == 0 {
			return &c.row, nil
		}
	}
}

func (c *rows) fault(e *csv.ParseError) Fault {
	p := Fault{Line: e.StartLine + c.skip}
	switch {
	case errors.Is(e.Err, csv.ErrBareQuote):
		p.Line = e.Line + c.skip
		p.Message = fmt.Sprintf("has a quotation mark inside a field without quotation marks, at character %d of the line", e.Column)
	case errors.Is(e.Err, csv.ErrQuote):
		p.Message = fmt.Sprintf("has a quoted field that is not closed, or text after its closing quotation mark, in line %d", e.Line+c.skip)
	default:
		p.Message = e.Err.Error()
	}
	return p
}

// unescapeFormula takes off the apostrophe that a spreadsheet, and Copy,
// puts before a text which would otherwise be run as a formula.
func unescapeFormula(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@\t\r", s[1]) >= 0 {
		return s[1:]
	}
	return s
}

// DetectComma finds the field separator: what a first line "sep=;" names, or
// the one under which score, of the first rows of the file, is highest; then
// the one that gives most columns.
func (f *File) DetectComma(within int, score func(*grid.Row) int) {
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(f.decode(f.r, f.size), head) // a short file is no error
	head = head[:n]
	first, _, _ := bytes.Cut(head, []byte("\n"))
	if hint, ok := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); ok && len(hint) == 1 && strings.Contains(",;\t|", hint) {
		f.Hint, f.Comma = true, rune(hint[0])
		return
	}
	best := 0
	for _, comma := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(bytes.NewReader(head))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
		for range within {
			record, err := r.Read()
			if err != nil {
				break
			}
			one := grid.Row{}
			for i, field := range record[:min(len(record), grid.MaxColumns)] {
				if !grid.IsBlankText(field) {
					one.Cells = append(one.Cells, grid.Cell{Col: i, Kind: grid.Text, Text: field})
				}
			}
			if s := score(&one)*1000 + min(len(record), 999); s > best && len(record) > 1 {
				best, f.Comma = s, comma
			}
		}
	}
}

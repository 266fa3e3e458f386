// Package grid holds the rows and cells of a spreadsheet as its file has them,
// before anybody asks what they mean. The packages xlsx and csv produce them,
// package sheet reads invoices out of them.
package grid

import (
	"strconv"
	"strings"
	"unicode"
)

// Kind is what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Blank    Kind = iota
	Text          // a text, also the stored one of a formula
	Number        // a number as the file writes it; its meaning is in the format
	Bool          // "0" or "1"
	ISODate       // a date in ISO 8601 text, as strict workbooks have it
	Error         // an error value such as #N/A
	Unstored      // a formula without a stored value
)

// Cell is one filled cell.
type Cell struct {
	Col     int // from 0
	Kind    Kind
	Formula bool // the value is what a formula last gave
	Text    string
	Format  *Format // nil for General and in CSV
}

// Row is one row of a file.
type Row struct {
	Num    int    // sheet row or CSV line, from 1
	Hidden bool   // hidden by hand or by a filter
	Cells  []Cell // filled ones, from left to right
	Fields int    // how many fields a CSV record has, 0 in a workbook
}

// At returns the cell in a column, a blank one if there is none.
func (r *Row) At(col int) Cell {
	// Filled cells are at or before their own column.
	for i := min(col, len(r.Cells)-1); i >= 0; i-- {
		if r.Cells[i].Col == col {
			return r.Cells[i]
		}
		if r.Cells[i].Col < col {
			break
		}
	}
	return Cell{Col: col}
}

// IsBlank reports whether the row holds nothing.
func (r *Row) IsBlank() bool { return len(r.Cells) == 0 }

// Rows gives the rows of a file in order and io.EOF at its complete end. The
// row and its texts are the reader's own and valid until the next call.
type Rows interface {
	Next() (*Row, error)
	Close() error
}

// MaxColumns and MaxRows are what a sheet holds (Excel's specifications and
// limits).
const (
	MaxColumns = 16_384
	MaxRows    = 1_048_576
)

// IsBlankText reports whether a text shows nothing: white space, no-break and
// zero-width spaces.
func IsBlankText(s string) bool { return Trim(s) == "" }

// Trim cuts white space of every kind, no-break and zero-width ones too, from
// both ends: people cannot see them.
func Trim(s string) string {
	if s == "" || plain(s[0]) && plain(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, Invisible)
}

func plain(c byte) bool { return c > ' ' && c < 0x7F }

// Invisible reports whether a character is white space or has no width.
func Invisible(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return r >= 0x2000 && r <= 0x200A || ZeroWidth(r)
}

// ZeroWidth reports whether a character has no width: joiners, marks of the
// writing direction, soft hyphens, byte order marks and other controls of
// format.
func ZeroWidth(r rune) bool { return r >= 0x80 && unicode.Is(unicode.Cf, r) }

// Letters is the spreadsheet's name of a column counted from 0.
func Letters(col int) string {
	var b [8]byte
	i := len(b)
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// Name is the spreadsheet's name of a place, such as F12.
func Name(col, row int) string { return Letters(col) + strconv.Itoa(row) }

// Column reads the letters of a cell reference as a column from 0; -1 if there
// are none or too many.
func Column[T ~string | ~[]byte](ref T) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > MaxColumns {
			return -1
		}
	}
	return n - 1
}

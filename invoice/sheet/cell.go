package sheet

import (
	"strconv"
	"strings"
)

// kind is what a cell holds, before anybody asks what it is for.
type kind uint8

const (
	blank    kind = iota
	text          // a text, also the stored one of a formula
	number        // a number as the file writes it, its meaning in the style
	boolean       // "0" or "1"
	isoDate       // a date in ISO 8601 text, as strict workbooks have it
	failure       // an error value such as #N/A
	unstored      // a formula without a stored value
)

// cell is one filled cell.
type cell struct {
	col   int // from 0
	kind  kind
	text  string
	style *numFormat // nil for General and in CSV
}

// row is one row of the file.
type row struct {
	num    int // sheet row or CSV line, from 1
	hidden bool
	cells  []cell // filled ones, from left to right
	fields int    // how many fields a CSV record has, 0 in a workbook
}

// at returns the cell in a column, a blank one where there is none.
func (r *row) at(col int) cell {
	// Filled cells sit at or before their own column.
	for i := min(col, len(r.cells)-1); i >= 0; i-- {
		if r.cells[i].col == col {
			return r.cells[i]
		}
		if r.cells[i].col < col {
			break
		}
	}
	return cell{col: col}
}

// isBlank reports whether nothing stands in the row.
func (r *row) isBlank() bool { return len(r.cells) == 0 }

// source gives the rows of a file in order and io.EOF at its complete end. The
// row is the source's own and good until the next call.
type source interface {
	next() (*row, error)
	close() error
}

// blankText reports whether a text shows nothing: white space, no-break and
// zero-width spaces.
func blankText(s string) bool { return trimSpace(s) == "" }

// trimSpace cuts white space of every kind, no-break and zero-width ones too,
// from both ends: people cannot see them.
func trimSpace(s string) string {
	return strings.TrimFunc(s, invisible)
}

func invisible(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x200B, 0x2060, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// letters is the spreadsheet's name of a column counted from 0.
func letters(col int) string {
	var b []byte
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// cellName is the spreadsheet's name of a place, such as F12.
func cellName(col, row int) string { return letters(col) + strconv.Itoa(row) }

// maxColumns is what a sheet holds (Excel's specifications and limits).
const maxColumns = 16_384

// columnOf reads the letters of a cell reference as a column from 0; -1 where
// there are none or too many.
func columnOf(ref string) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > maxColumns {
			return -1
		}
	}
	return n - 1
}

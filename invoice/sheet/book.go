package sheet

import (
	"slices"
	"time"

	"invoicelink/invoice"
)

// Defaults and limits of Options.
const (
	DefaultMaxRows  = 100_000  // data rows, as the header row and blank rows do not count
	DefaultMaxBytes = 64 << 20 // 64 MiB of file
	// AnnotateRows is the number of data rows up to which the results are
	// written into the sender's own workbook. Beyond it a plain one is
	// streamed: excelize v2.11.1 holds a workbook it changes in memory, with
	// a peak of 28 KB a row of 32 columns (measured: 560 MB for 20,000 rows;
	// streaming 100,000 takes 180 MB).
	AnnotateRows = 20_000
)

// Options say how a file is read. The zero value is the default.
type Options struct {
	// MaxRows is the most data rows a file may have; 0 is DefaultMaxRows.
	MaxRows int
	// MaxBytes is the largest file in bytes; 0 is DefaultMaxBytes. What a
	// workbook unpacks to may be 16 times as much, or 256 MiB.
	MaxBytes int64
	// Currency is the ISO 4217 code where a row has none, usually the
	// seller's. Empty means that the column is required.
	Currency string
	// Check adds further problems of an invoice by its field paths, such as
	// characters that the page's fonts lack; nil adds none.
	Check func(*invoice.Invoice) invoice.Problems
	// AcceptRounding is handed to invoice.Invoice.CheckClaims.
	AcceptRounding bool
	// Sheet is the name of the sheet to read; empty means the first one. A
	// CSV file has no sheets.
	Sheet string
	// Columns maps headers of the file to the headers of Fields, or to "-"
	// for a column to leave alone. It wins over recognition. Headers are
	// compared folded: case, accents, spaces and punctuation do not count.
	Columns map[string]string
}

// Format is the kind of a file.
type Format string

// The formats that are read and written.
const (
	XLSX Format = "xlsx" // Office Open XML workbook, ECMA-376
	CSV  Format = "csv"  // RFC 4180, with any of , ; tab | between the fields
)

// Role says what a column is there for.
type Role string

// The roles of a column.
const (
	RoleField   Role = "field"   // read as the field named by Column.Field
	RoleResult  Role = "result"  // written by an earlier WriteResults, ignored
	RoleCarried Role = "carried" // means nothing here and is carried through
	RoleUnclear Role = "unclear" // may mean two things; carried through, not guessed
)

// Column is one column of the file and what it was taken for.
type Column struct {
	Index  int    // from 0
	Letter string // the spreadsheet's name for it, from "A"
	Header string // as it stands in the file
	Field  string // the header of Fields it was taken for; empty unless RoleField
	Role   Role
	// Hint says what an unclear column may mean; empty for other roles.
	Hint string
}

// Book is what one file holds.
type Book struct {
	Path   string // as given to Read
	Name   string // the file's name without its directory
	Format Format
	Sheet  string // the sheet that was read; empty for CSV
	// Columns are all columns with a header, from left to right.
	Columns []Column
	// Entries are the invoices in the order of the file, good and bad ones.
	Entries []*Entry
	// Problems belong to no invoice, such as a stray row. They reject nothing
	// else.
	Problems []Problem
	// Notes are worth knowing but nothing is wrong: a totals row that was left
	// out, hidden rows that were read, other sheets, a guessed encoding.
	Notes []Problem
	// Rows is the number of data rows.
	Rows int
	// SHA256 of the file, in lower-case hex.
	SHA256 string

	layout *layout
	form   textForm // how a CSV file is written
	source string   // absolute path, so that a later change of directory does not matter
	limits Options
	// annotateRows is AnnotateRows but in tests.
	annotateRows int
}

// Entry is one invoice of a file, good or bad.
type Entry struct {
	Invoice *invoice.Invoice
	// Claims are the amounts stated in the file; they have been compared.
	Claims invoice.Claims
	// FirstRow and LastRow are its rows: sheet rows of a workbook, lines of
	// a CSV file, both from 1.
	FirstRow, LastRow int
	// Problems are all that is wrong with it, in the order of the cells.
	Problems []Problem

	book *Book
	draft
}

// OK reports whether the invoice can be sent: it has no problem.
func (e *Entry) OK() bool { return len(e.Problems) == 0 }

// Result is what became of an invoice, as it is written beside it.
type Result struct {
	Status      string
	Error       string
	PaymentLink string    // a URL, or empty
	LinkExpires time.Time // zero for none; written in UTC
	PDF         string    // a file name or path, or empty
	Revision    int       // of the link, from 1; 0 for none
}

// Reject adds problems to the entry with that number, found after reading, and
// places each at its field's cell. It reports whether there is such an entry.
func (b *Book) Reject(number string, problems ...invoice.Problem) bool {
	i := slices.IndexFunc(b.Entries, func(e *Entry) bool { return e.Invoice.Number == number })
	if i < 0 {
		return false
	}
	b.Entries[i].report(problems)
	return true
}

package sheet

import (
	"slices"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/profile"
)

// Defaults and limits of Options.
const (
	DefaultMaxRows  = 100_000  // data rows, as the header row and blank rows do not count
	defaultMaxBytes = 64 << 20 // 64 MiB of file
)

// Options say how a file is read. The zero value is the default.
type Options struct {
	// MaxRows is the most data rows a file may have; 0 is DefaultMaxRows.
	MaxRows int
	// MaxBytes is the largest file in bytes; 0 is 64 MiB. What a
	// workbook unpacks to may be 16 times as much, or 256 MiB.
	MaxBytes int64
	// Currency is the ISO 4217 code if a row has none, usually the seller's.
	// Empty means that the column is required.
	Currency string
	// Check adds further problems of an invoice by its field paths, such as
	// characters that the page's fonts lack; nil adds none.
	Check func(*invoice.Invoice) invoice.Problems
	// Take, if it is not nil, is called once with each entry, good or bad, in
	// the order of Book.Entries, when its rows have been read and it has been
	// checked on its own. The entry keeps neither Invoice nor Claims then, so
	// that a long list takes little memory. What only the whole file shows, such
	// as a number that is there twice, is added to its Problems later.
	Take func(*Entry)
	// AcceptRounding is handed to invoice.Invoice.CheckClaims.
	AcceptRounding bool
	// Sheet is the name of the sheet to read; empty means the one that has a
	// list. A CSV file has no sheets.
	Sheet string
	// Columns maps headers of the file, or letters of columns, to the names of
	// Fields, or to "-" for a column to leave alone. It wins over profiles and
	// recognition. Headers are compared folded: case, accents, spaces and
	// punctuation do not count.
	Columns map[string]string
	// ColumnsAnywhere says that Columns is for several files, so that a file
	// may lack some of its headers.
	ColumnsAnywhere bool
	// Profiles are import profiles that the user has named: the file must match
	// one of them. A profile without Match fits every file.
	Profiles []*profile.Profile
	// Library are import profiles of which the one that matches is taken, if
	// Profiles is empty. Nil means profile.Shipped.
	Library []*profile.Profile
	// Accept are codes of notes that are accepted.
	Accept []string
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
	RoleProven  Role = "proven"  // the amounts of the rows show what it is, see Column.Hint; compared
	RoleUnclear Role = "unclear" // may mean two things; carried through, not guessed
)

// Column is one column of the file and what it was taken for.
type Column struct {
	Index  int    `json:"-"`               // from 0
	Letter string `json:"letter"`          // the spreadsheet's name for it, from "A"
	Header string `json:"header"`          // as it stands in the file; empty if there is none
	Field  string `json:"field,omitempty"` // what it was taken for, a name of Fields; empty unless RoleField
	Role   Role   `json:"role"`
	// Hint says what an unclear column may mean, or what a proven one is;
	// HintCode is its code in Sentences.
	Hint     string `json:"hint,omitempty"`
	HintCode string `json:"hintCode,omitempty"`
	// Filled is the number of data rows with a value in it.
	Filled int `json:"filled"`
}

// Book is what one file holds.
type Book struct {
	Path   string // as given to Read
	Name   string // the file's name without its directory
	Format Format
	Sheet  string // the sheet that was read, the first of several; empty for CSV
	// Profile is the name of the import profile that was applied; empty for
	// none.
	Profile string
	// Columns are all columns with a header or values, from left to right.
	Columns []Column
	// Entries are the invoices in the order of the file, good and bad ones.
	Entries []*Entry
	// Problems belong to no invoice, such as a stray row. They reject nothing
	// else.
	Problems []Problem
	// Notes are worth knowing, see Note.
	Notes []Note
	// Questions are open; each says how many invoices it stops.
	Questions []Question
	// Rows is the number of data rows.
	Rows int
	// SHA256 of the file, in lower-case hex.
	SHA256 string
	// UBL is set for a column UBL among the results.
	UBL bool

	tables []*table
	stale  bool     // formulas may be out of date
	form   csv.Form // how a CSV file is written
	source string   // absolute path, so that a later change of directory does not matter
	limits Options
}

// Entry is one invoice of a file, good or bad.
type Entry struct {
	// Number and SessionID are the invoice's. The number is empty only if a
	// problem says so, and nearly all invoices have no session.
	Number, SessionID string
	// Invoice is nil if Options.Take has taken it.
	Invoice *invoice.Invoice
	// Claims are the amounts stated in the file; they have been compared. They
	// are nil if Options.Take has taken them.
	Claims *invoice.Claims
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

// Sheet is the name of the sheet on which the invoice stands; empty for CSV.
func (e *Entry) Sheet() string { return e.table.sheet }

// Note is something worth knowing about a file. One that can change what is
// owed must be accepted: until then the invoices that it concerns have a
// problem. Its code, such as "hidden-rows", is what Options.Accept and the
// member accept of a profile name.
type Note struct {
	// MustAccept says that invoices wait for the note to be accepted, and
	// Accepted that it is.
	MustAccept bool `json:"mustAccept,omitempty"`
	Accepted   bool `json:"accepted,omitempty"`
	Problem
}

// Question is something about a file that only its sender knows.
type Question struct {
	// Key tells the questions of a file apart: "vat-rate", or with the letter of
	// the column if it is about one, "column K".
	Key string `json:"key"`
	Sentence
	// Text is the sentence in English.
	Text string `json:"text"`
	// Samples are values behind the question, with their cells.
	Samples []Sample `json:"samples,omitempty"`
	// Answers are the possible ones; none is preselected.
	Answers []Answer `json:"answers"`
	// Invoices is the number of invoices that wait for the answer; 0 means the
	// whole file.
	Invoices int `json:"invoices,omitempty"`

	stops bool   // invoices wait for it, not the file
	last  *Entry // that was counted
}

// Sample is a value in a file.
type Sample struct {
	Value string `json:"value"`
	Cell  string `json:"cell,omitempty"`  // the first one
	Count int    `json:"count,omitempty"` // how often it stands there; 0 means not counted
}

// Answer is one answer to a question.
type Answer struct {
	Sentence
	// Text says what the answer means, in English.
	Text string `json:"text"`
	// Section is the member of an import profile in which Line stands; empty if
	// Line is a member itself.
	Section string `json:"section,omitempty"`
	// Line is the line of YAML that gives the answer.
	Line string `json:"line"`
	// Flag is the command-line flag that gives it as well; empty if there is
	// none.
	Flag string `json:"flag,omitempty"`
}

// YAML is the answer as one line of an import profile.
func (a Answer) YAML() string {
	if a.Section == "" {
		return a.Line
	}
	return a.Section + ": {" + a.Line + "}"
}

// Result is what became of an invoice, as it is written next to it.
type Result struct {
	Status      string
	Error       string
	PaymentLink string    // a URL, or empty
	LinkExpires time.Time // zero for none; written in UTC
	PDF         string    // a file name or path, or empty
	Revision    int       // of the link, from 1; 0 for none
	UBL         string    // the name of the e-invoice next to the PDF, or empty
}

// Reject adds a problem that was found after reading, at the cell of the field
// with that path in the invoice's JSON.
func (e *Entry) Reject(path, value string, what Sentence) {
	p := e.at(path, value)
	p.Sentence, p.Message = what, what.English()
	e.Problems = append(e.Problems, p)
	e.sort()
}

// note adds a note.
func (b *Book) note(mustAccept bool, p Problem) {
	b.Notes = append(b.Notes, Note{MustAccept: mustAccept, Accepted: mustAccept && b.accepts(p.Code), Problem: p})
}

// question is one about the whole file.
func question(s Sentence, answers ...Answer) Question {
	return Question{Sentence: s, Text: s.English(), Answers: answers}
}

// as is the question under a key.
func (q Question) as(key string) Question {
	q.Key = key
	return q
}

// answer is a line of a profile, the flag that does the same, and what it
// means.
func answer(code, section, line, flag string, args ...any) Answer {
	s := say(code, args...)
	return Answer{Sentence: s, Text: s.English(), Section: section, Line: line, Flag: flag}
}

// hint says what a column may mean, or what it is.
func (c *Column) hint(s Sentence) { c.Hint, c.HintCode = s.English(), s.Code }

// accepts reports whether notes of that code are accepted.
func (b *Book) accepts(code string) bool {
	if slices.Contains(b.limits.Accept, code) {
		return true
	}
	return slices.ContainsFunc(b.tables, func(t *table) bool { return t.p != nil && slices.Contains(t.p.Accept, code) })
}

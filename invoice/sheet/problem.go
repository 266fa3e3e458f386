package sheet

import (
	"fmt"
	"strings"

	"invoicelink/invoice/text"
)

// Problem is one thing that is wrong in a file, and where.
type Problem struct {
	// File is the name of a CSV file; Sheet the name of a workbook's sheet.
	// One of them is empty.
	File  string `json:"file,omitempty"`
	Sheet string `json:"sheet,omitempty"`
	// Cell is the spreadsheet's name of the place, such as "F12", also in a
	// CSV file; empty if the problem has no cell.
	Cell string `json:"cell,omitempty"`
	// Row is the sheet row or, in a CSV file, the line; 0 if there is none.
	Row int `json:"row,omitempty"`
	// Field is the field in plain words, such as "quantity"; may be empty.
	// FieldCode is its code in Sentences.
	Field     string `json:"field,omitempty"`
	FieldCode string `json:"fieldCode,omitempty"`
	// Header is the header of the column to add, if the file has none for the
	// field; empty if it has.
	Header string `json:"header,omitempty"`
	// Value is what stood there, shortened; empty if nothing did.
	Value string `json:"value,omitempty"`
	Sentence
	// Message says what is wrong and what would be right: the sentence in
	// English, or for a rule of invoices, that of invoice.Problem.
	Message string `json:"message"`
	// Question is the key of the question, or the code of the note to be
	// accepted, for which the invoice waits; empty for others.
	Question string `json:"question,omitempty"`
}

// String writes the problem as people look it up: in a workbook
//
//	Invoices!F12: quantity "abc" is not a number
//
// and in a CSV file, by line,
//
//	list.csv:12 column F: quantity "abc" is not a number
func (p Problem) String() string {
	return p.place() + p.Text()
}

// Text is the problem without its place.
func (p Problem) Text() string {
	text := p.Message
	if p.Field != "" && !strings.HasPrefix(text, p.Field+" ") {
		text = p.Field + " " + text
	}
	if p.Header != "" {
		text += fmt.Sprintf(" (no column has it; its header is %q)", p.Header)
	}
	return text
}

func (p Problem) place() string {
	switch {
	case p.File != "" && p.Row > 0 && p.Cell != "":
		return fmt.Sprintf("%s:%d column %s: ", p.File, p.Row, strings.TrimRight(p.Cell, "0123456789"))
	case p.File != "" && p.Row > 0:
		return fmt.Sprintf("%s:%d: ", p.File, p.Row)
	case p.File != "":
		return p.File + ": "
	case p.Cell != "":
		return p.Sheet + "!" + p.Cell + ": "
	case p.Row > 0:
		return fmt.Sprintf("%s row %d: ", p.Sheet, p.Row)
	case p.Sheet != "":
		return p.Sheet + ": "
	}
	return ""
}

// equal reports whether two problems say the same of the same place.
func (p Problem) equal(q Problem) bool {
	return p.Sheet == q.Sheet && p.Cell == q.Cell && p.Row == q.Row && p.Field == q.Field && p.Value == q.Value && p.Message == q.Message && p.Question == q.Question
}

// FileError says that a file as a whole cannot be used: what it is instead and
// what to do, or which of its columns are missing or misspelt.
type FileError struct {
	Path string // as given to Read
	Sentence
	Message string // what is wrong and what to do: the sentence in English
	// Problems are the single places, all of them.
	Problems []Problem
	// Err is the cause; may be nil.
	Err error
}

func fileError(path string, s Sentence, err error) *FileError {
	return &FileError{Path: path, Sentence: s, Message: s.English(), Err: err}
}

// Error names the file, what is wrong and every place.
func (e *FileError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read %s: %s", e.Path, e.Message)
	for _, p := range e.Problems {
		b.WriteString("\n\t" + p.String())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// clip quotes a value for a message and keeps a hostile one short.
func clip(s string) string { return text.Quote(s) }

// short is a value as Problem keeps it.
func short(s string) string {
	const most = 80
	return text.Truncate(s, most)
}

package sheet

import (
	"context"
	"errors"
	"io"

	"invoicelink/invoice"
)

type layout struct{}
type textForm struct{}
type spot struct{ row, col int }
type draft struct{}

func (e *Entry) report(problems invoice.Problems) {
	for _, p := range problems {
		e.Problems = append(e.Problems, Problem{Field: p.Field, Value: p.Value, Message: p.Message})
	}
}

// Read reads the file at path.
func Read(ctx context.Context, path string, o Options) (*Book, error) {
	return nil, &FileError{Path: path, Message: "cannot be read by this build", Err: errors.ErrUnsupported}
}

// WriteResults writes the sender's file with the results to path.
func (b *Book) WriteResults(ctx context.Context, path string, results map[string]Result) error {
	return errors.ErrUnsupported
}

// WriteTemplate writes an empty workbook of the project's own layout.
func WriteTemplate(w io.Writer) error { return errors.ErrUnsupported }

package batch

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"invoicelink/invoice/sheet"
)

// WriteResults writes the upload's first file with its results to a new file
// in the store, which the caller removes, and returns its path and the name
// that the sender should see. Before anything is published, pass false: then
// invoices that can be issued have no status.
func (s *UploadStore) WriteResults(ctx context.Context, u *Upload, published bool) (path, name string, err error) {
	if len(u.Books) == 0 {
		return "", "", fmt.Errorf("write results of upload %s: it has no file", u.ID)
	}
	book := u.Books[0]
	path = filepath.Join(s.dir, u.ID, "results-"+NewID()+"."+string(book.Format))
	if published {
		return path, resultsName(book), u.writeResults(ctx, book, path)
	}
	return path, resultsName(book), book.WriteResults(ctx, path, nil)
}

// WriteTemplate writes the empty workbook to fill in.
func WriteTemplate(w io.Writer) error { return sheet.WriteTemplate(w) }

package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"invoicelink/invoice/sheet"
	"invoicelink/worker/event"
)

// Upload is a set of files that are worked on together. Its methods may be
// called by several goroutines, apart from Read's own and Publish.
type Upload struct {
	// ID names the upload; its requests and their answers carry it.
	ID string
	// Books are the files as they were read.
	Books []*sheet.Book

	items   []*item          // good invoices, in the order of the files
	byID    map[string]*item // by request id
	skipped int              // invoices that a problem keeps back

	// What follows from the files alone is computed when it is first asked
	// for: a page asks again and again.
	rows     func() []Row
	overview func() Overview
	digest   func() string

	mu   sync.Mutex
	from uint64 // the first event that can be an answer
	open int    // items without an outcome
}

// item is one good invoice and what became of it.
type item struct {
	request string
	entry   *sheet.Entry
	book    *sheet.Book
	outcome *event.Status
}

// File is one file of an upload: where it lies, and what its sender calls it.
type File struct {
	Path string
	Name string // without a directory; "" is the path's own
}

// Read reads all files and finds what is wrong between them. Files that cannot
// be read at all are reported together, as one joined error.
func Read(ctx context.Context, paths []string, o sheet.Options) (*Upload, error) {
	files := make([]File, len(paths))
	for i, path := range paths {
		files[i].Path = path
	}
	return ReadAs(ctx, NewID(), files, o)
}

// NewID returns an id for an upload: 16 letters and digits that nobody guesses
// (80 bits).
func NewID() string { return rand.Text()[:16] }

// ReadAs is Read for an upload that has its id already: the same files give
// the same requests, so that publishing them again is harmless. Problems name
// each file as its sender does. Where columns are missing or misspelt there is
// an Upload next to the error, whose Books name the columns and hold no invoice.
func ReadAs(ctx context.Context, id string, files []File, o sheet.Options) (*Upload, error) {
	u := &Upload{ID: id, byID: map[string]*item{}}
	u.rows, u.overview, u.digest = sync.OnceValue(u.listRows), sync.OnceValue(u.sumUp), sync.OnceValue(u.computeDigest)
	var unreadable []error
	o.ColumnsAnywhere = len(files) > 1
	for _, f := range files {
		book, err := sheet.Read(ctx, f.Path, o)
		if book != nil {
			u.Books = append(u.Books, book)
		}
		if f.Name != "" {
			rename(book, err, f.Name)
		}
		if err != nil {
			unreadable = append(unreadable, err)
		}
	}
	if err := errors.Join(unreadable...); err != nil {
		return u, err
	}
	u.crossCheck()
	n := 0
	for _, book := range u.Books {
		for _, entry := range book.Entries {
			n++ // bad ones count too: what another check finds moves no request to another invoice
			if !entry.OK() {
				u.skipped++
				continue
			}
			it := &item{request: fmt.Sprintf("%s-%d", u.ID, n), entry: entry, book: book}
			u.items = append(u.items, it)
			u.byID[it.request] = it
			u.open++
		}
	}
	return u, nil
}

// crossCheck finds one number with different content, and one session on
// several invoices, across files; within a file the reader has found them. Both
// sides are rejected: which one is right is not ours to guess.
func (u *Upload) crossCheck() {
	type place struct {
		book  *sheet.Book
		entry *sheet.Entry
	}
	numbers, sessions := map[string]place{}, map[string]place{}
	reject := func(field, value, code string, a, b place, args ...string) {
		a.entry.Reject(field, value, sheet.Sentence{Code: code, Args: append(args[:len(args):len(args)], where(b.book, b.entry))})
		b.entry.Reject(field, value, sheet.Sentence{Code: code, Args: append(args[:len(args):len(args)], where(a.book, a.entry))})
	}
	for _, book := range u.Books {
		for _, entry := range book.Entries {
			if !entry.OK() {
				continue
			}
			here, inv := place{book, entry}, entry.Invoice
			if first, taken := numbers[inv.Number]; !taken {
				numbers[inv.Number] = here
			} else if first.entry.Invoice.Digest() != inv.Digest() {
				reject("number", inv.Number, "other-content", first, here)
				continue
			}
			if inv.SessionID == "" {
				continue
			}
			if first, taken := sessions[inv.SessionID]; !taken {
				sessions[inv.SessionID] = here
			} else if first.entry.Invoice.Number != inv.Number {
				reject("sessionId", inv.SessionID, "session-of-another", first, here, first.entry.Invoice.Number)
			}
		}
	}
}

func where(b *sheet.Book, e *sheet.Entry) string {
	return fmt.Sprintf("%s, row %d", b.Name, e.FirstRow)
}

// Len returns the number of invoices that can be issued.
func (u *Upload) Len() int { return len(u.items) }

// Refused returns the number of invoices that the files' problems keep back.
func (u *Upload) Refused() int { return u.skipped }

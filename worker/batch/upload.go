package batch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/event"
	"invoicelink/worker/packed"
)

// Upload is a set of files that are worked on together. Its methods may be
// called by several goroutines, apart from Read's own and Publish.
type Upload struct {
	// ID names the upload; its requests and their answers carry it.
	ID string
	// Books are the files as they were read. Their entries hold no invoices, see
	// Each.
	Books []*sheet.Book

	items    []item // every invoice, good or bad, in the order of the files
	invoices packed.List[invoice.Invoice]

	// What follows from the files alone is computed when it is first asked
	// for: a page asks again and again.
	rows   func() []Row
	digest func() string

	mu      sync.Mutex
	from    uint64 // the first event that can be an answer
	count   Count
	links   int  // answers with a payment link
	ubl     bool // an answer names a UBL file
	answers packed.List[event.Status]
}

// item is one invoice and what became of it.
type item struct {
	entry   *sheet.Entry
	book    *sheet.Book
	invoice uint32 // place in invoices
	answer  uint32 // place in answers, from 1; 0 for none
	became  Answer
	page    bool // the answer names a PDF
	link    bool // it has a payment link
}

// Answer is what the answer to an invoice comes to.
type Answer uint8

// The answers.
const (
	NoAnswer Answer = iota // yet, or none is awaited
	Issued                 // by this upload
	Repeated               // issued before it
	Refused                // rejected or failed
)

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
	u := &Upload{ID: id}
	u.rows, u.digest = sync.OnceValue(u.listRows), sync.OnceValue(u.computeDigest)
	var unreadable []error
	o.ColumnsAnywhere = len(files) > 1
	o.Take = func(e *sheet.Entry) {
		if _, err := u.invoices.Add(e.Invoice); err != nil {
			unreadable = append(unreadable, fmt.Errorf("invoice %s: %w", e.Number, err))
		}
	}
	for _, f := range files {
		first := u.invoices.Len()
		book, err := sheet.Read(ctx, f.Path, o)
		if book != nil {
			u.Books = append(u.Books, book)
			u.items = slices.Grow(u.items, len(book.Entries))
			for i, entry := range book.Entries {
				u.items = append(u.items, item{entry: entry, book: book, invoice: uint32(first + i)})
			}
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
	if err := u.crossCheck(); err != nil {
		return u, err
	}
	for i := range u.items {
		if u.items[i].entry.OK() {
			u.count.Open++
		} else {
			u.count.Refused++
		}
	}
	return u, nil
}

// request is the id of an invoice's request. Bad invoices count too: what
// another check finds moves no request to another invoice.
func (u *Upload) request(i int) string { return u.ID + "-" + strconv.Itoa(i+1) }

// itemOf is the place in items of the good invoice that a request is for, -1 if
// it is not one of this upload's.
func (u *Upload) itemOf(request string) int {
	n, ours := strings.CutPrefix(request, u.ID+"-")
	i, err := strconv.Atoi(n)
	if !ours || err != nil || i < 1 || i > len(u.items) || !u.items[i-1].entry.OK() || u.request(i-1) != request {
		return -1
	}
	return i - 1
}

func (u *Upload) invoice(i int) (*invoice.Invoice, error) {
	return u.invoices.At(int(u.items[i].invoice))
}

// good yields the places in items of the invoices that can be issued.
func (u *Upload) good(yield func(int) bool) {
	for i := range u.items {
		if u.items[i].entry.OK() && !yield(i) {
			return
		}
	}
}

// Each calls f with each invoice of a file, good or bad, in its order, until f
// returns an error.
func (u *Upload) Each(book *sheet.Book, f func(*sheet.Entry, *invoice.Invoice) error) error {
	for i := range u.items {
		if u.items[i].book != book {
			continue
		}
		inv, err := u.invoice(i)
		if err == nil {
			err = f(u.items[i].entry, inv)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// crossCheck finds one number with different content, and one session on
// several invoices, across files; within a file the reader has found them. Both
// sides are rejected: which one is right is not ours to guess.
func (u *Upload) crossCheck() error {
	if len(u.Books) < 2 {
		return nil
	}
	numbers, sessions := map[string]int{}, map[string]int{}
	reject := func(field, value, code string, first, second int, args ...string) {
		a, b := u.items[first], u.items[second]
		a.entry.Reject(field, value, sheet.Sentence{Code: code, Args: append(args[:len(args):len(args)], where(b.book, b.entry))})
		b.entry.Reject(field, value, sheet.Sentence{Code: code, Args: append(args[:len(args):len(args)], where(a.book, a.entry))})
	}
	for i := range u.good {
		e := u.items[i].entry
		if first, taken := numbers[e.Number]; !taken {
			numbers[e.Number] = i
		} else if same, err := u.sameContent(first, i); err != nil {
			return err
		} else if !same {
			reject("number", e.Number, "other-content", first, i)
			continue
		}
		if e.SessionID == "" {
			continue
		}
		if first, taken := sessions[e.SessionID]; !taken {
			sessions[e.SessionID] = i
		} else if number := u.items[first].entry.Number; number != e.Number {
			reject("sessionId", e.SessionID, "session-of-another", first, i, number)
		}
	}
	return nil
}

func (u *Upload) sameContent(i, j int) (bool, error) {
	a, err := u.invoice(i)
	if err != nil {
		return false, err
	}
	b, err := u.invoice(j)
	return err == nil && a.Digest() == b.Digest(), err
}

func where(b *sheet.Book, e *sheet.Entry) string {
	return fmt.Sprintf("%s, row %d", b.Name, e.FirstRow)
}

// Len returns the number of invoices that can be issued.
func (u *Upload) Len() int { return len(u.items) - u.Refused() }

// Refused returns the number of invoices that the files' problems keep back.
func (u *Upload) Refused() int { return u.Count().Refused }

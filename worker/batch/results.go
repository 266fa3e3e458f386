package batch

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"invoicelink/invoice/sheet"
	"invoicelink/worker/event"
)

// statusWaiting is written next to an invoice that has no answer yet.
const statusWaiting = "waiting"

// WriteResults writes each file back into the directory, as
// <name>-results.<ext>, and returns the paths. Files of the same name get a
// number.
func (u *Upload) WriteResults(ctx context.Context, dir string) ([]string, error) {
	var paths []string
	used := map[string]int{}
	for _, book := range u.Books {
		name := resultsName(book)
		used[strings.ToLower(name)]++
		if n := used[strings.ToLower(name)]; n > 1 {
			ext := filepath.Ext(name)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
		}
		path := filepath.Join(dir, name)
		if err := u.writeResults(ctx, book, path); err != nil {
			return paths, fmt.Errorf("write results of %s: %w", book.Name, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func resultsName(b *sheet.Book) string {
	return strings.TrimSuffix(b.Name, filepath.Ext(b.Name)) + "-results." + string(b.Format)
}

func (u *Upload) writeResults(ctx context.Context, book *sheet.Book, path string) error {
	byNumber := make(map[string]int32, len(u.items))
	for i := range u.good {
		if u.items[i].book == book {
			byNumber[u.items[i].entry.Number] = int32(i)
		}
	}
	var failed error
	u.mu.Lock()
	book.UBL = u.ubl
	u.mu.Unlock()
	err := book.WriteResults(ctx, path, func(number string) (sheet.Result, bool) {
		i, found := byNumber[number]
		if !found {
			return sheet.Result{}, false
		}
		o, err := u.outcome(int(i))
		if err != nil {
			failed = err
		}
		if o == nil {
			return sheet.Result{Status: statusWaiting}, true
		}
		return sheet.Result{
			Status: o.State, PaymentLink: o.PaymentLink, LinkExpires: o.ExpiresAt, PDF: o.PDF, Revision: o.Revision, UBL: o.UBL,
			Error: strings.Join(append(nonEmpty(o.Error), o.Notes()...), "; "),
		}, true
	})
	return errors.Join(err, failed)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Failures returns the first answers that failed, in the order of the files, and
// how many more there are.
func (u *Upload) Failures(most int) (first []event.Status, more int, err error) {
	for i := range u.good {
		switch {
		case u.became(i) != Refused:
		case len(first) == most:
			more++
		default:
			o, err := u.outcome(i)
			if err != nil {
				return nil, 0, err
			}
			first = append(first, *o)
		}
	}
	return first, more, nil
}

func (u *Upload) became(i int) Answer {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.items[i].became
}

// Place says where the invoice of a request stands in the files; empty if it is
// not one of the upload's.
func (u *Upload) Place(request string) string {
	if i := u.itemOf(request); i >= 0 {
		return where(u.items[i].book, u.items[i].entry)
	}
	return ""
}

// WithPage returns the numbers of the invoices whose answer names a page, in the
// order of the files.
func (u *Upload) WithPage() (numbers []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i := range u.good {
		if u.items[i].page {
			numbers = append(numbers, u.items[i].entry.Number)
		}
	}
	return numbers
}

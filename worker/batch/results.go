package batch

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"invoicelink/invoice/sheet"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
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
		if err := book.WriteResults(ctx, path, u.results(book)); err != nil {
			return paths, fmt.Errorf("write results of %s: %w", book.Name, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func resultsName(b *sheet.Book) string {
	return strings.TrimSuffix(b.Name, filepath.Ext(b.Name)) + "-results." + string(b.Format)
}

func (u *Upload) results(book *sheet.Book) map[string]sheet.Result {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := map[string]sheet.Result{}
	for _, it := range u.items {
		if it.book != book {
			continue
		}
		r := sheet.Result{Status: statusWaiting}
		if o := it.outcome; o != nil {
			r = sheet.Result{
				Status: o.State, PaymentLink: o.PaymentLink, LinkExpires: o.ExpiresAt, PDF: o.PDF, Revision: o.Revision,
				Error: strings.Join(append(nonEmpty(o.Error), o.Notes()...), "; "),
			}
		}
		out[it.entry.Invoice.Number] = r
	}
	for _, entry := range book.Entries {
		if !entry.OK() {
			texts := make([]string, len(entry.Problems))
			for i, p := range entry.Problems {
				texts[i] = p.String()
			}
			out[entry.Invoice.Number] = sheet.Result{Status: string(ledger.Rejected), Error: strings.Join(texts, "; ")}
		}
	}
	return out
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Failures returns the answers that failed, in the order of the files.
func (u *Upload) Failures() []event.Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []event.Status
	for _, it := range u.items {
		if it.outcome != nil && !it.outcome.Succeeded() {
			out = append(out, *it.outcome)
		}
	}
	return out
}

// Place says where the invoice stands in the files.
func (u *Upload) Place(number string) string {
	for _, it := range u.items {
		if it.entry.Invoice.Number == number {
			return where(it.book, it.entry)
		}
	}
	return ""
}

// Issued returns the answers that came with a page, in the order of the files.
func (u *Upload) Issued() []event.Status {
	var out []event.Status
	for _, it := range u.items {
		if it.outcome != nil && it.outcome.PDF != "" {
			out = append(out, *it.outcome)
		}
	}
	return out
}

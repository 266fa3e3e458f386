package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// statusRejected is the status of an invoice that has problems; what it is in
// the results map does not count.
const statusRejected = "rejected"

// maxCellRunes is what a cell holds (Excel's specifications and limits: 32,767
// characters of UTF-16).
const maxCellRunes = 16_000

// WriteResults writes the sender's file with six columns added to path: status,
// error, payment link, link expires (UTC), PDF and revision, beside the first
// row of each invoice. Results are looked up by invoice number; an invoice
// with problems is "rejected" with all of them. An invoice without a result
// gets empty cells. Where the file holds such columns from an earlier time,
// they are written anew.
//
// A workbook stays the sender's own, with bad cells highlighted and their
// reasons as comments; beyond AnnotateRows it is a plain one with the same
// columns and values. A CSV file keeps its separator and encoding; it gets a
// byte order mark where it is UTF-8 with more than ASCII, since Excel needs one
// there, and texts that a spreadsheet would run as a formula get an apostrophe.
//
// The file at path is complete or not there. It must not be the file that was
// read, and that must not have changed since.
func (b *Book) WriteResults(ctx context.Context, path string, results map[string]Result) error {
	if b.layout == nil {
		return fmt.Errorf("write %s: %s has no columns to write beside", path, b.Name)
	}
	if same, err := sameFile(path, b.source); err != nil || same {
		if err == nil {
			err = errors.New("is the file that was read; name another one")
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := openFile(ctx, b.source, b.limits.MaxBytes)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer f.Close()
	if f.sha256 != b.SHA256 {
		return fmt.Errorf("write %s: %s has changed since it was read; run it again", path, b.Path)
	}
	f.form = b.form
	write := b.writeCSV
	if b.Format == XLSX {
		write = b.writeWorkbook
	}
	rows := b.resultRows(results)
	err = replaceFile(path, func(w io.Writer) error { return write(ctx, f, w, rows) })
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// resultRow holds the texts of the result columns; revision is a number.
type resultRow struct {
	texts    [len(resultHeaders)]string
	revision int
}

// resultRows returns what to write, by row.
func (b *Book) resultRows(results map[string]Result) map[int]resultRow {
	out := make(map[int]resultRow, len(b.Entries))
	for _, e := range b.Entries {
		r, found := results[e.Invoice.Number]
		switch {
		case !e.OK():
			r = Result{Status: statusRejected, Error: b.reasons(e.Problems)}
		case !found:
			continue
		}
		out[e.FirstRow] = r.row()
	}
	for _, p := range b.Problems {
		if _, taken := out[p.Row]; !taken && p.Row > b.layout.row {
			out[p.Row] = Result{Status: statusRejected, Error: b.reasons([]Problem{p})}.row()
		}
	}
	return out
}

func (r Result) row() resultRow {
	expires := ""
	if !r.LinkExpires.IsZero() {
		expires = r.LinkExpires.UTC().Format("2006-01-02 15:04 ") + time.UTC.String()
	}
	revision := ""
	if r.Revision > 0 {
		revision = strconv.Itoa(r.Revision)
	}
	return resultRow{[...]string{r.Status, cut(r.Error), r.PaymentLink, expires, r.PDF, revision}, r.Revision}
}

// reasons joins problems, each with its cell.
func (b *Book) reasons(problems []Problem) string {
	parts := make([]string, len(problems))
	for i, p := range problems {
		place := p.Cell
		if b.Format == CSV {
			place = "line " + itoa(p.Row)
		}
		if place == "" {
			place = "row " + itoa(p.Row)
		}
		parts[i] = place + ": " + p.Text()
	}
	return cut(strings.Join(parts, "; "))
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxCellRunes {
		return string(r[:maxCellRunes]) + "…"
	}
	return s
}

// resultColumns are the columns to write: those of an earlier time, or new ones
// behind everything that stands in the sheet.
func (b *Book) resultColumns(width int) [len(resultHeaders)]int {
	if b.layout.results[0] >= 0 {
		return b.layout.results
	}
	var out [len(resultHeaders)]int
	for i := range out {
		out[i] = width + i
	}
	return out
}

func sameFile(path, source string) (bool, error) {
	a, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s, err := os.Stat(source)
	if err != nil {
		return false, err
	}
	return os.SameFile(a, s), nil
}

// replaceFile writes a file beside path, syncs it and puts it in path's place.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".invoicelink-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()           // closed already, or of no use
			os.Remove(tmp.Name()) // a leftover is only untidy
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some file systems cannot sync a directory; the file itself is safe.
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		return err
	}
	return nil
}

package sheet

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice/sheet/profile"
)

// The places of some of the result columns.
const (
	resultError    = 1
	resultLink     = 2
	resultPDF      = 4
	resultRevision = 5
	resultUBL      = 6 // may be left out
)

// resultRow holds the texts of the result columns.
type resultRow [len(resultHeaders)]string

// resultRows are the texts to write on a sheet. Those of an invoice are made
// when they are asked for.
type resultRows struct {
	b       *Book
	entries []*Entry // of the sheet, in the order of their rows
	result  func(number string) (Result, bool)
	strays  map[int]string   // reasons of problems that belong to no invoice, by row
	notes   map[int][]string // by row
}

func (b *Book) resultRows(t *table, result func(number string) (Result, bool)) *resultRows {
	r := &resultRows{b: b, result: result, strays: map[int]string{}, notes: map[int][]string{}}
	for _, e := range b.Entries {
		if e.table == t {
			r.entries = append(r.entries, e)
		}
	}
	for _, p := range b.Problems {
		if _, taken := r.ofInvoice(p.Row); !taken && r.strays[p.Row] == "" && p.Row > t.l.row && p.Sheet == t.sheet {
			r.strays[p.Row] = b.reasons([]Problem{p})
		}
	}
	if result != nil || len(b.Questions) > 0 {
		r.noteRows(t)
	}
	return r
}

// noteRows puts notes next to the rows that they are about, and those on the
// whole file next to the first invoice.
func (r *resultRows) noteRows(t *table) {
	for _, n := range r.b.Notes {
		row := n.Row
		if n.Sheet != t.sheet && r.b.Format == XLSX {
			continue
		}
		if row <= t.l.row {
			if len(r.entries) == 0 {
				continue
			}
			row = r.entries[0].FirstRow
		}
		r.notes[row] = append(r.notes[row], "note: "+n.Text())
	}
}

// ofInvoice is the result of the invoice that begins in a row.
func (r *resultRows) ofInvoice(row int) (Result, bool) {
	i, found := slices.BinarySearchFunc(r.entries, row, func(e *Entry, row int) int { return cmp.Compare(e.FirstRow, row) })
	switch {
	case !found:
		return Result{}, false
	case !r.entries[i].OK():
		return Result{Status: statusRejected, Error: r.b.reasons(r.entries[i].Problems)}, true
	case r.result == nil:
		return Result{}, false
	}
	return r.result(r.entries[i].Number)
}

// at returns the texts of a row, and whether there are any.
func (r *resultRows) at(row int) (resultRow, bool) {
	result, found := r.ofInvoice(row)
	if stray := r.strays[row]; !found && stray != "" {
		result, found = Result{Status: statusRejected, Error: stray}, true
	}
	texts := result.row()
	for _, note := range r.notes[row] {
		if texts[resultError] != "" {
			note = texts[resultError] + "; " + note
		}
		texts[resultError], found = cut(note), true
	}
	return texts, found
}

// rows are those that may have texts, in their order.
func (r *resultRows) rows() []int {
	rows := slices.AppendSeq(slices.Collect(maps.Keys(r.strays)), maps.Keys(r.notes))
	for _, e := range r.entries {
		rows = append(rows, e.FirstRow)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// texts yields every text.
func (r *resultRows) texts(yield func(string) bool) {
	for _, row := range r.rows() {
		texts, _ := r.at(row)
		for _, s := range texts {
			if !yield(s) {
				return
			}
		}
	}
}

// last returns the last row that has texts, 0 for none.
func (r *resultRows) last() int {
	for _, row := range slices.Backward(r.rows()) {
		if _, ok := r.at(row); ok {
			return row
		}
	}
	return 0
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
	return resultRow{r.Status, cut(r.Error), r.PaymentLink, expires, r.PDF, revision, r.UBL}
}

// reasons joins problems, each with its cell.
func (b *Book) reasons(problems []Problem) string {
	parts := make([]string, len(problems))
	for i, p := range problems {
		place := p.Cell
		if b.Format == CSV {
			place = "line " + strconv.Itoa(p.Row)
		}
		if place == "" {
			place = "row " + strconv.Itoa(p.Row)
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
func (t *table) resultColumns(ubl bool) [len(resultHeaders)]int {
	if t.l.results[0] >= 0 {
		return t.l.results
	}
	width := t.l.width
	for col, f := range t.facts {
		if f != nil && t.sheet != "" {
			width = max(width, col+1)
		}
	}
	var out [len(resultHeaders)]int
	for i := range out {
		out[i] = width + i
	}
	if !ubl {
		out[resultUBL] = -1
	}
	return out
}

// resultHeader is the header of a result column, not to be confused with a column of the
// file that has the same one.
func (t *table) resultHeader(i int) string {
	for _, c := range t.l.columns {
		if c.Role != RoleResult && profile.Fold(c.Header) == profile.Fold(resultHeaders[i]) {
			return resultHeaders[i] + resultSuffix
		}
	}
	return resultHeaders[i]
}

// resultSuffix stands behind a result's header if the file has such a column
// itself.
const resultSuffix = " (invoicelink)"

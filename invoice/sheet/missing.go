package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// missing reports the required columns that are not there. One that is there
// under a misspelt header has been told already.
func (b *Book) missing(l *layout, o *Options, near map[field]bool) []Problem {
	var out []Problem
	for f := range specs {
		required := specs[f].required || field(f) == fCurrency && o.Currency == ""
		if !required || l.first[f] >= 0 || near[field(f)] {
			continue
		}
		message := fmt.Sprintf("column %q is missing; add it", specs[f].header)
		if field(f) == fCurrency {
			message += ", or set the seller's currency"
		}
		for _, c := range l.columns {
			if d, ok := l.doubt(fold(c.Header)); ok && d.field == field(f) {
				message += fmt.Sprintf("; %s in %s may be %s, so rename it if it is this one", clip(c.Header), cellName(c.Index, l.row), d.hint)
			}
		}
		out = append(out, b.rowProblem(l.row, message))
	}
	return out
}

// unmapped reports entries of Options.Columns that name no field, or no column.
func (b *Book) unmapped(r *row, o *Options) []Problem {
	var out []Problem
	for _, header := range slices.Sorted(maps.Keys(o.Columns)) {
		to := o.Columns[header]
		if _, ok := byHeader[fold(to)]; !ok && to != "-" {
			out = append(out, b.rowProblem(r.num, fmt.Sprintf("column mapping names %s, which is no field; the fields are %s", clip(to), strings.Join(Fields(), ", "))))
			continue
		}
		if !slices.ContainsFunc(r.cells, func(c cell) bool { return fold(c.text) == fold(header) }) {
			out = append(out, b.rowProblem(r.num, fmt.Sprintf("column mapping names the header %s, which the file has not", clip(header))))
		}
	}
	return out
}

// findResults returns the columns of our own results, all of them or none.
func findResults(r *row) [len(resultHeaders)]int {
	var found, none [len(resultHeaders)]int
	for i, h := range resultHeaders {
		found[i], none[i] = -1, -1
		for _, c := range r.cells {
			if c.kind == text && fold(c.text) == fold(h) {
				found[i] = c.col
			}
		}
		if found[i] < 0 {
			for j := range none {
				none[j] = -1
			}
			return none
		}
	}
	return found
}

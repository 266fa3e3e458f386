package sheet

import (
	"fmt"
	"slices"
)

// headerWithin is the number of filled rows in which the header row is looked
// for: lists begin with up to four rows of title.
const headerWithin = 10

// layout is what the header row says.
type layout struct {
	row     int                     // of the headers
	columns []Column                // with a header, from left to right
	first   [fieldCount]int         // the column of each field, -1 for none
	street  []int                   // all columns of the address, in order
	fields  map[int]field           // by column
	doubts  map[int]doubt           // harmful unclear columns
	results [len(resultHeaders)]int // the columns of our own results, -1 for none
	width   int                     // columns up to the last header
	own     bool                    // the project's own layout
}

// headerScore says how much a row looks like a header row: the number of
// headers that are recognised, or nearly.
func headerScore(r *row, mapped map[string]string) int {
	n := 0
	for _, c := range r.cells {
		if c.kind != text {
			continue
		}
		h := fold(c.text)
		_, own := byHeader[h]
		_, alias := byAlias[h]
		_, weakly := weak[h]
		_, user := mapped[h]
		if own || alias || weakly || user || nearest(c.text) != noField {
			n++
		}
	}
	return n
}

// headers recognises the columns of a header row. The problems are those of
// the file: near misses, missing columns, a field twice.
func (b *Book) headers(r *row, o *Options, mapped map[string]string) (*layout, []Problem) {
	l := &layout{row: r.num, fields: map[int]field{}, doubts: map[int]doubt{}}
	for f := range l.first {
		l.first[f] = -1
	}
	for i := range l.results {
		l.results[i] = -1
	}
	l.results = findResults(r)
	folded := map[string]bool{}
	for _, c := range r.cells {
		folded[fold(c.text)] = true
		l.width = max(l.width, c.col+1)
	}
	l.own = folded[fold(specs[fIssueDate].header)] && folded[fold(specs[fVATRate].header)]

	var problems []Problem
	for _, c := range r.cells {
		l.columns = append(l.columns, Column{Index: c.col, Letter: letters(c.col), Header: short(c.text), Role: RoleCarried})
	}
	// The better names first, so that a weak one does not take their field.
	for _, name := range []func(string) field{userNames(mapped), l.ownNames, strongNames, weakNames} {
		problems = append(problems, b.assign(l, r, name, mapped)...)
	}
	near := map[field]bool{}
	for i := range l.columns {
		column := &l.columns[i]
		header := r.cells[i].text
		if column.Role != RoleCarried || mapped[fold(header)] != "" {
			continue
		}
		if d, ok := l.doubt(fold(header)); ok {
			column.Role = RoleUnclear
			column.Hint = "may be " + d.hint
			if d.harmful && (d.field == noField || l.first[d.field] < 0) {
				l.doubts[column.Index] = d
			}
			continue
		}
		if f := nearest(header); f != noField {
			near[f] = true
			problems = append(problems, b.problem(spot{r.num, column.Index}, "", header, fmt.Sprintf(
				"header %s looks like %q with a typing error; correct it, or rename the column if it is another one", clip(header), specs[f].header)))
		}
	}
	problems = append(problems, b.missing(l, o, near)...)
	problems = append(problems, b.unmapped(r, o)...)
	return l, problems
}

// assign gives columns without a field the one that the name function knows.
func (b *Book) assign(l *layout, r *row, name func(string) field, mapped map[string]string) []Problem {
	var problems []Problem
	taken := l.first // fields of the better names
	for i := range l.columns {
		column := &l.columns[i]
		h := fold(r.cells[i].text)
		if column.Role != RoleCarried || mapped[h] == "-" {
			continue
		}
		if slices.Contains(l.results[:], column.Index) {
			column.Role = RoleResult
			continue
		}
		f := name(h)
		if f == noField || taken[f] >= 0 {
			continue
		}
		if l.first[f] >= 0 && f != fStreet {
			problems = append(problems, b.problem(spot{r.num, column.Index}, "", r.cells[i].text, fmt.Sprintf(
				"header %s and %s in %s both mean %q; rename one of them", clip(r.cells[i].text),
				clip(r.at(l.first[f]).text), cellName(l.first[f], r.num), specs[f].header)))
			continue
		}
		if l.first[f] < 0 {
			l.first[f] = column.Index
		}
		if f == fStreet {
			l.street = append(l.street, column.Index)
		}
		column.Role, column.Field = RoleField, specs[f].header
		l.fields[column.Index] = f
	}
	return problems
}

func userNames(mapped map[string]string) func(string) field {
	return func(h string) field {
		if f, ok := byHeader[fold(mapped[h])]; ok && mapped[h] != "" {
			return f
		}
		return noField
	}
}

func (l *layout) ownNames(h string) field {
	if _, unclear := foreign[h]; unclear && !l.own {
		return noField
	}
	return lookUp(byHeader, h)
}

func strongNames(h string) field { return lookUp(byAlias, h) }

func weakNames(h string) field { return lookUp(weak, h) }

func lookUp(m map[string]field, h string) field {
	if f, ok := m[h]; ok {
		return f
	}
	return noField
}

func (l *layout) doubt(h string) (doubt, bool) {
	if d, ok := unclear[h]; ok {
		return d, true
	}
	d, ok := foreign[h]
	return d, ok && !l.own
}

package sheet

import (
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// templates fills in the profile's texts that name columns of the row.
func (x *builder) templates(r *grid.Row) {
	d, w := &x.t.p.Defaults, x.current.work()
	if strings.Contains(string(d.Description), "{") {
		for len(w.descriptions) < max(1, len(x.current.Invoice.Lines)) {
			w.descriptions = append(w.descriptions, x.clean(x.expand(string(d.Description), r, x.current)))
		}
	}
	x.expandConstants(r)
}

// expand replaces the names of columns and fields in braces by what stands in
// the row. It is empty if none of them has a value.
func (x *builder) expand(template string, r *grid.Row, e *Entry) string {
	var out strings.Builder
	named, found := false, false
	for rest := template; rest != ""; {
		before, after, ok := strings.Cut(rest, "{")
		out.WriteString(before)
		name, tail, closed := strings.Cut(after, "}")
		if !ok || !closed {
			break
		}
		rest = tail
		s := ""
		switch {
		case name == "row":
			s = strconv.Itoa(r.Num)
		case name == "number" && e != nil:
			s = e.Invoice.Number
		default:
			s = x.cellText(r, name)
			named, found = true, found || s != ""
			out.WriteString(s)
			continue
		}
		out.WriteString(s)
	}
	if named && !found {
		return ""
	}
	return grid.Trim(out.String())
}

// cellText is the text of a row's cell in the column of a header, a letter or a
// field.
func (x *builder) cellText(r *grid.Row, name string) string {
	col := -1
	if cols := x.t.l.find(x.t.headers, name); len(cols) > 0 {
		col = cols[0]
	} else if to, ok := profile.ParseField(name); ok && to != profile.Ignore {
		col = x.t.l.first[byName[to]]
	}
	return x.plainText(r, col)
}

// plainText is the text of a cell as it is shown; empty if there is none.
func (x *builder) plainText(r *grid.Row, col int) string {
	if col < 0 {
		return ""
	}
	c := r.At(col)
	if c.Kind == grid.Blank || c.Kind == grid.Error || c.Kind == grid.Unstored {
		return ""
	}
	s, err := x.t.v.plain(&c)
	if err != nil {
		return c.Text
	}
	return s
}

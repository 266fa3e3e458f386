package sheet

import (
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// layout is what the header row says.
type layout struct {
	row     int               // of the headers; of the last one if they take several
	columns []Column          // from left to right
	index   []int             // of columns, by column of the sheet; -1 for none
	roles   []role            // by column of the sheet
	first   [fieldCount]int   // the column of each field, -1 for none
	cols    [fieldCount][]int // all columns of a field
	lines   [][]bind          // the line fields of each line in a row
	results [len(resultHeaders)]int
	custom  []customColumn
	width   int  // columns up to the last header
	own     bool // the project's own layout
}

// bind is a column that is read as a field.
type bind struct {
	col int
	f   field
}

// customColumn is a column of the sender's own particulars (invoice.Field).
type customColumn struct {
	col   int
	label string
}

// customLabel is NAME of the header "Field: NAME", "" for another one.
func customLabel(header string) string {
	word, label, found := strings.Cut(header, ":")
	if !found || profile.Fold(word) != "field" {
		return ""
	}
	return grid.Trim(label)
}

// findCustom takes the columns of the sender's own particulars.
func (l *layout) findCustom(headers map[int]string) {
	for _, col := range slices.Sorted(mapsKeys(headers)) {
		label := customLabel(headers[col])
		if c := l.column(col); label != "" && !l.roles[col].answered {
			c.Role, c.Field = RoleField, c.Header
			l.custom = append(l.custom, customColumn{col, label})
		}
	}
}

// role says what the cells of a column are there for.
type role struct {
	f        field // noField if it is not read
	answered bool  // the user has said what it is, or that it is nothing
	rowLine  bool  // it belongs to one of several lines in a row
}

func (l *layout) addColumn(col int, header string) *Column {
	for len(l.index) <= col {
		l.index = append(l.index, -1)
		l.roles = append(l.roles, role{f: noField})
	}
	if i := l.index[col]; i >= 0 {
		return &l.columns[i]
	}
	l.index[col] = len(l.columns)
	l.columns = append(l.columns, Column{Index: col, Letter: grid.Letters(col), Header: short(header), Role: RoleCarried})
	return &l.columns[len(l.columns)-1]
}

// column returns the column at a place of the sheet; nil if it has neither
// header nor values.
func (l *layout) column(col int) *Column {
	if col < 0 || col >= len(l.index) || l.index[col] < 0 {
		return nil
	}
	return &l.columns[l.index[col]]
}

// name is how a message names a column.
func (l *layout) name(col int) string {
	if c := l.column(col); c != nil && c.Header != "" {
		return c.Letter + " " + clip(c.Header)
	}
	return grid.Letters(col)
}

// take reads a column as a field.
func (l *layout) take(col int, f field) {
	c := l.addColumn(col, "")
	c.Role, c.Field, c.Hint, c.HintCode = RoleField, specs[f].header, "", ""
	l.roles[col].f = f
	l.cols[f] = append(l.cols[f], col)
	slices.Sort(l.cols[f])
	l.first[f] = l.cols[f][0]
}

// find returns the columns that an answer names: by header, or else by letter.
func (l *layout) find(headers map[int]string, name string) []int {
	h := profile.Fold(name)
	var out []int
	for _, col := range slices.Sorted(mapsKeys(headers)) {
		if h != "" && profile.Fold(headers[col]) == h {
			out = append(out, col)
		}
	}
	if len(out) == 0 && len(name) <= 3 && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		if col := grid.Column(name); col >= 0 {
			out = append(out, col)
		}
	}
	return out
}

// bindLines sets the columns of each line in a row: those of the layout, or
// those that the profile lays side by side, which share the others.
func (l *layout) bindLines(t *table) {
	var shared []bind
	for f := range fieldCount {
		if specs[f].line {
			for _, col := range l.cols[f] {
				shared = append(shared, bind{col, f})
			}
		}
	}
	slices.SortFunc(shared, func(a, b bind) int { return a.col - b.col })
	if len(t.p.RowLines) == 0 || t.side != nil {
		l.lines = [][]bind{shared}
		return
	}
	for _, rl := range t.p.RowLines {
		var own []bind
		for _, header := range slices.Sorted(mapsKeys(rl.Columns)) {
			to, _ := profile.ParseField(rl.Columns[header])
			if f, ok := byName[to]; ok {
				for _, col := range l.find(t.headers, header) {
					own = append(own, bind{col, f})
				}
			}
		}
		slices.SortFunc(own, func(a, b bind) int { return a.col - b.col })
		l.lines = append(l.lines, own)
	}
}

func (l *layout) ownNames(h string) field {
	if foreign[h] && !l.own {
		return noField
	}
	return lookUp(byHeader)(h)
}

// findResults returns the columns of our own results, all of them, UBL perhaps, or
// none.
func (l *layout) findResults() [len(resultHeaders)]int {
	var found, none [len(resultHeaders)]int
	for i := range none {
		none[i] = -1
	}
	for i, h := range resultHeaders {
		found[i] = -1
		for _, c := range l.columns {
			switch profile.Fold(c.Header) {
			case profile.Fold(h):
				if found[i] < 0 {
					found[i] = c.Index
				}
			case profile.Fold(h + resultSuffix):
				found[i] = c.Index
			}
		}
		if found[i] < 0 && i != resultUBL {
			return none
		}
	}
	return found
}

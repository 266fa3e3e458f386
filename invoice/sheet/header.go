package sheet

import (
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// headerWithin is the number of filled rows in which the header row is looked
// for: lists begin with rows of title, and forms have none.
const headerWithin = 25

// headerText is what a header cell says.
func headerText(c grid.Cell) string {
	if c.Kind != grid.Text {
		return ""
	}
	return grid.Trim(c.Text)
}

// headersOf are the headers of a row, by column.
func headersOf(r *grid.Row) map[int]string {
	out := map[int]string{}
	for _, c := range r.Cells {
		if h := headerText(c); h != "" {
			out[c.Col] = h
		}
	}
	return out
}

// joinHeaders joins the texts of several header rows. Above the last one a text
// holds for the empty cells to its right, as that of a merged cell does.
func joinHeaders(rows []*grid.Row) map[int]string {
	out := map[int]string{}
	last := rows[len(rows)-1]
	width := 0
	for _, r := range rows {
		if n := len(r.Cells); n > 0 {
			width = max(width, r.Cells[n-1].Col+1)
		}
	}
	for _, r := range rows[:len(rows)-1] {
		above := ""
		for col := range width {
			if h := headerText(r.At(col)); h != "" {
				above = h
			}
			if above != "" && headerText(last.At(col)) != "" {
				out[col] = strings.TrimSpace(out[col] + " " + above)
			}
		}
	}
	for col := range width {
		if h := headerText(last.At(col)); h != "" {
			out[col] = strings.TrimSpace(out[col] + " " + h)
		}
	}
	return out
}

// headerScore says how much a row looks like a header row: the number of
// headers that are recognised, or nearly.
func headerScore(r *grid.Row, mapped map[string]string) int {
	n := 0
	for _, c := range r.Cells {
		if c.Kind != grid.Text || len(c.Text) > 80 {
			continue
		}
		if h := profile.Fold(c.Text); known(h) || mapped[h] != "" || nearest(c.Text) != noField {
			n++
		}
	}
	return n
}

// known reports whether a folded header is in one of the lists.
func known(h string) bool {
	if h == "" {
		return false
	}
	_, own := byHeader[h]
	_, alias := byAlias[h]
	_, weakly := weak[h]
	_, unclear := maybe[h]
	_, changes := owed[h]
	_, status := statusHeaders[h]
	return own || alias || weakly || unclear || changes || status || foreignNumbers[h] != ""
}

// layOut recognises the columns by their headers. The problems are those of
// the file: near misses, a field twice, answers that do not fit.
func (b *Book) layOut(t *table, headers map[int]string) []Problem {
	l := &layout{row: t.headerRow}
	t.l = l
	for f := range l.first {
		l.first[f] = -1
	}
	for _, col := range slices.Sorted(mapsKeys(headers)) {
		l.addColumn(col, headers[col])
	}
	l.width = len(l.index)
	l.results = l.findResults()
	folded := map[string]bool{}
	for _, h := range headers {
		folded[profile.Fold(h)] = true
	}
	l.own = folded[profile.Fold(specs[fIssueDate].header)] && folded[profile.Fold(specs[fVATRate].header)]

	problems := b.answers(t, headers)
	l.findCustom(headers)
	for _, name := range []func(string) field{l.ownNames, lookUp(byAlias), lookUp(weak)} {
		problems = append(problems, b.assign(t, name)...)
	}
	ours := 0
	for h := range folded {
		if _, ok := byHeader[h]; ok {
			ours++
		}
	}
	if ours >= 4 {
		for i := range l.columns {
			c := &l.columns[i]
			if c.Role != RoleCarried || l.roles[c.Index].answered || known(profile.Fold(c.Header)) {
				continue
			}
			if f := nearest(c.Header); f != noField && l.first[f] < 0 {
				t.near = append(t.near, f)
				problems = append(problems, b.problem(t, spot{l.row, c.Index}, noField, c.Header, say("header-near", clip(c.Header), clip(specs[f].header))))
			}
		}
	}
	l.bindLines(t)
	return problems
}

// joined are fields whose text may stand in several columns, with what stands
// between the parts.
var joined = map[field]string{
	fNumber: "", fCustomer: " ", fStreet: "\n", fZip: " ", fCity: " ", fReference: " ", fNote: "\n", fDescription: " ", fItem: " ", fInvoiceDiscount: "+", fCharge: "+", fPrepaid: "+",
}

// answers applies what the user says about columns: on the command line, then
// in the profile.
func (b *Book) answers(t *table, headers map[int]string) []Problem {
	l := t.l
	var problems []Problem
	apply := func(from map[string]string, where string, must bool) {
		for _, header := range slices.Sorted(mapsKeys(from)) {
			to, ok := profile.ParseField(from[header])
			if !ok {
				problems = append(problems, b.rowProblem(t, l.row, say("mapping-no-field", where, clip(from[header]), strings.Join(Fields(), ", "))))
				continue
			}
			cols := l.find(headers, header)
			if len(cols) == 0 && must {
				problems = append(problems, b.rowProblem(t, l.row, say("mapping-no-header", where, clip(header))))
			}
			if f, ok := byName[to]; ok && len(cols) > 1 {
				if _, several := joined[f]; !several {
					cols = cols[:1] // of a header that is there several times
				}
			}
			for _, col := range cols {
				l.addColumn(col, headers[col])
				if l.roles[col].answered {
					continue
				}
				l.roles[col].answered = true
				if to == profile.Ignore {
					continue
				}
				f := byName[to]
				if _, several := joined[f]; l.first[f] >= 0 && !several {
					problems = append(problems, b.rowProblem(t, l.row, say("mapping-twice", where, l.name(l.first[f]), l.name(col), specs[f].name)))
					continue
				}
				l.take(col, f)
			}
		}
	}
	if t.side != nil {
		where := "the profile's section lines"
		if t.side == t.p.CustomerSheet {
			where = "the profile's section customer_sheet"
		}
		apply(t.side.Columns, where, true)
		return problems
	}
	apply(b.limits.Columns, "column mapping", !b.limits.ColumnsAnywhere)
	apply(t.p.Columns, "profile "+t.p.Name, false)
	for _, rl := range t.p.RowLines {
		for _, header := range slices.Sorted(mapsKeys(rl.Columns)) {
			for _, col := range l.find(headers, header) {
				l.addColumn(col, headers[col]).Role = RoleField
				l.roles[col].answered, l.roles[col].rowLine = true, true
			}
		}
	}
	return problems
}

// minor are fields of which a second column is no reason to ask.
var minor = map[field]bool{fTerms: true, fNote: true, fEmail: true, fUnit: true, fReference: true, fCity: true, fZip: true, fCountry: true, fSupplyDate: true, fItem: true, fTax: true, fCustomerReg: true, fCustomerVAT: true, fCustomerNo: true, fLanguage: true}

// assign gives columns without a field the one that the name function knows.
func (b *Book) assign(t *table, name func(string) field) []Problem {
	l := t.l
	var problems []Problem
	taken := l.first // fields of the better names
	for i := range l.columns {
		c := &l.columns[i]
		h := profile.Fold(c.Header)
		if c.Role != RoleCarried || l.roles[c.Index].answered {
			continue
		}
		if slices.Contains(l.results[:], c.Index) {
			c.Role = RoleResult
			continue
		}
		f := name(h)
		if f == noField || taken[f] >= 0 {
			continue
		}
		if l.first[f] >= 0 && minor[f] {
			continue // the first one is as good
		}
		if l.first[f] >= 0 && f != fStreet {
			problems = append(problems, b.problem(t, spot{l.row, c.Index}, noField, c.Header, say("header-twice", clip(c.Header),
				clip(l.column(l.first[f]).Header), grid.Name(l.first[f], l.row), clip(specs[f].header))))
			continue
		}
		l.take(c.Index, f)
	}
	return problems
}

func lookUp(m map[string]field) func(string) field {
	return func(h string) field {
		if f, ok := m[h]; ok {
			return f
		}
		return noField
	}
}

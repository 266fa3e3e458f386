package sheet

import (
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// explain settles every column of numbers once all rows are read: proven, then
// compared, or a question that stops its invoices.
func (b *Book) explain(t *table) {
	for _, ev := range t.evidence {
		if ev == nil || len(ev.cells) == 0 {
			continue
		}
		c := t.l.column(ev.col)
		if h, ok := ev.proven(); ok {
			c.Role = RoleProven
			c.hint(say("meaning-" + hypothesisCode[h]))
			for _, m := range ev.found[h].misses {
				p := b.problem(t, spot{int(m.row), ev.col}, noField, string(m.value.decimal()), say("column-differs", t.l.name(ev.col), m.value.decimal(), m.want.decimal(), "{meaning-"+hypothesisCode[h]+"}"))
				m.e.Problems = append(m.e.Problems, p)
				m.e.sort()
			}
			continue
		}
		b.askColumn(t, ev)
	}
}

// onLines are those answers about a column of the sheet of lines that are fields
// of a line, where the profile says it.
func onLines(answers []Answer) (out []Answer) {
	for _, a := range answers {
		name := a.Line[strings.LastIndex(a.Line, " ")+1:]
		if f, ok := byName[profile.Field(name)]; ok && !specs[f].line {
			continue
		}
		a.Section, a.Line, a.Flag = "lines", "columns: {"+a.Line+"}", ""
		out = append(out, a)
	}
	return out
}

// askColumn asks what a column of numbers is that nothing explains.
func (b *Book) askColumn(t *table, ev *evidence) {
	c := t.l.column(ev.col)
	c.Role = RoleUnclear
	h := profile.Fold(c.Header)
	fields := owed[h]
	c.hint(say("hint-unexplained"))
	if d, ok := maybe[h]; ok {
		fields = d.fields
		c.hint(say(d.hint))
	}
	if len(fields) == 0 {
		fields = []field{fLineTotal, fLineGross, fNet, fTotal, fCharge, fDiscount, fPrepaid, fPayable}
		if _, withheld := owed[h]; withheld {
			fields = nil
		}
	}
	ask := func() Question {
		q := question(say("ask-column", t.l.name(ev.col)), columnAnswers(t.l, ev.col, fields)...)
		if _, changes := owed[h]; changes && len(fields) == 0 {
			q = question(say("ask-deduction", t.l.name(ev.col)), q.Answers...)
		}
		if t.side != nil {
			q.Answers = onLines(q.Answers)
		}
		q.Samples = t.factsOf(ev.col).samples()
		return q
	}
	key := "column " + c.Letter
	if t.side != nil {
		key = t.sheet + "!" + c.Letter
	}
	seen := map[*Entry]bool{}
	for _, cell := range ev.cells {
		if seen[cell.e] {
			continue
		}
		seen[cell.e] = true
		b.stopped(cell.e, stop{key, spot{int(cell.row), ev.col}, "", say("column-unexplained", t.l.name(ev.col)), t}, ask)
		cell.e.sort()
	}
}

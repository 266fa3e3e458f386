package sheet

import (
	"slices"

	"invoicelink/invoice/sheet/profile"
)

// end finishes what is open after the last row, and says what was left out.
func (x *builder) end() {
	x.leave()
	if x.byNumber != nil {
		for _, e := range slices.Clone(x.b.Entries) {
			if e.table == x.t {
				x.finish(e)
			}
		}
	}
	for _, number := range slices.Sorted(mapsKeys(x.lines)) {
		r := x.lines[number][0]
		x.b.Problems = append(x.b.Problems, x.b.problem(x.t.lineTable, spot{r.Num, x.t.lineTable.l.first[fNumber]}, fNumber, number, say("lines-without-invoice", clip(number), clip(x.t.sheet))))
	}
	for _, why := range slices.SortedFunc(mapsKeys(x.leftOut), leftOut.compare) {
		x.b.note(false, x.b.rowProblem(x.t, 0, why.sentence(x.leftOut[why])))
	}
	if len(x.hidden) > 0 {
		x.b.note(x.t.p.HiddenRows != "read", x.b.rowProblem(x.t, 0, say("hidden-rows", list(x.hidden))))
	}
	if x.cleaned > 0 {
		x.b.note(false, x.b.rowProblem(x.t, 0, say("cleaned-texts", x.cleaned)))
	}
	if x.b.stale && x.t.hasFormulas() {
		x.b.note(true, x.b.rowProblem(x.t, 0, say("stale-formulas")))
	}
}

// hasFormulas reports whether a column that is read as a number has formulas.
func (t *table) hasFormulas() bool {
	for col, f := range t.facts {
		if f != nil && f.formulas > 0 && col < len(t.l.roles) && t.l.roles[col].f != noField && specs[t.l.roles[col].f].read == readNumber {
			return true
		}
	}
	return false
}

// conclude settles what only the whole file can say.
func (b *Book) conclude() {
	for _, t := range b.tables {
		b.explain(t)
		if t.side == nil {
			b.netOrGross(t)
		}
	}
	b.Columns = b.tables[0].l.columns
	for _, n := range b.Notes {
		if n.Code != "totals-row" || !n.MustAccept || n.Accepted {
			continue
		}
		for _, e := range b.Entries {
			p := n.Problem
			p.Question = n.Code
			p.Sentence = Sentence{"totals-row-waits", append([]string{p.Cell}, p.Args...)}
			p.Message = p.English()
			e.Problems = append(e.Problems, p)
		}
	}
	b.duplicates()
}

// netOrGross asks whether prices are with VAT, if the header says only
// "price" and no amount of the file shows it.
func (b *Book) netOrGross(t *table) {
	col := t.l.first[fUnitPrice]
	if col < 0 || t.l.own || t.p.Prices != "" {
		return
	}
	header := profile.Fold(t.l.column(col).Header)
	if f, weakly := weak[header]; !weakly || f != fUnitPrice {
		return
	}
	for _, c := range t.l.columns {
		f := t.l.roles[c.Index].f
		if f == fTotal || f == fVATTotal || f == fLineVAT || f == fLineGross || f == fPayable {
			return // was compared
		}
		if ev := t.evidence[c.Index]; ev != nil {
			if h, ok := ev.proven(); ok && slices.Contains([]hypothesis{isTotal, isVAT, isLineVAT, isLineGross, isUnitGross, isPayable}, h) {
				return
			}
		}
	}
	for _, e := range b.Entries {
		if e.table != t || !e.taxed {
			continue
		}
		b.stopped(e, stop{"prices", spot{e.FirstRow, col}, "", say("price-net-or-gross"), t}, func() Question {
			q := question(say("ask-prices", t.l.name(col)), answer("without-vat", "", "prices: net", ""), answer("with-vat", "", "prices: gross", ""))
			q.Samples = t.factsOf(col).samples()
			return q
		})
		e.sort()
	}
}

package sheet

import "invoicelink/invoice/sheet/grid"

// sums adds up the columns of numbers, to hold rows of totals against them.
type sums struct {
	on     bool
	all    map[int]fixed // of all rows
	since  map[int]fixed // since the last row of totals
	kept   map[int]fixed // of the rows that are read
	once   map[int]fixed // of the first row of each invoice
	number *Entry
}

// summed reports whether a column is one whose totals make sense.
func (t *table) summed(col int) bool {
	if col >= len(t.l.roles) {
		return false
	}
	f := t.l.roles[col].f
	return t.evidence[col] != nil || f != noField && specs[f].claim || f == fPrepaid || f == fDiscount
}

func (s *sums) value(x *builder, c *grid.Cell) (fixed, bool) {
	if !x.t.summed(c.Col) {
		return 0, false
	}
	v, err := x.t.v.read(c, readNumber, c.Kind == grid.Number)
	if err != nil {
		return 0, false
	}
	return fixedOf(v.text)
}

func (s *sums) add(x *builder, r *grid.Row) {
	if !s.on {
		return
	}
	if s.all == nil {
		s.all, s.since, s.kept, s.once = map[int]fixed{}, map[int]fixed{}, map[int]fixed{}, map[int]fixed{}
	}
	for i := range r.Cells {
		if v, ok := s.value(x, &r.Cells[i]); ok {
			s.all[r.Cells[i].Col] += v
			s.since[r.Cells[i].Col] += v
		}
	}
}

// keep adds a row that is read.
func (s *sums) keep(x *builder, r *grid.Row) {
	if !s.on {
		return
	}
	first := s.number != x.current
	s.number = x.current
	for i := range r.Cells {
		if v, ok := s.value(x, &r.Cells[i]); ok {
			s.kept[r.Cells[i].Col] += v
			if first {
				s.once[r.Cells[i].Col] += v
			}
		}
	}
}

// totalsRow leaves out a row of totals and compares it with the rows above.
func (x *builder) totalsRow(r *grid.Row, word string) {
	s := &x.sums
	for i := range r.Cells {
		c := &r.Cells[i]
		stated, ok := s.value(x, c)
		col := c.Col
		// A column with gaps may be added up from elsewhere.
		if !ok || s.all == nil || x.t.filled(col) < x.b.Rows-x.t.totals {
			continue
		}
		fits := false
		for _, sum := range []fixed{s.all[col], s.since[col], s.kept[col], s.once[col]} {
			fits = fits || (stated-sum).abs() < unit/100
		}
		if !fits {
			x.b.note(true, x.b.problem(x.t, spot{r.Num, col}, noField, c.Text, say("totals-row", stated.decimal(), s.all[col].decimal())))
		}
	}
	s.since = map[int]fixed{}
	x.b.note(false, x.b.rowProblem(x.t, r.Num, say("totals-row-left-out", clip(word))))
}

package sheet

import (
	"context"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

const (
	maxDistinct  = 200 // values of a column that are counted
	maxSamples   = 5   // values that are shown
	maxValueText = 60  // longer texts are no codes or states
)

// facts are what the values of a column are, before anything is made of them.
type facts struct {
	col      int
	filled   int
	numbers  int // numbers, also as text
	nonzero  int // numbers other than 0
	whole    int // numbers without decimals, of which a leading zero or sign makes none
	percents int
	dates    int
	texts    int
	formulas int
	firstRow int
	values   map[string]int // distinct texts, nil once there are too many
	order    []string       // of values, as they came
	cells    map[string]int // the row in which a value stands first

	points, commas       bool // a number has proved the decimal sign
	dayFirst, monthFirst bool // a date has proved the order
	ambiguousNumbers     int
	ambiguousDates       int
	currencies           map[string]int // signs and codes next to the numbers
}

// asText says that only the texts of a column matter: it is known to hold
// neither numbers nor dates.
func (f *facts) add(c *grid.Cell, row int, asText bool, v *values) {
	if f.filled++; f.firstRow == 0 {
		f.firstRow = row
	}
	if c.Formula {
		f.formulas++
	}
	f.count(c, row)
	if asText {
		f.texts++
		return
	}
	switch c.Kind {
	case grid.Number:
		if c.Format != nil {
			switch c.Format.Class {
			case grid.Date, grid.Clock:
				f.dates++
				return
			case grid.Percent:
				f.percents++
			}
			if c.Format.Currency != "" && isCurrencyMark(c.Format.Currency, v.currencies) {
				f.currency(c.Format.Currency)
			}
		}
		f.number(strings.Trim(c.Text, "0.-+eE") != "", strings.Trim(c.Text, "0123456789") == "")
	case grid.ISODate:
		f.dates++
	case grid.Text:
		f.text(c.Text, v)
	default:
		f.texts++
	}
}

func (f *facts) text(s string, v *values) {
	if n, ok := v.quickNumber(s); ok {
		if n.percent {
			f.percents++
		}
		if n.sign != "" {
			f.currency(n.sign)
		}
		if n.ambiguous() {
			f.ambiguousNumbers++
		} else {
			f.points = f.points || n.separator == '.'
			f.commas = f.commas || n.separator == ','
		}
		whole := n.separator == 0 && !strings.HasPrefix(s, "0") && len(s) < 12
		f.number(!n.value.IsZero(), whole || strings.Trim(s, "0123456789") == "")
		if len(s) == 8 && whole { // 20261130
			if _, err := parseDate(s, v); err == nil {
				f.dates++
			}
		}
		return
	}
	if d, ok := v.quickDate(s); ok {
		f.dates++
		f.dayFirst = f.dayFirst || d.order == dayFirst
		f.monthFirst = f.monthFirst || d.order == monthFirst
		if d.other != "" {
			f.ambiguousDates++
		}
		return
	}
	f.texts++
}

func (f *facts) number(nonzero, whole bool) {
	f.numbers++
	if nonzero {
		f.nonzero++
	}
	if whole {
		f.whole++
	}
}

func (f *facts) currency(sign string) {
	if f.currencies == nil {
		f.currencies = map[string]int{}
	}
	if len(f.currencies) < 50 {
		f.currencies[sign]++
	}
}

// count counts the distinct values while they are few.
func (f *facts) count(c *grid.Cell, row int) {
	if f.values == nil && f.filled > 1 {
		return
	}
	if f.values == nil {
		f.values, f.cells = map[string]int{}, map[string]int{}
	}
	s := grid.Trim(c.Text)
	if n, seen := f.values[s]; seen {
		f.values[s] = n + 1
		return
	}
	if len(f.values) >= maxDistinct {
		f.values = nil
		return
	}
	s = strings.Clone(s)
	f.values[s] = 1
	f.order = append(f.order, s)
	f.cells[s] = row
}

// samples are some of the values, the first ones.
func (f *facts) samples() []Sample {
	var out []Sample
	for _, s := range f.order {
		if len(out) == maxSamples {
			break
		}
		out = append(out, f.sample(s))
	}
	return out
}

func (f *facts) sample(s string) Sample {
	return Sample{Value: short(s), Cell: grid.Name(f.col, f.cells[s]), Count: f.values[s]}
}

// distinct are all values, in the order of the file; nil if there are many.
func (f *facts) distinct() []string {
	if f == nil || f.values == nil {
		return nil
	}
	return f.order
}

// numeric reports whether the column holds numbers rather than texts or dates.
func (f *facts) numeric() bool {
	return f != nil && f.numbers > 0 && f.numbers-f.dates >= (f.filled+1)/2
}

// textual are fields whose cells need not be read as numbers or dates.
func textual(f field) bool {
	switch specs[f].read {
	case readDate, readNumber, readPercent:
		return false
	}
	return f != fTax && f != fTerms
}

// observe reads all rows of a table once and keeps what its columns hold.
func (b *Book) observe(ctx context.Context, in *input, t *table) error {
	l := t.l
	err := b.eachRow(ctx, in, t, func(r *grid.Row) error {
		if t.isTotals(r) != "" {
			t.totals++
			return nil
		}
		for i := range r.Cells {
			c := &r.Cells[i]
			if c.Col >= len(t.facts) {
				t.facts = append(t.facts, make([]*facts, c.Col+1-len(t.facts))...)
			}
			f := t.facts[c.Col]
			if f == nil {
				f = &facts{col: c.Col}
				t.facts[c.Col] = f
			}
			asText := c.Col < len(l.roles) && l.roles[c.Col].f != noField && textual(l.roles[c.Col].f)
			f.add(c, r.Num, asText, &t.v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for col, f := range t.facts {
		if f != nil {
			// What stands behind the header's columns is no column of the list,
			// unless it is filled like one.
			if c := l.column(col); c != nil || f.filled > 1 {
				l.addColumn(col, t.headers[col]).Filled = f.filled
			}
		}
	}
	slices.SortFunc(l.columns, func(a, b Column) int { return a.Index - b.Index })
	for i, c := range l.columns {
		l.index[c.Index] = i
	}
	return nil
}

// isCurrencyMark reports whether a text next to numbers stands for a currency.
func isCurrencyMark(s string, more map[string]string) bool {
	return len(currenciesOf(s, more)) > 0
}

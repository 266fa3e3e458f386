package sheet

import (
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
)

// invoiceFields takes the fields of the invoice from a row. The first value of
// each counts; another one further down is a contradiction.
func (x *builder) invoiceFields(r *grid.Row) {
	l := x.t.l
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col >= len(l.roles) {
			break
		}
		f := l.roles[c.Col].f
		if f == noField || f == fNumber || specs[f].line || c.Col != l.first[f] && len(l.cols[f]) > 1 {
			continue
		}
		if len(l.cols[f]) > 1 {
			continue
		}
		x.invoiceField(f, c, r)
	}
	for f := range fieldCount {
		if len(l.cols[f]) > 1 && f != fNumber && !specs[f].line {
			x.joinedField(f, r)
		}
	}
	x.customFields(r)
}

// customFields takes the sender's own particulars from a row.
func (x *builder) customFields(r *grid.Row) {
	e := x.current
	for _, own := range x.t.l.custom {
		c, at := r.At(own.col), spot{r.Num, own.col}
		if c.Kind == grid.Blank {
			continue
		}
		v, err := x.t.v.read(&c, readName, false)
		if err != nil {
			e.Problems = append(e.Problems, x.b.problem(x.t, at, noField, c.Text, sentenceOf(err)))
			continue
		}
		value := x.clean(v.text)
		i := slices.IndexFunc(e.Invoice.Fields, func(f invoice.Field) bool { return f.Label == own.label })
		switch {
		case i < 0:
			e.Invoice.Fields = append(e.Invoice.Fields, invoice.Field{Label: own.label, Value: strings.Clone(value)})
			e.fieldAt = append(e.fieldAt, at)
		case e.Invoice.Fields[i].Value != value:
			e.Problems = append(e.Problems, x.b.problem(x.t, at, noField, c.Text, say("contradiction", clip(value), clip(e.Invoice.Fields[i].Value), e.fieldAt[i])))
		}
	}
}

func (x *builder) invoiceField(f field, c *grid.Cell, r *grid.Row) {
	e, at := x.current, spot{r.Num, c.Col}
	rawText := grid.Trim(c.Text)
	if x.raw[f] == rawText && rawText != "" {
		return
	}
	if f == fKind && x.kindOf(e, c, at) {
		return
	}
	v, err := x.t.v.read(c, specs[f].read, specs[f].claim)
	if err != nil {
		e.failed(f, -1, at, c.Text, err)
		return
	}
	x.signs(e, f, -1, at, c.Text, v)
	x.set(e, f, at, rawText, x.cleanField(f, v.text))
}

// intern keeps one copy of texts that repeat, such as units and rates, and
// frees a text from the record that it is part of.
func (x *builder) intern(s string) string {
	if len(s) > 100 {
		return strings.Clone(s)
	}
	if known, ok := x.interned[s]; ok {
		return known
	}
	if x.interned == nil || len(x.interned) > 2000 {
		x.interned = map[string]string{}
	}
	s = strings.Clone(s)
	x.interned[s] = s
	return s
}

// set takes a value of the invoice, the first one, or compares it with that.
func (x *builder) set(e *Entry, f field, at spot, raw, value string) {
	slot := e.slot(f, -1)
	if x.raw[f] != "" {
		if before := *slot; before != value && !e.bad[badKey{f, -1}] {
			e.contradict(f, at, raw, before, value)
		}
		return
	}
	*slot = x.intern(value)
	x.raw[f] = strings.Clone(raw)
	if at.row != e.FirstRow {
		if e.moved == nil {
			e.moved = map[field]int{}
		}
		e.moved[f] = at.row
	}
}

// joinedField takes a field whose value stands in several columns: texts are
// joined, amounts added.
func (x *builder) joinedField(f field, r *grid.Row) {
	e := x.current
	var parts, raws []string
	sum := fixed(0)
	for _, col := range x.t.l.cols[f] {
		c := r.At(col)
		if c.Kind == grid.Blank {
			continue
		}
		at := spot{r.Num, col}
		v, err := x.t.v.read(&c, specs[f].read, specs[f].claim)
		if err != nil {
			e.failed(f, -1, at, c.Text, err)
			return
		}
		x.signs(e, f, -1, at, c.Text, v)
		n, _ := fixedOf(v.text)
		sum += n
		parts, raws = append(parts, x.cleanField(f, v.text)), append(raws, grid.Trim(c.Text))
	}
	if len(parts) == 0 {
		return
	}
	value := strings.Join(parts, x.join(f))
	if specs[f].read == readNumber {
		value = string(sum.decimal())
	}
	if raw := strings.Join(raws, "\x00"); raw != x.raw[f] {
		x.set(e, f, spot{r.Num, x.t.l.first[f]}, raw, value)
	}
}

// contradict reports two values for one field of an invoice, at both cells.
func (e *Entry) contradict(f field, at spot, raw, before, after string) {
	first := e.spot(f, -1)
	e.Problems = append(e.Problems, e.book.problem(e.table, first, f, before, say("contradiction", clip(before), clip(after), at)))
	e.fail(f, -1, at, raw, say("contradiction", clip(after), clip(before), first))
}

// signs remembers a currency next to a number.
func (x *builder) signs(e *Entry, f field, line int, at spot, raw string, v value) {
	if v.currencies != nil {
		w := e.work()
		w.signs = append(w.signs, signed{at, f, line, raw, v.currencies})
	}
}

// cleanField takes characters that nobody sees out of a text.
func (x *builder) cleanField(f field, s string) string {
	switch specs[f].read {
	case readText, readName, readCode:
		return x.clean(s)
	}
	return s
}

// clean turns spaces of typesetters into plain ones and takes out what has no
// width: a number or name that looks the same must be the same.
func (x *builder) clean(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	changed := false
	out := strings.Map(func(r rune) rune {
		switch {
		case grid.ZeroWidth(r):
			changed = true
			return -1
		case r != '\n' && r >= 0x80 && grid.Invisible(r):
			changed = true
			return ' '
		}
		return r
	}, s)
	if changed {
		x.cleaned++
	}
	return grid.Trim(out)
}

package sheet

import (
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// takeLine remembers the values of a row on the sheet of lines that are not
// read.
func (x *builder) takeLine(r *grid.Row) {
	t := x.t.lineTable
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Col < len(t.evidence) && t.evidence[c.Col] != nil {
			x.take(t, t.evidence[c.Col], c, r)
		}
	}
}

// lineFields takes the lines of a row: one, or as many as stand side by side in
// it or in its cells.
func (x *builder) lineFields(r *grid.Row, t *table) {
	for i, binds := range t.l.lines {
		if i < len(t.p.RowLines) && t.side == nil {
			x.rowLine(r, t, binds, &t.p.RowLines[i])
			continue
		}
		if parts := x.split(r, t, binds); len(parts) > 1 {
			for _, cells := range parts {
				x.line(r, t, binds, cells)
			}
			continue
		}
		x.line(r, t, binds, nil)
	}
}

// rowLine takes one of several lines in a row, if one of its own columns is
// filled and not zero; columns that all lines share come with it.
func (x *builder) rowLine(r *grid.Row, t *table, binds []bind, rl *profile.RowLine) {
	used := false
	for _, b := range binds {
		c := r.At(b.col)
		used = used || c.Kind != grid.Blank && strings.Trim(c.Text, "0.,- ") != ""
	}
	if !used {
		return
	}
	for _, f := range []field{fItem, fDescription, fQuantity, fUnit, fUnitPrice, fDiscountPercent, fVATRate, fTax, fVATCategory} {
		own := slices.ContainsFunc(binds, func(b bind) bool { return b.f == f })
		if !own && len(t.l.cols[f]) > 0 && !t.l.roles[t.l.first[f]].rowLine {
			binds = append(binds[:len(binds):len(binds)], bind{t.l.first[f], f})
		}
	}
	x.line(r, t, binds, nil)
	e := x.current
	line := len(e.Invoice.Lines) - 1
	d := rl.Defaults
	for f, s := range map[field]string{
		fDescription: x.expand(string(d.Description), r, e), fQuantity: string(d.Quantity), fUnit: string(d.Unit), fUnitPrice: string(d.UnitPrice), fVATCategory: d.VATCategory,
	} {
		if slot := e.slot(f, line); *slot == "" && s != "" {
			*slot = s
		}
	}
	if len(d.VATRate) == 1 && e.Invoice.Lines[line].VATRate == "" && e.workLine(line).tax == "" {
		e.Invoice.Lines[line].VATRate = invoice.Decimal(strings.TrimSuffix(string(d.VATRate[0]), "%"))
	}
}

// split cuts the cells of a row into those of its lines, by what the profile
// names as their separator. A cell with one part holds for all of them.
func (x *builder) split(r *grid.Row, t *table, binds []bind) [][]grid.Cell {
	sep := t.p.SplitLines
	if sep == "" {
		return nil
	}
	if sep == profile.NewLine {
		sep = "\n"
	}
	most := 1
	parts := make([][]string, len(binds))
	for i, b := range binds {
		c := r.At(b.col)
		if c.Kind != grid.Text {
			continue
		}
		text := strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(c.Text, "\r\n", "\n"), "\r", "\n"), "\n ")
		parts[i] = strings.Split(text, sep)
		most = max(most, len(parts[i]))
	}
	if most == 1 {
		return nil
	}
	out := make([][]grid.Cell, most)
	for i, b := range binds {
		c := r.At(b.col)
		n := len(parts[i])
		if n > 1 && n != most {
			x.current.fail(b.f, -1, spot{r.Num, b.col}, c.Text, say("parts-differ", n, most))
			return nil
		}
		for j := range out {
			cell := c
			if n > 1 {
				cell.Text = grid.Trim(parts[i][j])
				if cell.Text == "" {
					cell.Kind = grid.Blank
				}
			}
			out[j] = append(out[j], cell)
		}
	}
	return out
}

// line adds a line of the row's cells, or of those given instead; none if no
// cell of a line is filled.
func (x *builder) line(r *grid.Row, t *table, binds []bind, cells []grid.Cell) {
	e := x.current
	line := -1
	var before grid.Cell
	for i, b := range binds {
		c := r.At(b.col)
		if cells != nil {
			c = cells[i]
		}
		if c.Kind == grid.Blank {
			continue
		}
		if line < 0 {
			line = len(e.Invoice.Lines)
			e.Invoice.Lines = append(e.Invoice.Lines, invoice.Line{})
			e.lineRows = append(e.lineRows, int32(r.Num))
		}
		at := spot{r.Num, b.col}
		v, err := t.v.read(&c, specs[b.f].read, specs[b.f].claim)
		if err != nil {
			e.failed(b.f, line, at, c.Text, err)
			continue
		}
		x.signs(e, b.f, line, at, c.Text, v)
		slot := e.slot(b.f, line)
		text := x.cleanField(b.f, v.text)
		if *slot != "" && before.Kind != grid.Blank {
			text = *slot + x.join(b.f) + text
		}
		*slot, before = x.intern(text), c
	}
}

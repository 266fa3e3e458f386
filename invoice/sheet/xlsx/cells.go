package xlsx

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"invoicelink/invoice/sheet/grid"
)

// insert is a cell that is added to a row.
type insert struct {
	col   int
	value Value
	style int // -1 for that of the cell that stands there
	bad   bool
	own   bool // of a column that is written
}

// copyRow copies a row with the new cells at their places.
func (s *sheetWriter) copyRow(t *token) error {
	num, err := rowNumber(t, s.row)
	if err != nil {
		return fmt.Errorf("is damaged: %w", err)
	}
	s.row = num
	inserts := s.inserts(num)
	raw := removeAttr(t.raw, "spans")
	if t.kind == empty {
		if len(inserts) == 0 {
			s.out.add(raw)
			return nil
		}
		s.out.add(bytes.TrimSuffix(raw, []byte("/>")), []byte(">"))
		for _, in := range inserts {
			s.cell(num, in)
		}
		s.out.text("</" + s.prefix + "row>")
		return nil
	}
	s.out.add(raw)
	last := -1
	for {
		t, err := s.part.inside()
		if err != nil {
			return err
		}
		if t.ends("row") {
			for _, in := range inserts {
				s.cell(num, in)
			}
			s.out.add(t.raw)
			return nil
		}
		if !t.is("c") {
			s.out.add(t.raw)
			continue
		}
		col := last + 1
		if ref := t.attr("r"); ref != "" {
			col = grid.Column(ref)
		}
		last = col
		for len(inserts) > 0 && inserts[0].col < col {
			s.cell(num, inserts[0])
			inserts = inserts[1:]
		}
		var at *insert
		if len(inserts) > 0 && inserts[0].col == col {
			at, inserts = &inserts[0], inserts[1:]
		}
		if err := s.copyCell(&t, num, col, at); err != nil {
			return err
		}
	}
}

// copyCell copies a cell, with another style if it is bad or was, or puts
// another one in its place.
func (s *sheetWriter) copyCell(t *token, row, col int, at *insert) error {
	style, _ := strconv.Atoi(t.attr("s"))
	replaced := at != nil && at.own
	raw := t.raw
	switch {
	case replaced:
		at.style = style
	case at != nil && at.bad:
		raw = setAttr(raw, "s", strconv.Itoa(s.r.styles.bad(style)))
	case !s.e.Fresh && row > s.e.HeaderRow:
		if clean := s.r.styles.clean(style); clean != style {
			raw = setAttr(raw, "s", strconv.Itoa(clean))
		}
	}
	if !replaced {
		s.out.add(raw)
	}
	for t.kind != empty {
		next, err := s.part.inside()
		if err != nil {
			return err
		}
		if !replaced {
			s.out.add(next.raw)
		}
		if next.ends("c") {
			break
		}
	}
	if replaced {
		s.cell(row, *at)
	}
	return nil
}

// inserts are the new cells of a row, from left to right.
func (s *sheetWriter) inserts(row int) []insert {
	var out []insert
	switch {
	case row == s.e.HeaderRow:
		for _, c := range s.e.Columns {
			out = append(out, insert{col: c.Col, value: Value{Text: c.Header}, style: s.r.styles.header, own: true})
		}
	case row > s.e.HeaderRow:
		values := s.e.Values(row)
		for i, c := range s.e.Columns {
			switch {
			case i < len(values) && values[i].Text != "":
				out = append(out, insert{col: c.Col, value: values[i], own: true})
			case !s.e.Fresh:
				out = append(out, insert{col: c.Col, own: true})
			}
		}
	}
	for _, col := range s.p.badOf(s.e, row) {
		if !slices.ContainsFunc(out, func(in insert) bool { return in.col == col }) {
			out = append(out, insert{col: col, bad: true})
		}
	}
	slices.SortFunc(out, func(a, b insert) int { return a.col - b.col })
	return out
}

// badOf are the bad cells of a row.
func (p *plan) badOf(e *Edit, row int) []int {
	if len(e.Bad) == 0 {
		return nil
	}
	if e.badRows == nil {
		e.badRows = map[int][]int{}
		for place := range e.Bad {
			e.badRows[place.Row] = append(e.badRows[place.Row], place.Col)
		}
	}
	return e.badRows[row]
}

// cell writes a new cell. Texts are inline, so that the shared ones stay.
func (s *sheetWriter) cell(row int, in insert) {
	style := in.style
	if in.bad {
		style = s.r.styles.bad(style)
	}
	ref := grid.Name(in.col, row)
	s.out.text("<" + s.prefix + `c r="` + ref + `"`)
	if style > 0 {
		s.out.text(` s="` + strconv.Itoa(style) + `"`)
	}
	switch {
	case in.value.Text == "":
		s.out.text("/>")
		return
	case in.value.Number:
		s.out.text("><" + s.prefix + "v>" + escape(in.value.Text) + "</" + s.prefix + "v></" + s.prefix + "c>")
		return
	}
	if in.value.Link && len(s.p.links) < maxLinks {
		s.p.ids++
		s.p.links = append(s.p.links, link{ref, "rIdInvoicelink" + strconv.Itoa(s.p.ids), in.value.Text})
	}
	s.out.text(` t="inlineStr"><` + s.prefix + `is><` + s.prefix + `t xml:space="preserve">` + escape(in.value.Text) + "</" + s.prefix + "t></" + s.prefix + "is></" + s.prefix + "c>")
}

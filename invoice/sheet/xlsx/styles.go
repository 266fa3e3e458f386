package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

// badFill is the background of a bad cell, the light red which spreadsheet
// programs offer for bad values.
const badFill = "FFC7CE"

// styleSheet is what is needed of the styles: the cell formats as they are
// written, and which of them have the background of bad cells.
type styleSheet struct {
	xfs     [][]byte // raw elements
	fills   int      // number of fills
	badFill int      // their number for bad cells, -1 if there is none yet
	header  int      // style of the new headers
	marked  map[int]int
	cleaned map[int]int
	added   [][]byte
}

// loadStyles reads the cell formats.
func (r *rewriter) loadStyles() error {
	s := &r.styles
	s.badFill, s.marked, s.cleaned = -1, map[int]int{}, map[int]int{}
	if r.w.styles == "" {
		return nil
	}
	cells, inFills := false, false
	var xf []byte
	return r.w.c.each(r.w.styles, func(t *token) error {
		switch {
		case t.is("fills"):
			inFills = t.kind == start
		case t.ends("fills"):
			inFills = false
		case t.is("fill") && inFills:
			s.fills++
		case t.is("fgColor") && inFills && strings.HasSuffix(strings.ToUpper(t.attr("rgb")), badFill) && s.badFill < 0:
			s.badFill = s.fills - 1
		case t.is("cellXfs"):
			cells = t.kind == start
		case t.ends("cellXfs"):
			cells = false
		case cells && t.is("xf"):
			xf = append([]byte(nil), t.raw...)
			if t.kind == empty {
				s.xfs = append(s.xfs, xf)
			}
		case cells && t.ends("xf"):
			s.xfs = append(s.xfs, append(xf, t.raw...))
		case cells:
			xf = append(xf, t.raw...)
		}
		return nil
	})
}

// bad returns the style like another one, with the background of bad cells.
func (s *styleSheet) bad(style int) int {
	return s.variant(style, s.marked, func(xf []byte) []byte {
		if s.badFill < 0 {
			s.badFill = s.fills
		}
		return setTagAttr(setTagAttr(xf, "fillId", strconv.Itoa(s.badFill)), "applyFill", "1")
	})
}

// clean returns the style without the background of bad cells.
func (s *styleSheet) clean(style int) int {
	if s.badFill < 0 || style < 0 || style >= len(s.xfs) {
		return style
	}
	tag := token{attrs: s.xfs[style][3:]}
	if tag.attr("fillId") != strconv.Itoa(s.badFill) {
		return style
	}
	return s.variant(style, s.cleaned, func(xf []byte) []byte { return setTagAttr(xf, "fillId", "0") })
}

func (s *styleSheet) variant(style int, known map[int]int, change func([]byte) []byte) int {
	if style < 0 || style >= len(s.xfs) {
		if len(s.xfs) == 0 {
			return style
		}
		style = 0
	}
	if n, ok := known[style]; ok {
		return n
	}
	n := len(s.xfs) + len(s.added)
	s.added = append(s.added, change(s.xfs[style]))
	known[style] = n
	return n
}

// newStyles is the part with the styles and what was added to them.
func (r *rewriter) newStyles() ([]byte, error) {
	content, err := r.readAll(r.w.styles)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	newFill := r.styles.badFill == r.styles.fills
	for {
		t, err := s.next()
		if err == io.EOF {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		prefix := prefixOf(t.raw)
		switch {
		case t.is("fills") && t.kind == start && newFill:
			out.Write(setAttr(t.raw, "count", strconv.Itoa(r.styles.fills+1)))
		case t.ends("fills") && newFill:
			fmt.Fprintf(&out, `<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor rgb="FF%[2]s"/><%[1]sbgColor indexed="64"/></%[1]spatternFill></%[1]sfill>`, prefix, badFill)
			out.Write(t.raw)
		case t.is("cellXfs") && t.kind == start:
			out.Write(setAttr(t.raw, "count", strconv.Itoa(len(r.styles.xfs)+len(r.styles.added))))
		case t.ends("cellXfs"):
			for _, xf := range r.styles.added {
				out.Write(xf)
			}
			out.Write(t.raw)
		default:
			out.Write(t.raw)
		}
	}
}

// styleAt is the style of a cell.
func (r *rewriter) styleAt(s Sheet, row, col int) (int, error) {
	p, err := r.w.c.open(s.part)
	if err != nil {
		return 0, err
	}
	defer p.close()
	num := 0
	for {
		t, err := p.token()
		if err != nil || num > row {
			return 0, nil //nolint:nilerr // rewriting the sheet reports what is wrong with it
		}
		switch {
		case t.is("row"):
			if num, err = rowNumber(&t, num); err != nil {
				return 0, nil //nolint:nilerr // as above
			}
		case num == row && t.is("c") && grid.Column(t.attr("r")) == col:
			style, _ := strconv.Atoi(t.attr("s")) // 0 if there is none
			return style, nil
		}
	}
}

package xlsx

import (
	"fmt"
	"io"
	"strconv"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/text"
)

// rows streams the rows of a worksheet. It ends with io.EOF only if the sheet's
// own end was seen, so that one cut off in the middle is an error: excelize
// v2.11.1 reads such a sheet as a complete one.
type rows struct {
	w       *Workbook
	sheet   Sheet
	p       *part
	row     grid.Row
	value   []byte
	inData  bool
	endData bool
	endRoot bool
}

// Rows begins to read a sheet. The caller closes what it gets.
func (w *Workbook) Rows(s Sheet) (grid.Rows, error) {
	w.c.budget = w.c.limit
	p, err := w.c.open(s.part)
	if err != nil {
		return nil, err
	}
	return &rows{w: w, sheet: s, p: p}, nil
}

// Close ends the reading.
func (x *rows) Close() error { return x.p.close() }

// Next returns the next row that the file has, blank or not.
func (x *rows) Next() (*grid.Row, error) {
	for {
		t, err := x.p.token()
		if err == io.EOF {
			if !x.endRoot || !x.endData {
				return nil, x.p.explain(io.ErrUnexpectedEOF)
			}
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		switch {
		case t.is("sheetData"):
			x.inData, x.endData = t.kind == start, t.kind == empty
		case t.ends("sheetData"):
			x.inData, x.endData = false, true
		case t.ends("worksheet"):
			x.endRoot = true
		case x.inData && t.is("row"):
			return &x.row, x.readRow(&t)
		}
	}
}

func (x *rows) readRow(t *token) error {
	num, err := rowNumber(t, x.row.Num)
	if err != nil {
		return fmt.Errorf("is damaged: %w of sheet %s; save it again in a spreadsheet program", err, text.Quote(x.sheet.Name))
	}
	x.row = grid.Row{Num: num, Hidden: isTrue(t.attr("hidden")), Cells: x.row.Cells[:0]}
	if t.kind == empty {
		return nil
	}
	last := -1
	for {
		t, err := x.p.inside()
		if err != nil {
			return err
		}
		if t.ends("row") {
			return nil
		}
		if !t.is("c") {
			continue
		}
		c := grid.Cell{Col: last + 1}
		if ref, ok := t.attrRaw("r"); ok && len(ref) > 0 {
			c.Col = grid.Column(ref)
		}
		if c.Col <= last || c.Col >= grid.MaxColumns {
			return fmt.Errorf("is damaged: cell %s in row %d is out of order; save it again in a spreadsheet program", text.Quote(t.attr("r")), num)
		}
		last = c.Col
		if err := x.readCell(&t, &c); err != nil {
			return err
		}
		if c.Kind != grid.Blank {
			x.row.Cells = append(x.row.Cells, c)
		}
	}
}

// rowNumber is the number of a row that follows the one numbered before.
func rowNumber(t *token, before int) (int, error) {
	raw, ok := t.attrRaw("r")
	if !ok || len(raw) == 0 {
		return before + 1, nil
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n <= before || n > grid.MaxRows {
		return 0, fmt.Errorf("row %s is out of order", text.Quote(string(raw)))
	}
	return n, nil
}

// readCell reads type, style and stored value. A formula is read by what it
// last gave (ECMA-376 part 1, 18.3.1.4).
func (x *rows) readCell(t *token, c *grid.Cell) error {
	if s, ok := t.attrRaw("s"); ok {
		if i, err := strconv.Atoi(string(s)); err == nil && i >= 0 && i < len(x.w.formats) {
			c.Format = x.w.formats[i]
		}
	}
	kind, _ := t.attrRaw("t")
	kindOf := cellTypes[string(kind)]
	x.value = x.value[:0]
	stored, inValue, closed := false, false, t.kind == empty
	for !closed {
		t, err := x.p.inside()
		if err != nil {
			return err
		}
		switch {
		case t.is("v"):
			inValue, stored = t.kind == start, true
		case t.ends("v"):
			inValue = false
		case t.is("f"):
			c.Formula = true
		case t.is("is") && t.kind == start:
			if x.value, err = x.p.richTextAppend(x.value, "is"); err != nil {
				return err
			}
		case t.kind == chars && inValue:
			x.value = append(x.value, unentity(t.raw)...)
		case t.kind == cdata && inValue:
			x.value = append(x.value, t.raw[9:len(t.raw)-3]...)
		}
		closed = t.ends("c")
	}
	return x.settleCell(c, kindOf, stored)
}

type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeString
	typeInline
	typeBool
	typeError
	typeDate
)

var cellTypes = map[string]cellType{"s": typeShared, "str": typeString, "inlineStr": typeInline, "b": typeBool, "e": typeError, "d": typeDate}

func (x *rows) settleCell(c *grid.Cell, kindOf cellType, stored bool) error {
	switch kindOf {
	case typeShared:
		i, err := strconv.Atoi(string(x.value))
		switch {
		case err == nil && i >= 0 && i < len(x.w.strings):
			c.Kind, c.Text = grid.Text, x.w.strings[i]
		case stored:
			return fmt.Errorf("is damaged: cell %s names shared text %s, which is not there; save it again in a spreadsheet program",
				grid.Name(c.Col, x.row.Num), text.Quote(string(x.value)))
		}
		if c.Formula && !stored {
			c.Kind = grid.Unstored
		} else if grid.IsBlankText(c.Text) {
			c.Kind = grid.Blank
		}
		return nil
	case typeString:
		c.Kind, c.Text = grid.Text, unescape(string(x.value))
	case typeInline:
		c.Kind, c.Text = grid.Text, string(x.value)
	case typeBool:
		c.Kind = grid.Bool
	case typeError:
		c.Kind = grid.Error
	case typeDate:
		c.Kind = grid.ISODate
	default:
		c.Kind = grid.Number
	}
	if c.Kind != grid.Text {
		c.Text = string(x.value)
	}
	switch {
	case c.Formula && !stored, c.Formula && kindOf != typeString && c.Text == "":
		c.Kind = grid.Unstored
	case c.Kind == grid.Text && grid.IsBlankText(c.Text), c.Kind != grid.Text && c.Text == "":
		c.Kind = grid.Blank
	}
	return nil
}

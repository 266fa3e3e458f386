package sheet

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxSheetRows is what a sheet holds (Excel's specifications and limits).
const maxSheetRows = 1_048_576

// xlsxRows streams the rows of a worksheet. It ends with io.EOF only where the
// sheet's own end was seen, so that one cut off in the middle is an error:
// excelize v2.11.1 reads such a sheet as a complete one.
type xlsxRows struct {
	w       *workbook
	p       *part
	row     row
	inData  bool
	endData bool
	endRoot bool
}

func (w *workbook) rows() (*xlsxRows, error) {
	p, err := w.c.open(w.rowsPart)
	if err != nil {
		return nil, err
	}
	return &xlsxRows{w: w, p: p}, nil
}

func (x *xlsxRows) close() error { return x.p.close() }

func (x *xlsxRows) next() (*row, error) {
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
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "sheetData":
				x.inData = true
			case t.Name.Local == "row" && x.inData:
				return &x.row, x.readRow(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "sheetData":
				x.inData, x.endData = false, true
			case "worksheet":
				x.endRoot = true
			}
		}
	}
}

func (x *xlsxRows) readRow(e xml.StartElement) error {
	num := x.row.num + 1
	if r := attr(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < num || n > maxSheetRows {
			return fmt.Errorf("is damaged: row %s of sheet %s is out of order; save it again in a spreadsheet program", clip(r), clip(x.w.sheet))
		}
		num = n
	}
	x.row = row{num: num, hidden: truth(attr(e, "hidden")), cells: x.row.cells[:0]}
	last := -1
	for {
		t, err := x.p.token()
		if err != nil {
			return x.p.unfinished(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			c := cell{col: last + 1}
			if ref := attr(t, "r"); ref != "" {
				c.col = columnOf(ref)
			}
			if c.col <= last || c.col >= maxColumns {
				return fmt.Errorf("is damaged: cell %s in row %d is out of order; save it again in a spreadsheet program", clip(attr(t, "r")), num)
			}
			last = c.col
			if err := x.readCell(t, &c); err != nil {
				return err
			}
			if c.kind != blank {
				x.row.cells = append(x.row.cells, c)
			}
		}
	}
}

// readCell reads type, style and stored value. A formula is read by what it
// last gave (ECMA-376 part 1, 18.3.1.4).
func (x *xlsxRows) readCell(e xml.StartElement, c *cell) error {
	if s := attr(e, "s"); s != "" {
		if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(x.w.formats) {
			c.style = x.w.formats[i]
		}
	}
	kindOf := attr(e, "t")
	value, inline := "", ""
	stored, formula, inValue := false, false, false
	for {
		t, err := x.p.token()
		if err != nil {
			return x.p.unfinished(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				inValue, stored = true, true
			case "f":
				formula = true
			case "is":
				if inline, err = x.p.richText("is"); err != nil {
					return err
				}
			}
		case xml.CharData:
			if inValue {
				value += string(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				inValue = false
			case "c":
				return x.settle(c, kindOf, value, inline, formula, stored)
			}
		}
	}
}

func (x *xlsxRows) settle(c *cell, kindOf, value, inline string, formula, stored bool) error {
	c.text = value
	switch kindOf {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		switch {
		case err == nil && i >= 0 && i < len(x.w.strings):
			c.kind, c.text = text, x.w.strings[i]
		case stored:
			return fmt.Errorf("is damaged: cell %s names shared text %s, which is not there; save it again in a spreadsheet program",
				cellName(c.col, x.row.num), clip(value))
		}
	case "str":
		c.kind, c.text = text, unescape(value)
		if formula && !stored {
			c.kind = unstored
		}
	case "inlineStr":
		c.kind, c.text = text, inline
	case "b":
		c.kind = boolean
	case "e":
		c.kind = failure
	case "d":
		c.kind = isoDate
	default:
		c.kind = number
	}
	switch {
	case c.kind == unstored:
	case formula && kindOf != "str" && (!stored || value == ""):
		c.kind = unstored
	case c.kind == text && blankText(c.text), c.kind != text && value == "":
		c.kind = blank
	}
	return nil
}

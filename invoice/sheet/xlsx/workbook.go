// Package xlsx reads the rows of Office Open XML workbooks (ECMA-376) as a
// stream, and writes a copy of a workbook with columns added to it. It knows
// sheets, cells and formats, not invoices.
//
// Rows are read by the package itself, because a row iterator of values alone
// cannot tell a date from a number, a formula without a stored value from an
// empty cell, or a sheet that was cut off from a complete one. Sizes are
// limited before anything is held in memory; no formula is computed.
//
// Start with [Open], then [Workbook.Rows] and [Workbook.Rewrite].
package xlsx

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/text"
)

// Workbook is what is known of a workbook before its rows are read. Its errors
// say what is wrong with the file and what to do, without its name.
type Workbook struct {
	// Sheets are the worksheets in the order of their tabs; sheets of charts
	// and macros are not among them.
	Sheets []Sheet
	// Date1904 says that the file uses the old Macintosh date system.
	Date1904 bool
	// Stale reports that the program which wrote the file wants every formula
	// to be computed when it is opened (fullCalcOnLoad): stored values of
	// formulas may be out of date.
	Stale bool

	c       *container
	main    string         // part name of the workbook
	styles  string         // part name of the styles; may be empty
	formats []*grid.Format // by the index that a cell's s names; nil is General
	strings []string       // shared strings
}

// Sheet is one worksheet.
type Sheet struct {
	Name   string
	Hidden bool

	part string
}

// Open reads everything but the rows. maxBytes is the largest file in bytes
// that the caller reads; it limits what the file unpacks to.
func Open(f io.ReaderAt, size, maxBytes int64) (*Workbook, error) {
	c, err := openContainer(f, size, maxBytes)
	if err != nil {
		return nil, err
	}
	if !c.has("xl/workbook.xml") && !c.has("_rels/.rels") || c.has("word/document.xml") {
		return nil, errors.New(c.instead())
	}
	w := &Workbook{c: c, main: "xl/workbook.xml"}
	if rels, err := c.relations("_rels/.rels"); err == nil {
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				w.main = r.target
			}
		}
	}
	if !c.has(w.main) || strings.HasSuffix(w.main, ".bin") {
		return nil, errors.New(c.instead())
	}
	rels, err := c.relations(relsOf(w.main))
	if err != nil {
		return nil, err
	}
	if err := w.readMain(rels); err != nil {
		return nil, err
	}
	if len(w.Sheets) == 0 {
		return nil, errors.New("has no sheet; save it again in a spreadsheet program")
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles"):
			w.styles = r.target
			w.formats, err = c.readStyles(r.target)
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			w.strings, err = c.readStrings(r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// relsOf is the part with a part's relationships.
func relsOf(name string) string {
	return path.Join(path.Dir(name), "_rels", path.Base(name)+".rels")
}

// readMain reads the list of worksheets and the settings of the workbook.
func (w *Workbook) readMain(rels map[string]relation) error {
	return w.c.each(w.main, func(t *token) error {
		switch {
		case t.is("workbookPr"):
			w.Date1904 = isTrue(t.attr("date1904"))
		case t.is("calcPr"):
			w.Stale = w.Stale || isTrue(t.attr("fullCalcOnLoad"))
		case t.is("sheet"):
			if r := rels[t.attr("id")]; strings.HasSuffix(r.kind, "/worksheet") {
				state := t.attr("state")
				w.Sheets = append(w.Sheets, Sheet{t.attr("name"), state == "hidden" || state == "veryHidden", r.target})
			}
		}
		return nil
	})
}

// each calls f with every token of a part.
func (c *container) each(name string, f func(*token) error) error {
	p, err := c.open(name)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		t, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(&t); err != nil {
			return err
		}
	}
}

type relation struct{ kind, target string }

// relations reads a part's relationships by id, targets as full part names.
func (c *container) relations(name string) (map[string]relation, error) {
	base := path.Dir(path.Dir(name))
	out := map[string]relation{}
	err := c.each(name, func(t *token) error {
		if !t.is("Relationship") || t.attr("TargetMode") == "External" {
			return nil
		}
		target := strings.ReplaceAll(t.attr("Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(base, target)
		}
		out[t.attr("Id")] = relation{t.attr("Type"), strings.TrimPrefix(target, "/")}
		return nil
	})
	return out, err
}

// readStyles reads which number format each cell style has.
func (c *container) readStyles(name string) ([]*grid.Format, error) {
	codes := map[int]string{}
	known := map[int]*grid.Format{}
	var out []*grid.Format
	cells := false
	err := c.each(name, func(t *token) error {
		switch {
		case t.ends("cellXfs"):
			cells = false
		case t.is("numFmt"):
			if id, err := strconv.Atoi(t.attr("numFmtId")); err == nil {
				codes[id] = t.attr("formatCode")
			}
		case t.is("cellXfs"):
			cells = t.kind == start
		case t.is("xf") && cells:
			id, _ := strconv.Atoi(t.attr("numFmtId")) // 0, General, if it is no number
			f := known[id]
			if f == nil && id != 0 {
				f = grid.NewFormat(id, codes[id])
				known[id] = f
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}

// Find returns the sheet of that name, without regard to case.
func (w *Workbook) Find(name string) (Sheet, error) {
	var names []string
	for _, s := range w.Sheets {
		if strings.EqualFold(s.Name, name) {
			return s, nil
		}
		names = append(names, text.Quote(s.Name))
	}
	return Sheet{}, fmt.Errorf("has no sheet %s; its sheets are %s", text.Quote(name), strings.Join(names[:min(len(names), 20)], ", "))
}

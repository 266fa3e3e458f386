package sheet

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// workbook is what is known of a workbook before its rows are read.
type workbook struct {
	c        *container
	sheet    string   // the sheet that is read
	others   []string // the other sheets
	date1904 bool
	formats  []*numFormat // by the index that a cell's s names; nil is General
	strings  []string     // shared strings
	rowsPart string
}

type sheetRef struct{ name, part string }

// openWorkbook reads everything but the rows. An error it returns is the
// message of a FileError.
func openWorkbook(c *container, name string) (*workbook, error) {
	if !c.has("xl/workbook.xml") && !c.has("_rels/.rels") || c.has("word/document.xml") {
		return nil, fmt.Errorf("%s", c.instead())
	}
	main := "xl/workbook.xml"
	if rels, err := c.relations("_rels/.rels"); err == nil {
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				main = r.target
			}
		}
	}
	if !c.has(main) || strings.HasSuffix(main, ".bin") {
		return nil, fmt.Errorf("%s", c.instead())
	}
	rels, err := c.relations(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"))
	if err != nil {
		return nil, err
	}
	w := &workbook{c: c}
	sheets, err := w.readMain(main, rels)
	if err != nil {
		return nil, err
	}
	if err := w.choose(sheets, name); err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles"):
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

func (w *workbook) choose(sheets []sheetRef, name string) error {
	if len(sheets) == 0 {
		return fmt.Errorf("has no sheet; save it again in a spreadsheet program")
	}
	var names []string
	for _, s := range sheets {
		switch {
		case w.rowsPart == "" && (name == "" || strings.EqualFold(s.name, name)):
			w.sheet, w.rowsPart = s.name, s.part
		default:
			w.others = append(w.others, s.name)
		}
		names = append(names, clip(s.name))
	}
	if w.rowsPart == "" {
		return fmt.Errorf("has no sheet %s; its sheets are %s", clip(name), strings.Join(names[:min(len(names), 20)], ", "))
	}
	return nil
}

// readMain reads the list of worksheets and the date system. Sheets of charts
// and macros are not worksheets.
func (w *workbook) readMain(main string, rels map[string]relation) ([]sheetRef, error) {
	p, err := w.c.open(main)
	if err != nil {
		return nil, err
	}
	defer p.close()
	var sheets []sheetRef
	for {
		t, err := p.token()
		if err == io.EOF {
			return sheets, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = truth(attr(e, "date1904"))
		case "sheet":
			if r := rels[attr(e, "id")]; strings.HasSuffix(r.kind, "/worksheet") {
				sheets = append(sheets, sheetRef{attr(e, "name"), r.target})
			}
		}
	}
}

type relation struct{ kind, target string }

// relations reads a part's relationships by id, targets as full part names.
func (c *container) relations(name string) (map[string]relation, error) {
	p, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer p.close()
	base := path.Dir(path.Dir(name))
	out := map[string]relation{}
	for {
		t, err := p.token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			continue
		}
		target := strings.ReplaceAll(attr(e, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(base, target)
		}
		out[attr(e, "Id")] = relation{attr(e, "Type"), strings.TrimPrefix(target, "/")}
	}
}

// readStyles reads which number format each cell style has.
func (c *container) readStyles(name string) ([]*numFormat, error) {
	p, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer p.close()
	codes := map[int]string{}
	known := map[int]*numFormat{}
	var out []*numFormat
	cells := false
	for {
		t, err := p.token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if end, ok := t.(xml.EndElement); ok && end.Name.Local == "cellXfs" {
			cells = false
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attr(e, "numFmtId")); err == nil {
				codes[id] = attr(e, "formatCode")
			}
		case "cellXfs":
			cells = true
		case "xf":
			if !cells {
				continue
			}
			id, _ := strconv.Atoi(attr(e, "numFmtId")) // 0, General, where it is no number
			f := known[id]
			if f == nil && id != 0 {
				f = newNumFormat(id, codes[id])
				known[id] = f
			}
			out = append(out, f)
		}
	}
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }

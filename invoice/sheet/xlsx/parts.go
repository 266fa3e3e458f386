package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

// maxComments keeps workbooks light; further bad cells are highlighted only.
const maxComments = 1000

const drawingID = "rIdInvoicelinkShapes"

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
	p, err := r.w.c.open(r.w.styles)
	if err != nil {
		return err
	}
	defer p.close()
	cells, inFills := false, false
	var xf []byte
	for {
		t, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
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
	}
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

// setTagAttr sets an attribute of an element's first tag.
func setTagAttr(element []byte, name, value string) []byte {
	stop := bytes.IndexByte(element, '>') + 1
	return append(setAttr(element[:stop], name, value), element[stop:]...)
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

// prefixOf is the name space prefix of a tag, with its colon.
func prefixOf(raw []byte) string {
	name := strings.TrimLeft(string(raw[:min(len(raw), 100)]), "</")
	if i := strings.IndexAny(name, " \t\r\n>/"); i >= 0 {
		name = name[:i]
	}
	if prefix, _, ok := strings.Cut(name, ":"); ok {
		return prefix + ":"
	}
	return ""
}

// prepare plans a sheet: its tables, its comments, the style of its headers.
func (r *rewriter) prepare(s Sheet, e *Edit) error {
	p := &plan{sheet: s, rels: relsOf(s.part)}
	if r.plans == nil {
		r.plans = map[*Edit]*plan{}
	}
	r.plans[e] = p
	rels := map[string]relation{}
	if r.w.c.has(p.rels) {
		var err error
		if rels, err = r.w.c.relations(p.rels); err != nil {
			return err
		}
	}
	style, err := r.styleAt(s, e.HeaderRow, e.StyleOf)
	if err != nil {
		return err
	}
	r.styles.header = style
	if e.Fresh {
		for _, rel := range rels {
			if strings.HasSuffix(rel.kind, "/table") {
				if err := r.widenTable(rel.target, e); err != nil {
					return err
				}
			}
		}
		if err := r.widenNames(s, e); err != nil {
			return err
		}
	}
	return r.planComments(p, e, rels)
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

// widenTable extends a table over the new columns, if they follow it.
func (r *rewriter) widenTable(name string, e *Edit) error {
	content, err := r.readAll(name)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	widened, id := false, 0
	for {
		t, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("is damaged in %s: %w", path.Base(name), err)
		}
		switch {
		case t.is("table"):
			ref := t.attr("ref")
			wide := widen(ref, e, false)
			widened = wide != ref
			out.Write(setAttr(t.raw, "ref", wide))
		case t.is("autoFilter"):
			out.Write(setAttr(t.raw, "ref", widen(t.attr("ref"), e, false)))
		case t.is("tableColumns") && widened:
			n, _ := strconv.Atoi(t.attr("count")) // is written anew
			out.Write(setAttr(t.raw, "count", strconv.Itoa(n+len(e.Columns))))
		case t.is("tableColumn"):
			n, _ := strconv.Atoi(t.attr("id")) // ids need only differ
			id = max(id, n)
			out.Write(t.raw)
		case t.ends("tableColumns") && widened:
			for i, c := range e.Columns {
				fmt.Fprintf(&out, `<%stableColumn id="%d" name="%s"/>`, prefixOf(t.raw), id+1+i, escape(c.Header))
			}
			out.Write(t.raw)
		default:
			out.Write(t.raw)
		}
	}
	if widened {
		r.set(name, out.Bytes())
	}
	return nil
}

// widenNames extends the hidden name of the sheet's filter.
func (r *rewriter) widenNames(sheet Sheet, e *Edit) error {
	content, err := r.readAll(r.w.main)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	filter, changed := false, false
	for {
		t, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("is damaged in %s: %w", path.Base(r.w.main), err)
		}
		switch {
		case t.is("definedName"):
			filter = t.kind == start && t.attr("name") == "_xlnm._FilterDatabase"
		case t.kind == end:
			filter = false
		case t.kind == chars && filter:
			of, ref, ok := strings.Cut(unentity(t.raw), "!")
			if ok && strings.Trim(of, "'") == strings.ReplaceAll(sheet.Name, "'", "''") {
				if wide := widen(strings.ReplaceAll(ref, "$", ""), e, false); wide != strings.ReplaceAll(ref, "$", "") {
					out.WriteString(escape(of) + "!" + absolute(wide))
					changed = true
					continue
				}
			}
		}
		out.Write(t.raw)
	}
	if changed {
		r.set(r.w.main, out.Bytes())
	}
	return nil
}

// absolute writes A1:K41 as $A$1:$K$41.
func absolute(ref string) string {
	parts := strings.Split(ref, ":")
	for i, p := range parts {
		letters := strings.TrimRight(p, "0123456789")
		parts[i] = "$" + letters + "$" + p[len(letters):]
	}
	return strings.Join(parts, ":")
}

// planComments decides whether the reasons are written as comments: the sheet
// has none, or those of an earlier time.
func (r *rewriter) planComments(p *plan, e *Edit, rels map[string]relation) error {
	comments, drawing := "", ""
	for _, rel := range rels {
		switch {
		case strings.HasSuffix(rel.kind, "/comments"):
			comments = rel.target
		case strings.HasSuffix(rel.kind, "/vmlDrawing"):
			drawing = rel.target
		}
	}
	if comments == "" && drawing == "" {
		if len(e.Bad) == 0 {
			return nil
		}
		base := path.Dir(path.Dir(p.sheet.part))
		for n := 1; ; n++ {
			p.comments = fmt.Sprintf("%s/comments%d.xml", base, n)
			p.drawing = fmt.Sprintf("%s/drawings/vmlDrawing%d.vml", base, n)
			if !r.w.c.has(p.comments) && !r.w.c.has(p.drawing) && r.changed[partName(p.comments)] == nil {
				return nil
			}
		}
	}
	if comments == "" || drawing == "" || !r.w.c.has(comments) || !r.w.c.has(drawing) {
		return nil
	}
	content, err := r.readAll(comments)
	if err != nil {
		return err
	}
	if bytes.Count(content, []byte("<author>")) == 1 && bytes.Contains(content, []byte("<author>"+e.Author+"</author>")) {
		p.comments, p.drawing = comments, drawing
	}
	return nil
}

// finish writes the small parts that the sheets need.
func (r *rewriter) finish(edits []Edit) error {
	if len(r.styles.added) > 0 {
		content, err := r.newStyles()
		if err != nil {
			return err
		}
		r.set(r.w.styles, content)
	}
	types := ""
	for i := range edits {
		p := r.plans[&edits[i]]
		if p.comments != "" {
			fresh := !r.w.c.has(p.comments)
			c, v := commentParts(&edits[i])
			r.set(p.comments, c)
			r.set(p.drawing, v)
			if fresh {
				types += fmt.Sprintf(`<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>`, escape(p.comments))
			}
		}
		if err := r.newRels(p); err != nil {
			return err
		}
	}
	if types == "" {
		return nil
	}
	content, err := r.readAll("[Content_Types].xml")
	if err != nil {
		return errNoParts
	}
	if !bytes.Contains(content, []byte(`Extension="vml"`)) {
		types = `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>` + types
	}
	stop := bytes.LastIndex(content, []byte("</"))
	if stop < 0 {
		return errNoParts
	}
	r.set("[Content_Types].xml", slices.Concat(content[:stop], []byte(types), content[stop:]))
	return nil
}

// newRels adds the relationships of links and comments to those of a sheet;
// those of links of an earlier time are taken out.
func (r *rewriter) newRels(p *plan) error {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`
	content := []byte(head)
	if r.w.c.has(p.rels) {
		var err error
		if content, err = r.readAll(p.rels); err != nil {
			return err
		}
	}
	var out bytes.Buffer
	s := newScanner(bytes.NewReader(content))
	changed := false
	for {
		t, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("is damaged in %s: %w", path.Base(p.rels), err)
		}
		if t.ends("Relationship") {
			continue // written with its beginning
		}
		if t.is("Relationship") && strings.HasPrefix(t.attr("Id"), "rIdInvoicelink") && t.attr("Id") != drawingID && strings.HasSuffix(t.attr("Type"), "/hyperlink") {
			changed = true
			continue
		}
		if t.ends("Relationships") || t.is("Relationships") && t.kind == empty {
			if t.kind == empty {
				out.Write(bytes.TrimSuffix(t.raw, []byte("/>")))
				out.WriteString(">")
			}
			const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
			for _, l := range p.links {
				fmt.Fprintf(&out, `<Relationship Id="%s" Type="%shyperlink" Target="%s" TargetMode="External"/>`, l.id, types, escape(l.url))
			}
			if p.comments != "" && !r.w.c.has(p.comments) {
				fmt.Fprintf(&out, `<Relationship Id="%s" Type="%svmlDrawing" Target="/%s"/>`, drawingID, types, escape(p.drawing))
				fmt.Fprintf(&out, `<Relationship Id="rIdInvoicelinkComments" Type="%scomments" Target="/%s"/>`, types, escape(p.comments))
				changed = true
			}
			changed = changed || len(p.links) > 0
			if t.kind == empty {
				out.WriteString("</" + prefixOf(t.raw) + "Relationships>")
				continue
			}
		}
		if t.is("Relationship") {
			out.Write(closed(t))
			continue
		}
		out.Write(t.raw)
	}
	if changed {
		r.set(p.rels, out.Bytes())
	}
	return nil
}

// commentParts are the comments with the reasons, and the shapes in which they
// are shown.
func commentParts(e *Edit) (comments, drawing []byte) {
	places := slices.SortedFunc(maps.Keys(e.Bad), func(a, b Place) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	var c, v bytes.Buffer
	fmt.Fprintf(&c, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+`<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>%s</author></authors><commentList>`, escape(e.Author))
	v.WriteString(`<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`)
	for i, p := range places[:min(len(places), maxComments)] {
		fmt.Fprintf(&c, `<comment ref="%s" authorId="0"><text><r><t xml:space="preserve">%s</t></r></text></comment>`, grid.Name(p.Col, p.Row), escape(e.Bad[p]))
		fmt.Fprintf(&v, `<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:60pt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 30, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
			1025+i, i+1, p.Col+1, p.Row-1, p.Col+4, p.Row+3, p.Row-1, p.Col)
	}
	c.WriteString(`</commentList></comments>`)
	v.WriteString(`</xml>`)
	return c.Bytes(), v.Bytes()
}

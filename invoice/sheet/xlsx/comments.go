package xlsx

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
)

// maxComments keeps workbooks light; further bad cells are highlighted only.
const maxComments = 1000

const drawingID = "rIdInvoicelinkShapes"

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

// addDrawing refers to the shapes of the comments.
func (s *sheetWriter) addDrawing() {
	if s.done.drawing {
		return
	}
	s.done.drawing = true
	if s.p.comments != "" {
		s.out.text(fmt.Sprintf(`<%slegacyDrawing xmlns:r="%s" r:id="%s"/>`, s.prefix, s.relNS, drawingID))
	}
}

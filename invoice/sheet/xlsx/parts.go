package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

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

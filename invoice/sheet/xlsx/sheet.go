package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// sheetWriter copies a sheet token by token.
type sheetWriter struct {
	r      *rewriter
	e      *Edit
	p      *plan
	part   *part
	out    *bufferedWriter
	prefix string // of the sheet's elements, with its colon
	relNS  string // name space of relationships
	row    int
	done   struct{ links, drawing, cols bool }
}

type bufferedWriter struct {
	w   io.Writer
	buf []byte
	err error
}

func (b *bufferedWriter) add(p ...[]byte) {
	for _, x := range p {
		b.buf = append(b.buf, x...)
	}
	if len(b.buf) > 64<<10 {
		b.flush()
	}
}

func (b *bufferedWriter) text(s string) { b.buf = append(b.buf, s...) }

func (b *bufferedWriter) flush() {
	if b.err == nil {
		_, b.err = b.w.Write(b.buf)
	}
	b.buf = b.buf[:0]
}

// sheet rewrites a worksheet.
func (r *rewriter) sheet(f *zip.File, e *Edit) error {
	r.w.c.budget = r.w.c.limit
	p, err := r.w.c.open(f.Name)
	if err != nil {
		return err
	}
	defer p.close()
	out, err := r.zip.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	s := &sheetWriter{r: r, e: e, p: r.plans[e], part: p, out: &bufferedWriter{w: out}}
	if err := s.run(); err != nil {
		return err
	}
	s.out.flush()
	return s.out.err
}

func (s *sheetWriter) run() error {
	for n := 0; ; n++ {
		if n%4096 == 0 && s.r.ctx.Err() != nil {
			return context.Cause(s.r.ctx)
		}
		t, err := s.part.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.token(&t); err != nil {
			return err
		}
	}
}

// afterLinks and afterDrawing are the elements that stand behind hyperlinks
// and legacyDrawing in a worksheet (ECMA-376 part 1, 18.3.1.99).
var (
	afterDrawing = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
	afterLinks   = append([]string{"printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing"}, afterDrawing...)
)

func (s *sheetWriter) token(t *token) error {
	name := string(t.name)
	if s.part.depth == 1 && t.kind != end || s.part.depth == 2 && t.kind == start || t.ends("worksheet") {
		// A child of the worksheet begins, or the worksheet ends.
		if slices.Contains(afterLinks, name) || t.ends("worksheet") {
			s.addLinks()
		}
		if slices.Contains(afterDrawing, name) || t.ends("worksheet") {
			s.addDrawing()
		}
	}
	switch {
	case t.is("worksheet"):
		s.root(t)
	case t.is("dimension"):
		s.out.add(setAttr(t.raw, "ref", s.widened(t.attr("ref"), true)))
		return nil
	case t.is("cols") && t.kind == start:
		return s.cols()
	case t.is("sheetData"):
		if !s.done.cols && s.e.Fresh {
			s.out.text("<" + s.prefix + "cols>")
			s.newCols()
			s.out.text("</" + s.prefix + "cols>")
		}
		s.done.cols = true
	case t.is("row"):
		return s.copyRow(t)
	case t.is("autoFilter"):
		s.out.add(setAttr(t.raw, "ref", s.widened(t.attr("ref"), false)))
		return nil
	case t.is("hyperlinks") && t.kind == start:
		return s.hyperlinks(bytes.Clone(t.raw))
	case t.is("legacyDrawing"):
		s.done.drawing = true
	}
	s.out.add(t.raw)
	return nil
}

// root learns how the sheet names its elements.
func (s *sheetWriter) root(t *token) {
	full := string(t.raw[1:])
	if i := strings.IndexAny(full, " \t\r\n>/"); i > 0 {
		full = full[:i]
	}
	if prefix, _, ok := strings.Cut(full, ":"); ok {
		s.prefix = prefix + ":"
	}
	s.relNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	if bytes.Contains(t.raw, []byte("http://purl.oclc.org/ooxml/")) {
		s.relNS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	}
}

// cols copies the widths of columns; those of the new ones are cut out of the
// ranges that hold them.
func (s *sheetWriter) cols() error {
	s.done.cols = true
	s.out.text("<" + s.prefix + "cols>")
	first, last := s.e.Columns[0].Col+1, s.e.last()+1
	written := !s.e.Fresh
	for {
		t, err := s.part.inside()
		if err != nil {
			return err
		}
		if t.ends("cols") {
			if !written {
				s.newCols()
			}
			s.out.add(t.raw)
			return nil
		}
		if t.ends("col") && s.e.Fresh {
			continue // written with its beginning
		}
		if !t.is("col") || !s.e.Fresh {
			s.out.add(t.raw)
			continue
		}
		t.raw = closed(t)
		low, _ := strconv.Atoi(t.attr("min"))
		high, _ := strconv.Atoi(t.attr("max"))
		if low < first {
			s.out.add(setAttr(t.raw, "max", strconv.Itoa(min(high, first-1))))
		}
		if high >= first && !written {
			s.newCols()
			written = true
		}
		if high > last {
			s.out.add(setAttr(setAttr(t.raw, "min", strconv.Itoa(max(low, last+1))), "max", strconv.Itoa(high)))
		}
	}
}

func (s *sheetWriter) newCols() {
	for _, c := range s.e.Columns {
		s.out.text(fmt.Sprintf(`<%scol min="%d" max="%d" width="%g" customWidth="1"/>`, s.prefix, c.Col+1, c.Col+1, c.Width))
	}
}

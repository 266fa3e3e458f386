package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/text"
)

// Edit is what Rewrite writes into a sheet. Rows count from 1, columns from 0.
type Edit struct {
	Sheet string
	// HeaderRow is the row of the headers of the new columns.
	HeaderRow int
	// LastRow is the last row that Values gives something for.
	LastRow int
	// Columns are written, replacing what stands there below the headers.
	Columns []NewColumn
	// StyleOf is a column of the header row whose style the new headers get.
	StyleOf int
	// Fresh says that the columns are not there yet, so that tables and
	// filters are widened over them.
	Fresh bool
	// Values returns what stands in the columns in a row, in their order; nil
	// for nothing. It is asked once for each row that the file has.
	Values func(row int) []Value
	// Bad are the cells to highlight, with the reasons.
	Bad map[Place]string
	// Author marks the comments with the reasons; those of an earlier time
	// with the same author are replaced.
	Author string

	badRows map[int][]int // columns of the bad cells, by row
}

// Place is a cell of a sheet.
type Place struct{ Row, Col int }

// NewColumn is a column that Rewrite writes.
type NewColumn struct {
	Col    int
	Header string
	Width  float64 // in characters of the standard font
}

// Value is what Rewrite writes into a cell.
type Value struct {
	Text   string // empty for an empty cell
	Number bool   // Text is a number
	Link   bool   // Text is a URL to be opened
}

// maxLinks is the number of links that a sheet can have (Excel's
// specifications and limits: 65,530); further ones are plain texts.
const maxLinks = 65_000

// badFill is the background of a bad cell, the light red which spreadsheet
// programs offer for bad values.
const badFill = "FFC7CE"

// Rewrite writes a copy of the workbook with the edits. Parts that they do not
// touch are copied byte for byte, and a sheet is rewritten as a stream: what is
// not understood in it stays as it is.
func (w *Workbook) Rewrite(ctx context.Context, out io.Writer, edits []Edit) error {
	z := zip.NewWriter(out)
	r := &rewriter{w: w, ctx: ctx, zip: z, changed: map[string][]byte{}}
	if err := r.loadStyles(); err != nil {
		return err
	}
	byPart := map[string]*Edit{}
	for i := range edits {
		s, err := w.Find(edits[i].Sheet)
		if err != nil {
			return err
		}
		byPart[partName(s.part)] = &edits[i]
		if err := r.prepare(s, &edits[i]); err != nil {
			return err
		}
	}
	var later []*zip.File
	for _, f := range w.c.files {
		name := partName(f.Name)
		switch e := byPart[name]; {
		case e != nil:
			if err := r.sheet(f, e); err != nil {
				return err
			}
		case r.later(name):
			later = append(later, f)
		default:
			if err := r.copy(f); err != nil {
				return err
			}
		}
	}
	if err := r.finish(edits); err != nil {
		return err
	}
	for _, f := range later {
		content, ok := r.changed[partName(f.Name)]
		if !ok {
			if err := r.copy(f); err != nil {
				return err
			}
			continue
		}
		delete(r.changed, partName(f.Name))
		if err := r.write(f.Name, content); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(keys(r.changed)) {
		if err := r.write(r.names[name], r.changed[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// rewriter holds what the edits need of the other parts.
type rewriter struct {
	w       *Workbook
	ctx     context.Context
	zip     *zip.Writer
	styles  styleSheet
	changed map[string][]byte // small parts, by their name for looking up
	names   map[string]string // as they are written
	plans   map[*Edit]*plan
}

// plan is how a sheet is rewritten.
type plan struct {
	sheet    Sheet
	rels     string // part name of its relationships
	links    []link
	comments string // part name of the comments; empty if none are written
	drawing  string
	ids      int
}

type link struct{ ref, id, url string }

func (r *rewriter) later(name string) bool {
	if name == partName(r.w.styles) || name == "[content_types].xml" || name == partName(r.w.main) {
		return true
	}
	if _, ok := r.changed[name]; ok {
		return true
	}
	for _, p := range r.plans {
		if name == partName(p.rels) || p.comments != "" && (name == partName(p.comments) || name == partName(p.drawing)) {
			return true
		}
	}
	return false
}

// copy takes a part over byte for byte.
func (r *rewriter) copy(f *zip.File) error {
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	in, err := f.OpenRaw()
	if err != nil {
		return err
	}
	out, err := r.zip.CreateRaw(&f.FileHeader)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

func (r *rewriter) write(name string, content []byte) error {
	out, err := r.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	return err
}

// set changes or adds a small part.
func (r *rewriter) set(name string, content []byte) {
	if r.names == nil {
		r.names = map[string]string{}
	}
	r.changed[partName(name)] = content
	r.names[partName(name)] = strings.TrimPrefix(name, "/")
}

// readAll reads a small part.
func (r *rewriter) readAll(name string) ([]byte, error) {
	if content, ok := r.changed[partName(name)]; ok {
		return content, nil
	}
	p, err := r.w.c.open(name)
	if err != nil {
		return nil, err
	}
	defer p.close()
	content, err := io.ReadAll(io.LimitReader(p, maxSmallPart+1))
	if err == nil && len(content) > maxSmallPart {
		err = fmt.Errorf("has a part %s of more than %d MiB", text.Quote(name), maxSmallPart>>20)
	}
	return content, err
}

const maxSmallPart = 64 << 20

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

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

// last is the last column that is written.
func (e *Edit) last() int {
	last := 0
	for _, c := range e.Columns {
		last = max(last, c.Col)
	}
	return last
}

// widened extends a range over the new columns, if it begins at the headers;
// the sheet's dimension in any case.
func (s *sheetWriter) widened(ref string, always bool) string {
	return widen(ref, s.e, always)
}

func widen(ref string, e *Edit, always bool) string {
	if !e.Fresh && !always {
		return ref
	}
	from, to, found := strings.Cut(ref, ":")
	if !found {
		to = from
	}
	first, last := grid.Column(from), grid.Column(to)
	top, err := strconv.Atoi(strings.TrimLeft(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	bottom, err2 := strconv.Atoi(strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil || err2 != nil || first < 0 || last < 0 || last >= e.last() {
		return ref
	}
	if !always && (top != e.HeaderRow || last+1 < e.Columns[0].Col) {
		return ref
	}
	if always {
		bottom = max(bottom, e.LastRow)
	}
	return grid.Name(first, top) + ":" + grid.Name(e.last(), max(bottom, e.HeaderRow))
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

// addLinks writes the links of the new cells, if the sheet had none.
func (s *sheetWriter) addLinks() {
	if s.done.links {
		return
	}
	s.done.links = true
	if len(s.p.links) == 0 {
		return
	}
	s.out.text("<" + s.prefix + "hyperlinks>")
	s.writeLinks()
	s.out.text("</" + s.prefix + "hyperlinks>")
}

func (s *sheetWriter) writeLinks() {
	for _, l := range s.p.links {
		s.out.text(fmt.Sprintf(`<%shyperlink xmlns:r="%s" ref="%s" r:id="%s"/>`, s.prefix, s.relNS, l.ref, l.id))
		if len(s.out.buf) > 64<<10 {
			s.out.flush()
		}
	}
}

// hyperlinks copies the links of the sheet, without those of cells that are
// written, and adds the new ones.
func (s *sheetWriter) hyperlinks(begin []byte) error {
	s.done.links = true
	open := false
	for {
		t, err := s.part.inside()
		if err != nil {
			return err
		}
		if t.ends("hyperlinks") {
			if !open && len(s.p.links) == 0 {
				return nil // the element may not be empty
			}
			if !open {
				s.out.add(begin)
			}
			s.writeLinks()
			s.out.add(t.raw)
			return nil
		}
		col := grid.Column(t.attr("ref"))
		if t.ends("hyperlink") {
			continue // written with its beginning
		}
		if t.is("hyperlink") && slices.ContainsFunc(s.e.Columns, func(c NewColumn) bool { return c.Col == col }) {
			continue
		}
		if !open {
			s.out.add(begin)
			open = true
		}
		s.out.add(closed(t))
	}
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

// closed is a tag without content.
func closed(t token) []byte {
	if t.kind != start {
		return t.raw
	}
	return slices.Concat(t.raw[:len(t.raw)-1], []byte("/>"))
}

// setAttr gives a tag an attribute, in place of the one that it has.
func setAttr(raw []byte, name, value string) []byte {
	raw = removeAttr(raw, name)
	at := len(raw) - 1
	if bytes.HasSuffix(raw, []byte("/>")) {
		at--
	}
	out := append([]byte(nil), bytes.TrimRight(raw[:at], " \t\r\n")...)
	out = append(out, ' ')
	out = append(out, name...)
	out = append(out, '=', '"')
	out = append(out, escape(value)...)
	out = append(out, '"')
	return append(out, raw[at:]...)
}

// removeAttr takes an attribute off a tag.
func removeAttr(raw []byte, name string) []byte {
	for from := 0; ; {
		i := bytes.Index(raw[from:], []byte(name+"="))
		if i < 0 {
			return raw
		}
		i += from
		if i == 0 || !strings.ContainsRune(" \t\r\n", rune(raw[i-1])) {
			from = i + 1
			continue
		}
		open := i + len(name) + 1
		if open >= len(raw) {
			return raw
		}
		stop := bytes.IndexByte(raw[open+1:], raw[open])
		if stop < 0 {
			return raw
		}
		return append(append([]byte(nil), raw[:i-1]...), raw[open+stop+2:]...)
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")

// escape writes a text for XML, without the characters that it cannot hold.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return escaper.Replace(s)
}

var errNoParts = errors.New("has no content types; save it again in a spreadsheet program")

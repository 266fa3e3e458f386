package xlsx

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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

var errNoParts = errors.New("has no content types; save it again in a spreadsheet program")

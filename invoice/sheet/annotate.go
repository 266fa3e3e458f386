package sheet

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// author marks our comments, so that they can be taken out again.
	author = "invoicelink"
	// badFill is the background of a bad cell, the light red which
	// spreadsheet programs offer for bad values.
	badFill = "FFC7CE"
	// maxComments keeps the writing fast: excelize looks through all comments
	// for each new one. Further bad cells are highlighted only.
	maxComments = 1000
	// annotateBytes is the largest sheet, unpacked, that is held in memory.
	annotateBytes = 64 << 20
)

func (b *Book) writeWorkbook(ctx context.Context, f *file, w io.Writer, rows map[int]resultRow) error {
	c, err := openContainer(f, f.size, b.limits.MaxBytes)
	if err != nil {
		return err
	}
	wb, err := openWorkbook(c, b.Sheet)
	if err != nil {
		return err
	}
	if b.Rows > b.annotateRows || c.parts[partName(wb.rowsPart)].UncompressedSize64 > annotateBytes {
		return b.streamWorkbook(ctx, wb, w, rows)
	}
	x, err := excelize.OpenReader(io.NewSectionReader(f, 0, f.size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: b.limits.MaxBytes * unzipFactor, UnzipXMLSizeLimit: annotateBytes,
	})
	if err != nil {
		return err
	}
	defer x.Close()
	a := &annotator{b: b, x: x, sheet: b.Sheet, marked: map[int]int{}, cleared: map[int]int{}}
	if err := a.write(ctx, rows, c.commentsWritable(wb.rowsPart)); err != nil {
		return err
	}
	return x.Write(w)
}

// annotator writes into the sender's workbook.
type annotator struct {
	b       *Book
	x       *excelize.File
	sheet   string
	marked  map[int]int // styles with the bad fill, by the style before
	cleared map[int]int // … without it
}

func (a *annotator) write(ctx context.Context, rows map[int]resultRow, comments bool) error {
	if err := a.clear(); err != nil {
		return err
	}
	width, err := a.width()
	if err != nil {
		return err
	}
	columns := a.b.resultColumns(width)
	if err := a.headers(columns); err != nil {
		return err
	}
	fresh := a.b.layout.results[0] < 0
	last := a.b.layout.row
	for _, e := range a.b.Entries {
		last = max(last, e.LastRow)
	}
	for _, p := range a.b.Problems {
		last = max(last, p.Row)
	}
	for num := a.b.layout.row + 1; num <= last; num++ {
		if num%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r, ok := rows[num]
		if !ok && fresh {
			continue
		}
		if err := a.row(num, columns, r, fresh); err != nil {
			return err
		}
	}
	return a.highlight(ctx, comments)
}

// width is the first column behind everything in the sheet.
func (a *annotator) width() (int, error) {
	width := a.b.layout.width
	ref, err := a.x.GetSheetDimension(a.sheet)
	if err != nil {
		return 0, err
	}
	_, end, found := strings.Cut(ref, ":")
	if col := columnOf(end); found && col+1 > width && col < maxColumns-len(resultHeaders) {
		// A formatted but empty column is no reason to leave a gap.
		for c := col; c >= width; c-- {
			for _, num := range []int{a.b.layout.row, a.b.layout.row + 1} {
				if v, err := a.x.GetCellValue(a.sheet, cellName(c, num)); err == nil && v != "" {
					return c + 1, nil
				}
			}
		}
	}
	return width, nil
}

func (a *annotator) headers(columns [len(resultHeaders)]int) error {
	row := a.b.layout.row
	style, err := a.x.GetCellStyle(a.sheet, cellName(a.b.layout.first[fNumber], row))
	if err != nil {
		return err
	}
	for i, c := range columns {
		if err := a.x.SetCellStr(a.sheet, cellName(c, row), resultHeaders[i]); err != nil {
			return err
		}
		if err := a.x.SetCellStyle(a.sheet, cellName(c, row), cellName(c, row), style); err != nil {
			return err
		}
		if a.b.layout.results[0] < 0 {
			if err := a.x.SetColWidth(a.sheet, letters(c), letters(c), []float64{11, 40, 40, 21, 24, 9}[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *annotator) row(num int, columns [len(resultHeaders)]int, r resultRow, fresh bool) error {
	for i, c := range columns {
		cell, text := cellName(c, num), r.texts[i]
		var err error
		switch {
		case text == "" && fresh:
			continue
		case text == "":
			err = a.x.SetCellValue(a.sheet, cell, nil)
		case resultHeaders[i] == "Revision":
			err = a.x.SetCellInt(a.sheet, cell, int64(r.revision))
		default:
			err = a.x.SetCellStr(a.sheet, cell, text)
		}
		if err != nil {
			return err
		}
		if resultHeaders[i] != "Payment link" {
			continue
		}
		switch {
		case strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://"):
			err = a.x.SetCellHyperLink(a.sheet, cell, text, "External")
		case !fresh:
			err = a.x.SetCellHyperLink(a.sheet, cell, "", "None")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// highlight marks the bad cells, with the reasons as comments where the
// workbook's own comments allow it.
func (a *annotator) highlight(ctx context.Context, comments bool) error {
	reasons := map[string][]string{}
	var order []string
	note := func(p Problem) {
		if p.Cell == "" {
			return
		}
		if reasons[p.Cell] == nil {
			order = append(order, p.Cell)
		}
		reasons[p.Cell] = append(reasons[p.Cell], p.Text())
	}
	for _, e := range a.b.Entries {
		for _, p := range e.Problems {
			note(p)
		}
	}
	for _, p := range a.b.Problems {
		note(p)
	}
	taken := map[string]bool{}
	if existing, err := a.x.GetComments(a.sheet); err == nil {
		for _, c := range existing {
			taken[c.Cell] = true
		}
	}
	for i, cell := range order {
		if i%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := a.fill(cell, true); err != nil {
			return err
		}
		if !comments || i >= maxComments || taken[cell] {
			continue
		}
		err := a.x.AddComment(a.sheet, excelize.Comment{Cell: cell, Author: author, Text: cut(strings.Join(reasons[cell], "\n")), Width: 300, Height: 80})
		if err != nil {
			return fmt.Errorf("comment %s: %w", cell, err)
		}
	}
	return nil
}

// clear takes out what an earlier run marked.
func (a *annotator) clear() error {
	comments, err := a.x.GetComments(a.sheet)
	if err != nil {
		return nil // a workbook whose comments excelize cannot read has none of ours
	}
	for _, c := range comments {
		if c.Author != author {
			continue
		}
		if err := a.fill(c.Cell, false); err != nil {
			return err
		}
		if err := a.x.DeleteComment(a.sheet, c.Cell); err != nil {
			return err
		}
	}
	return nil
}

// fill gives a cell the bad background, or takes it away; everything else of
// its style stays.
func (a *annotator) fill(cell string, bad bool) error {
	before, err := a.x.GetCellStyle(a.sheet, cell)
	if err != nil {
		return err
	}
	known := a.cleared
	if bad {
		known = a.marked
	}
	after, ok := known[before]
	if !ok {
		style, err := a.x.GetStyle(before)
		if err != nil {
			return err
		}
		switch {
		case bad:
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{badFill}}
		case len(style.Fill.Color) == 1 && strings.HasSuffix(strings.ToUpper(style.Fill.Color[0]), badFill):
			style.Fill = excelize.Fill{}
		}
		if after, err = a.x.NewStyle(style); err != nil {
			return err
		}
		known[before] = after
	}
	return a.x.SetCellStyle(a.sheet, cell, cell, after)
}

var (
	commentsName = regexp.MustCompile(`^xl/comments(\d+)\.xml$`)
	drawingName  = regexp.MustCompile(`^xl/drawings/vmlDrawing(\d+)\.vml$`)
)

// commentsWritable reports whether comments can be added: the sheet has none, or
// its parts have the names and numbers that excelize v2.11.1 supposes. Under
// other names it would write comments which nothing refers to.
func (c *container) commentsWritable(sheetPart string) bool {
	dir, name := sheetPart[:strings.LastIndex(sheetPart, "/")+1], sheetPart[strings.LastIndex(sheetPart, "/")+1:]
	if !c.has(dir + "_rels/" + name + ".rels") {
		return true
	}
	rels, err := c.relations(dir + "_rels/" + name + ".rels")
	if err != nil {
		return false
	}
	var comments, drawing string
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/comments"):
			comments = r.target
		case strings.HasSuffix(r.kind, "/vmlDrawing"):
			drawing = r.target
		}
	}
	if comments == "" && drawing == "" {
		return true
	}
	a, b := commentsName.FindStringSubmatch(comments), drawingName.FindStringSubmatch(drawing)
	return a != nil && b != nil && a[1] == b[1]
}

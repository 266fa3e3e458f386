package sheet

import (
	"context"
	"io"
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
		RawCellValue: true, UnzipSizeLimit: unzipLimit(b.limits.MaxBytes), UnzipXMLSizeLimit: annotateBytes,
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

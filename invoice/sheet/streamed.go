package sheet

import (
	"context"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// streamWorkbook writes a plain workbook with the values, number formats and
// result columns, row by row. Of formulas the values remain; other sheets,
// colours and widths do not.
func (b *Book) streamWorkbook(ctx context.Context, wb *workbook, w io.Writer, rows map[int]resultRow) error {
	source, err := wb.rows()
	if err != nil {
		return err
	}
	defer source.close()
	x := excelize.NewFile()
	defer x.Close()
	if err := x.SetSheetName("Sheet1", b.Sheet); err != nil {
		return err
	}
	if wb.date1904 {
		on := true
		if err := x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}); err != nil {
			return err
		}
	}
	columns := b.resultColumns(b.layout.width)
	width := b.layout.width
	for _, c := range columns {
		width = max(width, c+1)
	}
	last := b.layout.row
	for _, e := range b.Entries {
		last = max(last, e.LastRow)
	}
	// The stream writer leaves the dimension at A1, by which other readers
	// would see one row; it must be set before.
	if err := x.SetSheetDimension(b.Sheet, "A1:"+cellName(width-1, last)); err != nil {
		return err
	}
	sw, err := x.NewStreamWriter(b.Sheet)
	if err != nil {
		return err
	}
	s := &streamer{b: b, x: x, columns: columns, bad: b.badCells(), styles: map[streamStyle]int{}}
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r, err := source.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if r.isBlank() {
			continue
		}
		cells, err := s.cells(r, rows)
		if err != nil {
			return err
		}
		if err := sw.SetRow(cellName(0, r.num), cells, excelize.RowOpts{Hidden: r.hidden}); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	return x.Write(w)
}

type streamer struct {
	b       *Book
	x       *excelize.File
	columns [len(resultHeaders)]int
	bad     map[spot]bool
	styles  map[streamStyle]int
}

type streamStyle struct {
	format *numFormat
	bad    bool
	header bool
}

// cells are the values of one row.
func (s *streamer) cells(r *row, rows map[int]resultRow) ([]any, error) {
	var out []any
	set := func(col int, v excelize.Cell) {
		for len(out) <= col {
			out = append(out, nil)
		}
		out[col] = v
	}
	for _, c := range r.cells {
		style, err := s.style(streamStyle{c.style, s.bad[spot{r.num, c.col}], r.num == s.b.layout.row})
		if err != nil {
			return nil, err
		}
		if c.kind == failure || c.kind == unstored {
			// It must stay an error when this file is read: neither an empty
			// cell nor a text.
			set(c.col, excelize.Cell{StyleID: style, Formula: "NA()"})
			continue
		}
		set(c.col, excelize.Cell{StyleID: style, Value: c.value()})
	}
	texts := rows[r.num].texts
	switch {
	case r.num < s.b.layout.row:
		return out, nil
	case r.num == s.b.layout.row:
		texts = resultHeaders
	}
	style, err := s.style(streamStyle{header: r.num == s.b.layout.row})
	if err != nil {
		return nil, err
	}
	for i, c := range s.columns {
		switch {
		case rows[r.num].revision > 0 && resultHeaders[i] == "Revision":
			set(c, excelize.Cell{StyleID: style, Value: rows[r.num].revision})
		case texts[i] != "" || c < len(out):
			set(c, excelize.Cell{StyleID: style, Value: texts[i]})
		}
	}
	return out, nil
}

// value is what the stream writer is given for a cell.
func (c cell) value() any {
	switch c.kind {
	case number:
		if f, err := strconv.ParseFloat(c.text, 64); err == nil {
			return f
		}
	case boolean:
		return truth(c.text)
	}
	return c.text
}

func (s *streamer) style(key streamStyle) (int, error) {
	if id, ok := s.styles[key]; ok {
		return id, nil
	}
	style := &excelize.Style{}
	if key.bad {
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{badFill}}
	}
	if key.header {
		style.Font = &excelize.Font{Bold: true}
	}
	switch {
	case key.format == nil:
	case key.format.code == "" || builtin[key.format.id] == key.format.code:
		style.NumFmt = key.format.id
	default:
		style.CustomNumFmt = &key.format.code
	}
	if key == (streamStyle{}) {
		s.styles[key] = 0
		return 0, nil
	}
	id, err := s.x.NewStyle(style)
	if err != nil {
		return 0, err
	}
	s.styles[key] = id
	return id, nil
}

// badCells are the cells of all problems.
func (b *Book) badCells() map[spot]bool {
	out := map[spot]bool{}
	add := func(p Problem) {
		if p.Cell != "" {
			out[spot{p.Row, columnOf(p.Cell)}] = true
		}
	}
	for _, e := range b.Entries {
		for _, p := range e.Problems {
			add(p)
		}
	}
	for _, p := range b.Problems {
		add(p)
	}
	return out
}

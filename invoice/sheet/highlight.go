package sheet

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

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

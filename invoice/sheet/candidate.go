package sheet

import (
	"io"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// candidate is a sheet of which the beginning was read.
type candidate struct {
	sheet  string
	hidden bool
	rows   []grid.Row // the first filled ones
	best   int        // of rows: the likeliest header row, -1 for none
	score  int
}

// look reads the beginning of a sheet and finds its header row: the one that a
// profile matches, or the one with the most headers that are recognised.
func (b *Book) look(in *input, sheet string, hidden bool) (*candidate, error) {
	rows, err := in.rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c := &candidate{sheet: sheet, hidden: hidden, best: -1}
	for len(c.rows) < headerWithin {
		r, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.IsBlank() {
			continue
		}
		kept := *r
		kept.Cells = slices.Clone(r.Cells)
		c.rows = append(c.rows, kept)
	}
	mapped := b.mappedHeaders()
	for i := range c.rows {
		if s := headerScore(&c.rows[i], mapped); s > c.score {
			c.best, c.score = i, s
		}
	}
	if c.score < 2 {
		c.best = c.unknownHeader()
	}
	return c, nil
}

// unknownHeader finds a header row whose words are in no list, as in another
// script: the first row of at least three texts, all different, if the rows
// below have numbers or dates in their columns. -1 if there is none.
func (c *candidate) unknownHeader() int {
	for i := 0; i+1 < len(c.rows) && i < 5; i++ {
		seen := map[string]bool{}
		for _, cell := range c.rows[i].Cells {
			h := profile.Fold(headerText(cell))
			if h == "" || seen[h] || len(cell.Text) > 60 || isNumeric(cell) {
				seen = nil
				break
			}
			seen[h] = true
		}
		if len(seen) < 3 {
			continue
		}
		for _, cell := range c.rows[i+1].Cells {
			if isNumeric(cell) && headerText(c.rows[i].At(cell.Col)) != "" {
				return i
			}
		}
	}
	return -1
}

// isNumeric reports whether a cell holds a number or a date, as such or as text.
func isNumeric(c grid.Cell) bool {
	switch c.Kind {
	case grid.Number, grid.ISODate:
		return true
	case grid.Text:
		if _, err := parseNumber(c.Text); err == nil {
			return true
		}
		_, err := parseDate(c.Text, nil)
		return err == nil
	}
	return false
}

// mappedHeaders are the folded headers that the user has answered for.
func (b *Book) mappedHeaders() map[string]string {
	out := map[string]string{}
	for header, to := range b.limits.Columns {
		out[profile.Fold(header)] = to
	}
	for _, p := range b.limits.Profiles {
		for header, to := range p.Columns {
			out[profile.Fold(header)] = to
		}
	}
	return out
}

// match finds the row that a profile takes for the header row, -1 for none.
func (c *candidate) match(p *profile.Profile) int {
	if p.Sheet != "" && c.sheet != "" && !strings.EqualFold(p.Sheet, c.sheet) {
		return -1
	}
	for i := range c.rows {
		if p.HeaderRow > 0 && c.rows[i].Num != p.HeaderRow+max(p.HeaderRows-1, 0) {
			continue
		}
		if p.Matches(c.headerList(i, p)) {
			return i
		}
		if len(p.Match) == 0 && p.HeaderRow > 0 {
			return i
		}
	}
	return -1
}

// headerList are the headers of a row under a profile.
func (c *candidate) headerList(i int, p *profile.Profile) []string {
	var out []string
	for _, h := range c.headersAt(i, p) {
		out = append(out, h)
	}
	return out
}

// headersAt are the headers of a row, by column, joined with those of the rows
// above it if the profile says that they take several.
func (c *candidate) headersAt(i int, p *profile.Profile) map[int]string {
	if p == nil || p.HeaderRows < 2 {
		return headersOf(&c.rows[i])
	}
	var rows []*grid.Row
	for j := range c.rows {
		if n := c.rows[j].Num; n <= c.rows[i].Num && n > c.rows[i].Num-p.HeaderRows {
			rows = append(rows, &c.rows[j])
		}
	}
	return joinHeaders(rows)
}

// visible are the sheets to choose from.
func (b *Book) candidates(in *input) ([]*candidate, error) {
	if in.csv != nil {
		c, err := b.look(in, "", false)
		return []*candidate{c}, err
	}
	var out []*candidate
	for _, s := range in.xlsx.Sheets {
		if b.limits.Sheet != "" && !strings.EqualFold(s.Name, b.limits.Sheet) {
			continue
		}
		c, err := b.look(in, s.Name, s.Hidden)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		_, err := in.xlsx.Find(b.limits.Sheet)
		return nil, err
	}
	return out, nil
}

// hasNumber reports whether the header row has a column of invoice numbers.
func (c *candidate) hasNumber(p *profile.Profile) bool {
	for _, cell := range c.rows[c.best].Cells {
		h := profile.Fold(headerText(cell))
		for _, names := range []map[string]field{byHeader, byAlias, weak} {
			if f, ok := names[h]; ok && f == fNumber {
				return true
			}
		}
		if p != nil {
			for name, to := range p.Columns {
				if f, _ := profile.ParseField(to); f == "number" && profile.Fold(name) == h && h != "" {
					return true
				}
			}
		}
	}
	return false
}

func sameHeaders(a, c *candidate) bool {
	one, two := headersOf(&a.rows[a.best]), headersOf(&c.rows[c.best])
	if len(one) != len(two) {
		return false
	}
	for col, h := range one {
		if profile.Fold(two[col]) != profile.Fold(h) {
			return false
		}
	}
	return true
}

// noHeader says why no sheet has a list.
func (b *Book) noHeader(all, visible []*candidate, p *profile.Profile) error {
	if len(visible) == 0 {
		return wrong("file-hidden-sheets", yamlText(all[0].sheet))
	}
	filled := slices.DeleteFunc(slices.Clone(visible), func(c *candidate) bool { return len(c.rows) == 0 })
	switch {
	case len(filled) == 0 && visible[0].sheet != "":
		return wrong("file-empty-sheet", clip(visible[0].sheet))
	case len(filled) == 0:
		return wrong("file-empty")
	case p != nil && p.Sheet != "":
		return wrong("file-no-header-fits", clip(p.Sheet), p.Name)
	}
	if err := formOf(filled); err != nil {
		return err
	}
	first := filled[0]
	if i := slices.IndexFunc(all, func(c *candidate) bool { return c.hidden && c.best >= 0 }); i >= 0 {
		return wrong("file-header-hidden", headerWithin, clip(first.rows[0].Cells[0].Text), clip(all[i].sheet))
	}
	return wrong("file-no-header", headerWithin, clip(first.rows[0].Cells[0].Text))
}

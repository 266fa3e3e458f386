package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"invoicelink/invoice/sheet/csv"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
	"invoicelink/invoice/sheet/xlsx"
)

// table is one sheet, or a CSV file, whose rows are read.
type table struct {
	sheet     string
	headerRow int
	headers   map[int]string // by column
	l         *layout
	p         *profile.Profile // never nil
	side      *profile.Lines   // its rows belong to another table's invoices; nil for a table of invoices
	lineTable *table           // that has the lines; nil if this one has
	people    *table           // that has the customers; nil for none
	totals    int              // rows of totals
	evidence  []*evidence      // by column of the sheet; nil for most
	rules     []rule
	above     []grid.Row // above the header row
	near      []field    // fields whose header is misspelt
	fields    int        // of the header row of a CSV file
	guessed   bool       // the words of the header row are not known
	facts     []*facts   // by column of the sheet
	v         values
}

// input opens the rows of a file, as often as they are needed.
type input struct {
	csv  *csv.File
	xlsx *xlsx.Workbook
}

func (in *input) rows(sheet string) (grid.Rows, error) {
	if in.csv != nil {
		return in.csv.Rows()
	}
	s, err := in.xlsx.Find(sheet)
	if err != nil {
		return nil, err
	}
	return in.xlsx.Rows(s)
}

func (in *input) date1904() bool { return in.xlsx != nil && in.xlsx.Date1904 }

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

// findTables chooses what is read of the file, and the profile that says what
// it means.
func (b *Book) findTables(in *input) error {
	all, err := b.candidates(in)
	if err != nil {
		return err
	}
	if err := b.resolveProfiles(); err != nil {
		return err
	}
	p, err := b.chooseProfile(all)
	if err != nil {
		return err
	}
	c, err := b.chooseSheet(all, p)
	if err != nil {
		return err
	}
	if p == nil {
		p = &profile.Profile{}
	}
	b.Profile = p.Name
	names := b.severalSheets(all, c, p)
	for _, name := range names {
		i := slices.IndexFunc(all, func(x *candidate) bool { return x.sheet == name })
		if i < 0 {
			_, err := in.xlsx.Find(name)
			return err
		}
		if err := b.addTable(all[i], p, nil); err != nil {
			return err
		}
	}
	b.Sheet = b.tables[0].sheet
	lines, err := b.addSide(in, all, p, p.Lines)
	if err != nil {
		return err
	}
	people, err := b.addSide(in, all, p, p.CustomerSheet)
	for _, t := range b.tables {
		if t.side == nil {
			t.lineTable, t.people = lines, people
		}
	}
	return err
}

// severalSheets are the names of the sheets that are read as one list.
func (b *Book) severalSheets(all []*candidate, c *candidate, p *profile.Profile) []string {
	if len(p.Sheets) == 0 {
		return []string{c.sheet}
	}
	var out []string
	for _, x := range all {
		for _, name := range p.Sheets {
			everyOne := name == "all" && !x.hidden && x.best >= 0 && !isSide(p, x.sheet) && (len(p.Match) == 0 || x.match(p) >= 0)
			if (everyOne || strings.EqualFold(string(name), x.sheet)) && !slices.Contains(out, x.sheet) {
				out = append(out, x.sheet)
			}
		}
	}
	if len(out) == 0 {
		return []string{c.sheet}
	}
	return out
}

// isSide reports whether a sheet has the lines or the customers of another one.
func isSide(p *profile.Profile, sheet string) bool {
	return p != nil && (p.Lines != nil && strings.EqualFold(p.Lines.Sheet, sheet) || p.CustomerSheet != nil && strings.EqualFold(p.CustomerSheet.Sheet, sheet))
}

// addSide adds the table of a sheet whose rows belong to the invoices of the
// others; nil if the profile names none.
func (b *Book) addSide(in *input, all []*candidate, p *profile.Profile, side *profile.Lines) (*table, error) {
	if side == nil || in.xlsx == nil {
		return nil, nil
	}
	if _, err := in.xlsx.Find(side.Sheet); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(x *candidate) bool { return strings.EqualFold(x.sheet, side.Sheet) })
	if i < 0 {
		return nil, nil
	}
	err := b.addTable(all[i], p, side)
	return b.tables[len(b.tables)-1], err
}

func (b *Book) addTable(c *candidate, p *profile.Profile, side *profile.Lines) error {
	at := c.best
	if side != nil {
		for i := range c.rows {
			if c.rows[i].Num == side.HeaderRow {
				at = i
			}
		}
	} else if i := c.match(p); i >= 0 {
		at = i
	}
	if at < 0 {
		return wrong("file-no-header-on", clip(c.sheet))
	}
	t := &table{sheet: c.sheet, headerRow: c.rows[at].Num, p: p, side: side, headers: c.headersAt(at, p), above: c.rows[:at], fields: c.rows[at].Fields, guessed: c.score < 2 && c.match(p) < 0}
	if side != nil {
		t.headers = c.headersAt(at, nil)
	}
	b.tables = append(b.tables, t)
	return nil
}

// resolveProfiles completes the profiles that extend others.
func (b *Book) resolveProfiles() error {
	named := slices.Clone(b.limits.Profiles)
	for i, p := range named {
		var err error
		if named[i], err = profile.Resolve(p, b.limits.Library); err != nil {
			return err
		}
	}
	b.limits.Profiles = named
	if b.limits.Library == nil {
		b.limits.Library = profile.Shipped()
		return nil
	}
	library := slices.Clone(b.limits.Library)
	for i, p := range library {
		var err error
		if library[i], err = profile.Resolve(p, b.limits.Library); err != nil {
			return err
		}
	}
	b.limits.Library = library
	return nil
}

// chooseProfile finds the profile for the file: one that was named, or the one
// of the library that matches with the most headers.
func (b *Book) chooseProfile(all []*candidate) (*profile.Profile, error) {
	fits := func(p *profile.Profile) bool {
		return slices.ContainsFunc(all, func(c *candidate) bool { return c.match(p) >= 0 })
	}
	for _, p := range b.limits.Profiles {
		if len(p.Match) > 0 && fits(p) {
			return p, nil
		}
	}
	for _, p := range b.limits.Profiles {
		if len(p.Match) == 0 && len(b.limits.Profiles) == 1 {
			return p, nil
		}
	}
	if len(b.limits.Profiles) > 0 {
		return nil, b.noProfile(all)
	}
	var best []*profile.Profile
	for _, p := range b.limits.Library {
		if len(p.Match) == 0 || !fits(p) || len(best) > 0 && len(p.Match) < len(best[0].Match) {
			continue
		}
		if len(best) > 0 && len(p.Match) > len(best[0].Match) {
			best = best[:0]
		}
		best = append(best, p)
	}
	switch len(best) {
	case 0:
		return nil, nil
	case 1:
		return best[0], nil
	}
	q := question(say("ask-profile")).as("profile")
	for _, p := range best {
		q.Answers = append(q.Answers, answer("the-profile", "", "# the profile "+p.Name, "--profile "+p.Name, p.Name))
	}
	b.ask(q)
	return nil, errAsked
}

// errAsked ends the reading of a file of which a question must be answered
// first.
var errAsked = errors.New("must be asked about first")

// noProfile says why none of the named profiles fits.
func (b *Book) noProfile(all []*candidate) error {
	var parts []string
	for _, p := range b.limits.Profiles {
		missing := p.Match
		for _, c := range all {
			for i := range c.rows {
				if m := p.Missing(c.headerList(i, p)); len(m) < len(missing) {
					missing = m
				}
			}
		}
		if len(missing) == 0 && len(p.Match) > 0 {
			missing = []string{"the sheet or header row that it names"}
		}
		if len(p.Match) == 0 {
			missing = []string{"its member match, which several profiles need"}
		}
		parts = append(parts, fmt.Sprintf("%s lacks %s", p.Name, quoted(missing)))
	}
	return wrong("file-layout", strings.Join(parts, "; "))
}

// chooseSheet finds the sheet that has the list.
func (b *Book) chooseSheet(all []*candidate, p *profile.Profile) (*candidate, error) {
	var fit, visible []*candidate
	for _, c := range all {
		if c.hidden && b.limits.Sheet == "" && (p == nil || !strings.EqualFold(p.Sheet, c.sheet)) {
			continue
		}
		visible = append(visible, c)
		switch {
		case p != nil && c.match(p) >= 0:
			c.best = c.match(p)
			fit = append(fit, c)
		case (p == nil || len(p.Match) == 0 && p.HeaderRow == 0 && (p.Sheet == "" || strings.EqualFold(p.Sheet, c.sheet))) && c.best >= 0:
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return nil, b.noHeader(all, visible, p)
	}
	fit = slices.DeleteFunc(fit, func(c *candidate) bool { return len(fit) > 1 && isSide(p, c.sheet) })
	chosen := fit[0]
	numbered := slices.DeleteFunc(slices.Clone(fit), func(c *candidate) bool { return !c.hasNumber(p) })
	if len(numbered) > 0 {
		chosen = numbered[0]
	}
	if p == nil || p.Sheet == "" && len(p.Sheets) == 0 && p.Lines == nil && p.CustomerSheet == nil {
		if err := b.askSheet(chosen, numbered); err != nil {
			return nil, err
		}
	}
	b.noteSheets(all, chosen, p)
	return chosen, nil
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

// askSheet asks which sheets are meant if several have lists of invoices.
func (b *Book) askSheet(chosen *candidate, numbered []*candidate) error {
	if b.limits.Sheet != "" || len(numbered) < 2 {
		return nil
	}
	same := true
	q := question(say("ask-sheet")).as("sheet")
	for _, c := range numbered {
		same = same && sameHeaders(c, chosen)
		q.Samples = append(q.Samples, Sample{Value: c.sheet, Cell: grid.Name(0, c.rows[c.best].Num)})
		q.Answers = append(q.Answers, answer("only-this-sheet", "", "sheet: "+yamlText(c.sheet), "--sheet "+shellText(c.sheet)))
	}
	if same {
		samples := q.Samples
		q = question(say("ask-sheets"), append([]Answer{answer("all-sheets", "", "sheets: all", "")}, q.Answers...)...).as("sheet")
		q.Samples = samples
	} else {
		for _, c := range numbered {
			if c != chosen {
				q.Answers = append(q.Answers, answer("lines-sheet", "lines", "sheet: "+yamlText(c.sheet), ""))
			}
		}
	}
	b.ask(q)
	return errAsked
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

// noteSheets says which sheets are not read.
func (b *Book) noteSheets(all []*candidate, chosen *candidate, p *profile.Profile) {
	var others []string
	for _, c := range all {
		read := c == chosen || isSide(p, c.sheet) || p != nil && len(p.Sheets) > 0
		if read {
			continue
		}
		name := c.sheet
		if c.hidden {
			name += " (hidden)"
		}
		others = append(others, name)
	}
	if len(others) == 0 || chosen.sheet == "" {
		return
	}
	t := &table{sheet: chosen.sheet}
	b.note(false, b.rowProblem(t, 0, say("other-sheets", strings.Join(others[:min(len(others), 10)], ", "))))
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

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = clip(s)
	}
	return strings.Join(out, ", ")
}

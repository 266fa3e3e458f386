package sheet

import (
	"errors"
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

// errAsked ends the reading of a file of which a question must be answered
// first.
var errAsked = errors.New("must be asked about first")

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

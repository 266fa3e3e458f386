package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// ready reports what keeps the whole file from being read: columns that are
// wrong, another kind of list, open questions.
func (b *Book) ready(problems []Problem) error {
	t := b.tables[0]
	if err := t.otherList(); err != nil {
		return err
	}
	if t.p.List == "" && t.l.first[fNumber] < 0 {
		c := &candidate{}
		c.rows = t.above
		if n, example := c.labels(len(c.rows)); n >= 2 {
			return wrong("file-form-above", clip(example))
		}
	}
	empty := !slices.ContainsFunc(t.facts, func(f *facts) bool { return f != nil })
	if empty && len(problems) == 0 {
		return wrong("file-no-rows", t.l.row)
	}
	for _, t := range b.tables {
		if t.side == nil {
			b.missing(t)
			break
		}
	}
	if len(problems) > 0 {
		fe := fileError(b.Path, say("file-columns"), nil)
		fe.Problems = append(problems, b.unanswered().Problems...)
		return fe
	}
	for _, t := range b.tables {
		b.linesInCells(t)
	}
	if len(b.Questions) > 0 {
		for _, t := range b.tables {
			b.askAhead(t)
		}
		return errAsked
	}
	return nil
}

// linesInCells asks about a column whose cells hold whole tables of lines, as
// JSON or CSV: an invoice over the total alone would lack its lines.
func (b *Book) linesInCells(t *table) {
	for _, c := range t.l.columns {
		f := t.factsOf(c.Index)
		if c.Role != RoleCarried || t.l.roles[c.Index].answered || f == nil || t.p.SplitLines != "" {
			continue
		}
		if !slices.ContainsFunc(f.order, func(s string) bool { return embedded.MatchString(s) }) || !lineWords.MatchString(f.order[0]) {
			continue
		}
		key := firstOf(c.Header, c.Letter)
		q := question(say("ask-lines-in-cell", t.l.name(c.Index)), answer("one-line-each", "columns", yamlText(key)+": ignore", "")).as("lines-in-cell " + c.Letter)
		q.Samples = []Sample{{Value: short(f.order[0]), Cell: grid.Name(c.Index, f.firstRow)}}
		b.ask(q)
	}
}

// embedded are cells that hold a table: JSON, or CSV with a line of headers.
var (
	embedded  = regexp.MustCompile(`(?s)^\s*\[\s*\{"|^\w+(,\w+){3,}[;\n]`)
	lineWords = regexp.MustCompile(`(?i)qty|quantity|unit_price|price|amount|description`)
)

// askAhead adds the questions about states and kinds that would follow, so that
// all can be answered at once.
func (b *Book) askAhead(t *table) {
	if t.side != nil {
		return
	}
	x := newBuilder(b, t)
	for _, c := range t.l.columns {
		f := t.factsOf(c.Index)
		if f == nil {
			continue
		}
		k := t.status(c.Index)
		values := valuesFor(t.p.Issue, c.Header)
		asked := func(s string) bool { return s != "" && !k.isOpen(s) && !matchValue(values, s) }
		ruled := slices.ContainsFunc(t.rules, func(r rule) bool { return r.col == c.Index })
		switch {
		case k != 0 && !ruled && slices.ContainsFunc(f.order, asked):
			b.ask(x.stateQuestion(k, c.Index, c.Header).as("status " + c.Letter))
		case t.l.roles[c.Index].f == fKind && len(t.p.Kinds) == 0 && !ruled:
			for _, s := range f.distinct() {
				if _, ok := kinds[profile.Fold(s)]; !ok {
					b.ask(x.kindQuestion(c.Index, s).as("kind " + c.Letter))
					break
				}
			}
		}
	}
}

// wholeMoney reports whether the only currency of the file has no decimals.
func (b *Book) wholeMoney(t *table) bool {
	codes := []string{firstOf(t.p.Defaults.Currency, b.limits.Currency)}
	if col := t.l.first[fCurrency]; col >= 0 {
		codes = t.factsOf(col).distinct()
	}
	for _, code := range codes {
		digits, ok := currency.GetDigits(strings.ToUpper(code))
		if !ok || digits > 0 {
			return false
		}
	}
	return len(codes) > 0
}

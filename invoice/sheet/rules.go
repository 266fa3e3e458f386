package sheet

import (
	"hash/maphash"
	"slices"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/grid"
	"invoicelink/invoice/sheet/profile"
)

// rule chooses rows by the values of a column.
type rule struct {
	col    int
	header string
	values profile.Texts
	only   bool // rows without one of the values are left out, not those with one
}

// setRules finds the columns of the profile's rules.
func (t *table) setRules() {
	add := func(rules map[string]profile.Texts, only bool) {
		for _, header := range slices.Sorted(mapsKeys(rules)) {
			for _, col := range t.l.find(t.headers, header) {
				t.rules = append(t.rules, rule{col, header, rules[header], only})
			}
		}
	}
	add(t.p.Skip, false)
	add(t.p.Only, true)
}

// leaveOut says why a row is left out by the profile's rules; empty if it is
// read. A further row of an invoice whose cells do not say it shares what was
// said of the row above.
func (x *builder) leaveOut(r *grid.Row, number string) leftOut {
	if len(x.t.rules) == 0 {
		return leftOut{}
	}
	further := number == "" || number == x.last
	x.last = number
	if number == "" {
		x.last = "\x00" // a row below without a number continues this one
	}
	silent := further
	for _, rule := range x.t.rules {
		silent = silent && x.plainText(r, rule.col) == ""
	}
	if silent {
		return x.left
	}
	x.left = leftOut{}
	for _, rule := range x.t.rules {
		s := x.plainText(r, rule.col)
		if rule.only == matchValue(rule.values, s) {
			continue
		}
		x.left = leftOut{"left-out-by-rule", x.t.l.name(rule.col), clip(s)}
		break
	}
	return x.left
}

// kindOf takes the kind of a document by the words of the profile; it reports
// whether they say it. A word that nothing knows is a question.
func (x *builder) kindOf(e *Entry, c *grid.Cell, at spot) bool {
	text, err := x.t.v.plain(c)
	if err != nil || text == "" {
		return false
	}
	if _, ok := kinds[profile.Fold(text)]; ok {
		return false
	}
	for header, values := range x.t.p.Kinds {
		if !slices.Contains(x.t.l.find(x.t.headers, header), c.Col) {
			continue
		}
		for value := range values {
			if matchValue(profile.Texts{profile.Text(value)}, text) {
				return true // kindByRules takes it
			}
		}
	}
	e.stop("kind "+grid.Letters(c.Col), at, text, say("kind-asked", clip(text)), func() Question {
		return x.kindQuestion(c.Col, text)
	})
	return true
}

func (x *builder) kindQuestion(col int, text string) Question {
	header := x.t.l.column(col).Header
	q := question(say("ask-kind", x.t.l.name(col)),
		answer("leave-rows-out", "skip", yamlText(header)+": ["+yamlText(text)+"]", ""),
		answer("is-invoice", "kinds", yamlText(header)+": {"+yamlText(text)+": invoice}", ""),
		answer("is-credit-note", "kinds", yamlText(header)+": {"+yamlText(text)+": credit-note}", ""))
	q.Samples = x.valuesOf(col)
	return q
}

// kindByRules sets the kind by the profile's section kinds.
func (x *builder) kindByRules(r *grid.Row) {
	for _, header := range slices.Sorted(mapsKeys(x.t.p.Kinds)) {
		for _, col := range x.t.l.find(x.t.headers, header) {
			s := x.plainText(r, col)
			for value, kind := range x.t.p.Kinds[header] {
				if s == "" && value != "" || !matchValue(profile.Texts{profile.Text(value)}, s) {
					continue
				}
				k := invoice.KindInvoice
				if profile.Fold(kind) == "creditnote" {
					k = invoice.KindCreditNote
				}
				if x.current.Invoice.Kind == "" || r.Num == x.current.FirstRow {
					x.current.Invoice.Kind = k
				}
			}
		}
	}
}

// valuesOf are the values of a column with their counts.
func (x *builder) valuesOf(col int) []Sample {
	f := x.t.factsOf(col)
	if f == nil {
		return nil
	}
	var out []Sample
	for _, s := range f.distinct() {
		out = append(out, f.sample(s))
		if len(out) == 20 {
			break
		}
	}
	return out
}

// check looks at what the row says about the invoice as a whole: its state, its
// kind, hidden rows, formulas that may be out of date, columns that are not
// understood.
func (x *builder) check(r *grid.Row) {
	e, l := x.current, x.t.l
	x.kindByRules(r)
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col >= len(l.roles) {
			break
		}
		if ev := x.t.evidence[c.Col]; ev != nil {
			x.take(x.t, ev, c, r)
		}
		if c.Formula && x.b.stale && x.money(c.Col) && !x.b.accepts("stale-formulas") {
			x.b.wait(e, "stale-formulas", spot{r.Num, c.Col}, c.Text, say("formula-stale"))
		}
		if k := x.t.status(c.Col); k != 0 {
			x.state(k, c, r)
		}
	}
	if r.Hidden && x.t.p.HiddenRows != "read" && !x.b.accepts("hidden-rows") {
		x.b.wait(e, "hidden-rows", spot{r.Num, max(l.first[fNumber], 0)}, "", say("row-hidden", r.Num))
	}
}

// money reports whether a column is read as a number.
func (x *builder) money(col int) bool {
	role := x.t.l.roles[col]
	return role.rowLine || role.f != noField && (specs[role.f].read == readNumber || specs[role.f].read == readPercent)
}

// wait makes an entry wait for a note to be accepted.
func (b *Book) wait(e *Entry, code string, at spot, value string, what Sentence) {
	for _, s := range e.work().stops {
		if s.code == code {
			return
		}
	}
	e.work().stops = append(e.work().stops, stop{code, at, value, what, e.table})
	p := b.problem(e.table, at, noField, value, what)
	p.Question = code
	e.Problems = append(e.Problems, p)
}

// status is what a column says about states; 0 if it is none, or if the user
// has said what it means.
func (t *table) status(col int) statusKind {
	l := t.l
	if l.roles[col].answered || l.roles[col].f != noField || l.index[col] < 0 {
		return 0
	}
	c := l.column(col)
	if c.Role == RoleResult {
		return 0
	}
	kind := statusHeaders[profile.Fold(c.Header)]
	if kind == statusFlag && t.factsOf(col).numeric() && len(t.factsOf(col).distinct()) > 2 {
		return 0 // an amount paid, not a flag
	}
	return kind
}

// state asks about a row whose state says that it is no open invoice, or says
// something that is not known.
func (x *builder) state(k statusKind, c *grid.Cell, r *grid.Row) {
	s := x.plainText(r, c.Col)
	header := x.t.l.column(c.Col).Header
	if c.Kind == grid.Bool {
		s = map[bool]string{true: "TRUE", false: "FALSE"}[isTrue(c.Text)]
	}
	if k.isOpen(s) || matchValue(valuesFor(x.t.p.Issue, header), s) {
		return
	}
	for name := range x.t.p.Kinds {
		if profile.Fold(name) == profile.Fold(header) {
			return
		}
	}
	for _, rule := range x.t.rules {
		if rule.col == c.Col && rule.only {
			return // it has one of the values that are read
		}
	}
	x.current.stop("status "+grid.Letters(c.Col), spot{r.Num, c.Col}, s, say("state-not-open", x.t.l.name(c.Col)), func() Question {
		return x.stateQuestion(k, c.Col, header)
	})
}

func valuesFor(rules map[string]profile.Texts, header string) profile.Texts {
	for name, values := range rules {
		if profile.Fold(name) == profile.Fold(header) {
			return values
		}
	}
	return nil
}

func (x *builder) stateQuestion(k statusKind, col int, header string) Question {
	q := question(say("ask-state", x.t.l.name(col)))
	q.Samples = x.valuesOf(col)
	var closed, unknown []string
	for _, v := range q.Samples {
		switch {
		case k.isOpen(v.Value):
		case k == statusWords && !closedWords[profile.Fold(v.Value)]:
			unknown = append(unknown, yamlText(v.Value))
		default:
			closed = append(closed, yamlText(v.Value))
		}
	}
	if k == statusDate {
		closed, unknown = []string{`"*"`}, nil
	}
	all := strings.Join(append(closed, unknown...), ", ")
	q.Answers = []Answer{
		answer("leave-states-out", "skip", yamlText(header)+": ["+all+"]", ""),
		answer("issue-states", "issue", yamlText(header)+": ["+all+"]", ""),
		answer("says-nothing", "columns", yamlText(header)+": ignore", "--map-column "+shellText(header+"=-")),
	}
	return q
}

// textOnly handles a row with a text alone: a further part of the description
// above, a note, or nothing.
func (x *builder) textOnly(r *grid.Row, number string) bool {
	e, l := x.current, x.t.l
	if number != "" && x.t.p.Defaults.Number == "" || e == nil || len(e.Invoice.Lines) == 0 {
		return false
	}
	text := ""
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col >= len(l.roles) {
			return false
		}
		switch f := l.roles[c.Col].f; f {
		case noField:
		case fDescription, fNote:
			text = strings.TrimSpace(text + "\n" + x.plainText(r, c.Col))
		default:
			return false
		}
	}
	if text == "" {
		return false
	}
	e.LastRow = r.Num
	line := &e.Invoice.Lines[len(e.Invoice.Lines)-1]
	switch x.t.p.TextRows {
	case "description":
		line.Description = strings.TrimSpace(line.Description + "\n" + x.clean(text))
	case "note":
		e.Invoice.Note = strings.TrimSpace(e.Invoice.Note + "\n" + x.clean(text))
	case "skip":
		x.leave1("left-out-text", r.Num)
	default:
		e.stop("text-rows", spot{r.Num, max(l.first[fDescription], 0)}, text, say("row-of-text", r.Num), func() Question {
			return question(say("ask-text-rows"),
				answer("continue-description", "", "text_rows: description", ""),
				answer("are-notes", "", "text_rows: note", ""),
				answer("leave-out", "", "text_rows: skip", ""))
		})
	}
	return true
}

// identical finds a row that equals another one of the same invoice. It
// reports whether the row is left out.
func (x *builder) identical(r *grid.Row) bool {
	e := x.current
	if x.t.p.IdenticalRows == "keep" {
		return false
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for i := range r.Cells {
		_, _ = h.WriteString(grid.Letters(r.Cells[i].Col))
		_, _ = h.WriteString(r.Cells[i].Text)
		_ = h.WriteByte(0)
	}
	w := e.work()
	sum := h.Sum64()
	if !slices.Contains(w.hashes, sum) {
		w.hashes = append(w.hashes, sum)
		return false
	}
	if x.t.p.IdenticalRows == "drop" {
		x.leave1("left-out-equal", r.Num)
		return true
	}
	if w.equals++; w.equal == 0 {
		w.equal = r.Num
	}
	return false
}

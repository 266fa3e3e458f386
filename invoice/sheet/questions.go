package sheet

import (
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice/sheet/profile"
)

// ask adds a question about the whole file.
func (b *Book) ask(q Question) { b.Questions = append(b.Questions, q) }

// stop is a problem of an entry that waits for an answer, or for a note to be
// accepted.
type stop struct {
	code  string
	at    spot
	value string
	what  Sentence
	table *table // of the cell
}

// stop makes the entry wait for the answer to a question; q makes the question
// when it is first asked.
func (e *Entry) stop(code string, at spot, value string, what Sentence, q func() Question) {
	for _, s := range e.work().stops {
		if s.code == code {
			return
		}
	}
	e.work().stops = append(e.work().stops, stop{code, at, value, what, e.table})
	e.book.stopped(e, stop{code, at, value, what, e.table}, q)
}

// stopped adds the problem of an entry, and counts the entry at its question.
func (b *Book) stopped(e *Entry, s stop, q func() Question) {
	p := b.problem(s.table, s.at, noField, s.value, s.what)
	p.Question = s.code
	e.Problems = append(e.Problems, p)
	n := b.count(e, s.code, q)
	if len(n.Samples) < maxSamples && s.value != "" && !slices.ContainsFunc(n.Samples, func(x Sample) bool { return x.Value == short(s.value) }) {
		n.Samples = append(n.Samples, Sample{Value: short(s.value), Cell: p.Cell})
	}
}

// count counts an entry once at the question for which it waits.
func (b *Book) count(e *Entry, code string, q func() Question) *Question {
	i := slices.IndexFunc(b.Questions, func(q Question) bool { return q.Key == code })
	if i < 0 {
		asked := q()
		asked.Key, asked.stops = code, true
		b.Questions = append(b.Questions, asked)
		i = len(b.Questions) - 1
	}
	n := &b.Questions[i]
	if n.last != e {
		n.Invoices++
	}
	n.last = e
	return n
}

// columnAnswers are the lines that say what a column is.
func columnAnswers(l *layout, col int, fields []field) []Answer {
	key := firstOf(l.column(col).Header, l.column(col).Letter)
	var out []Answer
	for _, f := range fields {
		out = append(out, answer("is-field", "columns", yamlText(key)+": "+string(specs[f].name), "--map-column "+shellText(key+"="+string(specs[f].name)), meaning(f)))
	}
	return append(out, answer("is-nothing", "columns", yamlText(key)+": ignore", "--map-column "+shellText(key+"=-")))
}

// fieldMeaning says what a field is, in an answer.
var fieldMeaning = map[field]string{
	fNumber: "number of the invoice", fIssueDate: "issue date", fDueDate: "due date", fCurrency: "currency", fCustomer: "customer's name",
	fDescription: "text of the line", fNote: "note of the invoice", fQuantity: "quantity of the line", fUnitPrice: "price of one unit",
	fDiscountPercent: "discount on the line in percent", fDiscount: "discount on the line as an amount", fInvoiceDiscount: "discount on the whole invoice as an amount without VAT",
	fCharge: "freight, a fee or another charge on the whole invoice, without VAT", fRounding: "rounding of the total",
	fVATRate: "VAT rate in percent", fTax: "name or code of a tax", fLineVAT: "line's VAT", fVATTotal: "invoice's VAT",
	fLineTotal: "line's amount without VAT", fLineGross: "line's amount with VAT", fNet: "invoice's total without VAT", fTotal: "invoice's total with VAT",
	fPayable: "amount due, only to be compared", fBalance: "amount still owed; the rest has been paid", fPrepaid: "amount that has been paid already",
	fTerms: "terms of payment", fItem: "article number",
}

// missing asks about everything that a list of invoices needs and this one
// lacks. What the command line or a profile says is not asked.
func (b *Book) missing(t *table) {
	l, d := t.l, t.p.Defaults
	has := func(fields ...field) bool {
		return slices.ContainsFunc(fields, func(f field) bool { return t.has(f) })
	}
	if !has(fNumber) && d.Number == "" {
		b.ask(b.missingColumn(t, fNumber, answer("put-together", "defaults", `number: "{Customer}-{row}"`, "")))
	}
	if !has(fCustomer) && d.Customer == "" {
		b.ask(b.missingColumn(t, fCustomer))
	}
	if !has(fIssueDate) && d.IssueDate == "" {
		b.ask(b.missingColumn(t, fIssueDate, answer("one-day", "defaults", "issue_date: 2026-11-30", "")))
	}
	if !has(fDueDate, fTerms) && d.DueAfter == "" && d.DueDate == "" {
		b.ask(b.missingColumn(t, fDueDate, answer("days-after-issue", "defaults", "due_after: 30d", "")))
	}
	if !has(fCurrency) && b.limits.Currency == "" && d.Currency == "" && t.signCurrency() == "" {
		b.ask(b.missingColumn(t, fCurrency, answer("one-currency", "defaults", "currency: EUR", "--currency EUR")))
	}
	b.missingMoney(t)
	if !has(fDescription, fItem) && d.Description == "" && !t.rowLinesSay(func(d profile.Defaults) bool { return d.Description != "" }) {
		b.ask(b.missingColumn(t, fDescription, answer("one-text", "defaults", `description: "Invoice {number}"`, "")))
	}
	if !has(fVATRate, fTax, fVATCategory) && len(d.VATRate) == 0 && !t.rowLinesSay(func(d profile.Defaults) bool { return len(d.VATRate) > 0 }) {
		b.ask(b.missingColumn(t, fVATRate, t.rateAnswers()...))
	}
	for name := range t.p.Only {
		if len(l.find(t.headers, name)) == 0 {
			b.ask(question(say("ask-only", clip(name)), answer("no-rule", "", "# only: {}", "")).as("only " + name))
		}
	}
}

// has reports whether a field is read, from the table or from the one with the
// lines.
func (t *table) has(f field) bool {
	if t.l.first[f] >= 0 || slices.Contains(t.near, f) {
		return true
	}
	for _, binds := range t.l.lines {
		if slices.ContainsFunc(binds, func(b bind) bool { return b.f == f }) {
			return true
		}
	}
	return t.lineTable != nil && specs[f].line && t.lineTable.has(f)
}

func (t *table) rowLinesSay(what func(profile.Defaults) bool) bool {
	return len(t.p.RowLines) > 0 && !slices.ContainsFunc(t.p.RowLines, func(l profile.RowLine) bool { return !what(l.Defaults) })
}

// missingMoney asks where the amounts come from.
func (b *Book) missingMoney(t *table) {
	d := t.p.Defaults
	switch {
	case t.has(fUnitPrice) || d.UnitPrice != "":
		if !t.has(fQuantity) && d.Quantity == "" && !t.has(fLineTotal) && !t.has(fLineGross) && !t.rowLinesSay(func(d profile.Defaults) bool { return d.Quantity != "" }) {
			b.ask(b.missingColumn(t, fQuantity, answer("quantity-one", "defaults", "quantity: 1", "")))
		}
	case t.has(fLineTotal), t.has(fLineGross), t.has(fNet), t.has(fTotal), t.has(fPayable), t.has(fBalance):
	case t.rowLinesSay(func(d profile.Defaults) bool { return d.UnitPrice != "" }):
	default:
		q := question(say("ask-unit-price"))
		if t.has(fQuantity) {
			q = question(say("ask-line-price"))
		}
		fields := []field{fUnitPrice, fLineTotal, fLineGross, fNet, fTotal}
		for _, c := range t.l.columns {
			f := t.factsOf(c.Index)
			if c.Role != RoleCarried || !f.numeric() || f.nonzero == 0 || len(q.Answers) > 16 || t.l.roles[c.Index].answered || isHarmless(c.Header, f) {
				continue
			}
			q.Samples = append(q.Samples, f.samples()[:min(2, len(f.samples()))]...)
			likely := fields
			if d, ok := maybe[profile.Fold(c.Header)]; ok {
				likely = d.fields
			}
			for _, a := range columnAnswers(t.l, c.Index, likely) {
				if a.Code == "is-field" {
					q.Answers = append(q.Answers, answer("column-is-field", a.Section, a.Line, a.Flag, t.l.name(c.Index), a.Args[0]))
				}
			}
		}
		if len(q.Answers) == 0 {
			q = question(say("ask-no-numbers"), answer("name-the-column", "columns", "F: unit_price", "--map-column F=unit_price"))
		}
		b.ask(q.as("unit-price"))
	}
}

func (t *table) factsOf(col int) *facts {
	if col < 0 || col >= len(t.facts) {
		return nil
	}
	return t.facts[col]
}

// missingColumn is a question about a field that has no column.
func (b *Book) missingColumn(t *table, f field, more ...Answer) Question {
	q := question(say("ask-" + fieldCode(f))).as(fieldCode(f))
	t.offerColumns(&q, f)
	q.Answers = append(q.Answers, more...)
	if len(q.Answers) == 0 {
		q.Answers = []Answer{answer("name-the-column", "columns", "A: "+string(specs[f].name), "--map-column A="+string(specs[f].name))}
	}
	return q
}

// mayBe reports whether a column may hold a field, by what its values are. It
// offers answers; it chooses none.
func (t *table) mayBe(f field, c Column) bool {
	x := t.factsOf(c.Index)
	if x == nil || x.filled == 0 {
		return false
	}
	h := profile.Fold(c.Header)
	if d, ok := maybe[h]; ok && slices.Contains(d.fields, f) {
		return true
	}
	switch f {
	case fIssueDate, fDueDate:
		return x.dates*2 >= x.filled
	case fCountry, fDeliveryCountry:
		return x.isCountries()
	case fExemptionReason:
		return false
	case fStreet:
		return x.texts*2 > x.filled && statusHeaders[h] == 0 && !x.isCountries()
	case fCurrency:
		return x.texts > 0 && x.values != nil && len(x.values) <= 20 && !slices.ContainsFunc(x.order, func(s string) bool { return len([]rune(s)) > 4 || strings.ContainsAny(s, "0123456789") })
	case fVATRate:
		_, rate := maybe[h]
		return rate && slices.Contains(maybe[h].fields, fVATRate) || x.percents > 0
	case fCustomer, fDescription:
		return x.texts*2 > x.filled && statusHeaders[h] == 0 && x.dates*2 < x.filled
	case fQuantity:
		return x.numeric() && x.whole*2 > x.numbers && !isHarmless(c.Header, x)
	case fNumber:
		if statusHeaders[h] != 0 || x.points || x.commas || len(x.currencies) > 0 {
			return false
		}
		return x.values == nil || len(x.values)*2 > x.filled && x.dates*2 < x.filled
	}
	return false
}

// rateAnswers offers VAT rates, first the one that the amounts suggest.
func (t *table) rateAnswers() []Answer {
	out := []Answer{answer("one-rate", "defaults", "vat_rate: 25", "")}
	if t.zeroVAT() {
		out[0] = answer("rate-zero", "defaults", "vat_rate: 0", "")
	}
	return append(out, answer("several-rates", "defaults", "vat_rate: [0, 12, 25]", ""))
}

// zeroVAT reports whether columns of subtotals and totals have the same sums
// and no column holds VAT: what they say of the rate is a suggestion only.
func (t *table) zeroVAT() bool {
	var net, total *facts
	for _, c := range t.l.columns {
		f := t.factsOf(c.Index)
		h := profile.Fold(c.Header)
		switch {
		case f == nil:
		case h == "subtotal" || t.l.roles[c.Index].f == fNet:
			net = f
		case h == "total" || t.l.roles[c.Index].f == fTotal:
			total = f
		case slices.Contains(maybe[h].fields, fLineVAT) && f.nonzero > 0:
			return false
		}
	}
	return net != nil && total != nil && net.values != nil && slices.Equal(net.order, total.order)
}

// signCurrency is the currency that every amount shows by its sign or format,
// if there is one only.
func (t *table) signCurrency() string {
	code := ""
	for _, f := range t.facts {
		if f == nil {
			continue
		}
		for sign := range f.currencies {
			codes := currenciesOf(sign, t.v.currencies)
			if len(codes) != 1 || code != "" && code != codes[0] {
				return ""
			}
			code = codes[0]
		}
	}
	return code
}

// yamlText writes a text so that YAML reads it as one.
func yamlText(s string) string { return strconv.Quote(s) }

// shellText writes a text so that a shell reads it as one word.
func shellText(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

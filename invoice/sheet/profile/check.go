package profile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choices are the words that members with a few values may have.
func (p *Profile) choices() []struct{ name, value, allowed string } {
	return []struct{ name, value, allowed string }{
		{"list", p.List, "invoices"},
		{"decimal", p.Decimal, ". ,"},
		{"dates", p.Dates, "dmy mdy ymd"},
		{"rates", p.Rates, "percent fraction"},
		{"prices", p.Prices, "net gross"},
		{"totals", p.Totals, "check trust_lines trust_totals"},
		{"blank_number", p.BlankNumber, "continues missing"},
		{"rows", p.Rows, "together anywhere"},
		{"text_rows", p.TextRows, "description note skip"},
		{"identical_rows", p.IdenticalRows, "keep drop"},
		{"hidden_rows", p.HiddenRows, "read skip"},
		{"negative", p.Negative, "credit_note skip"},
		{"zero", p.Zero, "issue skip"},
		{"due_before_issue", p.DueBefore, "issue_date"},
		{"discounts", p.Discounts, "positive negative"},
	}
}

// categories of VAT that EN 16931 knows (UNCL 5305), as the invoice has them.
const categories = "S Z E AE K G O"

// problems lists everything that is wrong with the values.
func (p *Profile) problems() []error {
	var out []error
	add := func(format string, args ...any) { out = append(out, fmt.Errorf(format, args...)) }
	for _, c := range p.choices() {
		if c.value != "" && !slices.Contains(strings.Fields(c.allowed), c.value) {
			add("%s: %q is not one of %s", c.name, c.value, strings.Join(strings.Fields(c.allowed), ", "))
		}
	}
	if p.HeaderRow < 0 || p.HeaderRows < 0 || p.HeaderRows > 5 {
		add("header_row, header_rows: rows count from 1, and headers take 5 rows at most")
	}
	if p.Years != 0 && (p.Years < 1900 || p.Years > 2100) {
		add("years: %d is no first year of a century such as 2000", p.Years)
	}
	for name, n := range p.Months {
		if n < 1 || n > 12 {
			add("months: %s: %d is not between 1 and 12", name, n)
		}
	}
	out = append(out, p.columnProblems()...)
	out = append(out, p.customerProblems()...)
	out = append(out, p.Defaults.problems("defaults")...)
	return append(out, p.wordProblems()...)
}

// columnProblems lists what is wrong with the fields that headers are mapped to.
func (p *Profile) columnProblems() []error {
	var out []error
	add := func(format string, args ...any) { out = append(out, fmt.Errorf(format, args...)) }
	columns := func(where string, m map[string]string) {
		for _, header := range slices.Sorted(maps.Keys(m)) {
			if _, ok := ParseField(m[header]); !ok {
				add("%s: %q: %q is no field; the fields are %s, or ignore", where, header, m[header], fieldNames())
			}
		}
	}
	columns("columns", p.Columns)
	for i, l := range p.RowLines {
		columns(fmt.Sprintf("row_lines[%d].columns", i), l.Columns)
		if len(l.Columns) == 0 {
			add("row_lines[%d]: has no columns", i)
		}
		out = append(out, l.Defaults.problems(fmt.Sprintf("row_lines[%d].defaults", i))...)
	}
	if p.Lines != nil {
		columns("lines.columns", p.Lines.Columns)
		if p.Lines.Sheet == "" {
			add("lines: sheet is missing; name the sheet that has the lines")
		}
	}
	if s := p.CustomerSheet; s != nil {
		columns("customer_sheet.columns", s.Columns)
		if s.Sheet == "" {
			add("customer_sheet: sheet is missing; name the sheet that has the customers")
		}
	}
	return out
}

// customerProblems lists what is wrong with the fields of customers and those
// that are joined or carried.
func (p *Profile) customerProblems() []error {
	var out []error
	add := func(format string, args ...any) { out = append(out, fmt.Errorf(format, args...)) }
	for _, key := range slices.Sorted(maps.Keys(p.Customers)) {
		for _, name := range slices.Sorted(maps.Keys(p.Customers[key])) {
			if f, ok := ParseField(name); !ok || !slices.Contains(customerFields, f) {
				add("customers: %q: %q is no field of a customer; these are %s", key, name, strings.Join(customerNames(), ", "))
			}
		}
	}
	for _, f := range append(slices.Sorted(maps.Keys(p.Join)), p.Carry...) {
		if field, ok := ParseField(f); !ok || field == Ignore {
			add("join, carry: %q is no field; the fields are %s", f, fieldNames())
		}
	}
	return out
}

// wordProblems lists what is wrong with the meanings of words in the cells:
// taxes, terms, currencies and kinds.
func (p *Profile) wordProblems() []error {
	var out []error
	add := func(format string, args ...any) { out = append(out, fmt.Errorf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(p.Taxes)) {
		t := p.Taxes[name]
		if !isRate(t.Rate) {
			add("taxes: %q: rate %q is no percentage such as 25", name, t.Rate)
		}
		if t.Category != "" && !slices.Contains(strings.Fields(categories), t.Category) {
			add("taxes: %q: category %q is not one of %s", name, t.Category, categories)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Terms)) {
		if _, err := ParseSpan(p.Terms[name]); err != nil {
			add("terms: %q: %w", name, err)
		}
	}
	for sign, code := range p.Currencies {
		if !isCurrency(code) {
			add("currencies: %q: %q is no code of three letters such as EUR", sign, code)
		}
	}
	for column, kinds := range p.Kinds {
		for value, kind := range kinds {
			if k := Fold(kind); k != "invoice" && k != "creditnote" {
				add("kinds: %s: %s: %q is neither invoice nor credit-note; leave others out with skip", column, value, kind)
			}
		}
	}
	return out
}

// customerFields are the fields that belong to a customer rather than to an
// invoice.
var customerFields = []Field{"customer", "customer_no", "customer_vat_id", "customer_registration_no", "contact", "email", "phone", "address", "zip", "city",
	"customer_region", "country", "language", "buyer_reference", "delivery_name", "delivery_address", "delivery_zip", "delivery_city", "delivery_country", "payment_terms"}

func customerNames() (out []string) {
	for _, f := range customerFields {
		out = append(out, string(f))
	}
	return out
}

func (d Defaults) problems(where string) []error {
	var out []error
	add := func(format string, args ...any) {
		out = append(out, fmt.Errorf(where+"."+format, args...))
	}
	for _, date := range []struct {
		name  string
		value Text
	}{{"issue_date", d.IssueDate}, {"due_date", d.DueDate}, {"supply_date", d.SupplyDate}, {"period_start", d.PeriodStart}, {"period_end", d.PeriodEnd}} {
		if _, err := time.Parse(time.DateOnly, string(date.value)); date.value != "" && err != nil && !strings.Contains(string(date.value), "{") {
			add("%s: %q is no date such as 2026-11-30", date.name, date.value)
		}
	}
	if d.DueAfter != "" {
		if _, err := ParseSpan(d.DueAfter); err != nil {
			add("due_after: %w", err)
		}
	}
	if d.Currency != "" && !isCurrency(d.Currency) {
		add("currency: %q is no code of three letters such as EUR", d.Currency)
	}
	for _, r := range d.VATRate {
		if !isRate(r) {
			add("vat_rate: %q is no percentage such as 25", r)
		}
	}
	for _, n := range []struct {
		name  string
		value Text
	}{{"quantity", d.Quantity}, {"unit_price", d.UnitPrice}} {
		if _, err := strconv.ParseFloat(string(n.value), 64); n.value != "" && err != nil {
			add("%s: %q is no number", n.name, n.value)
		}
	}
	if d.VATCategory != "" && !slices.Contains(strings.Fields(categories), d.VATCategory) {
		add("vat_category: %q is not one of %s", d.VATCategory, categories)
	}
	return out
}

func isRate(t Text) bool {
	s := strings.TrimSuffix(strings.TrimSpace(string(t)), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil && f >= 0 && f <= 100 && strings.Trim(s, "0123456789. ") == ""
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Span is a time after a date: months first, then days.
type Span struct{ Months, Days int }

// ParseSpan reads a span such as 30d, 2w, 1m, or 0.
func ParseSpan(s string) (Span, error) {
	plain := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "")
	digits := strings.TrimRight(plain, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err == nil && n >= 0 && n <= 3660 {
		switch plain[len(digits):] {
		case "d", "day", "days", "":
			return Span{Days: n}, nil
		case "w", "week", "weeks":
			return Span{Days: 7 * n}, nil
		case "m", "month", "months":
			return Span{Months: n}, nil
		}
	}
	return Span{}, fmt.Errorf("%q is no time such as 30d, 2w or 1m", s)
}

func fieldNames() string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f.Field)
	}
	return strings.Join(names, ", ")
}

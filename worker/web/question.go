package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
)

// question is what a list is asked for. Days are inclusive; "" is no bound.
type question struct {
	Text               string
	Filter             filter
	Customer, Currency string
	Batch              string
	From, To           string // issue date
	DueFrom, DueTo     string
	PaidFrom, PaidTo   string
	Sort               string // one of sorts, with "-" in front for descending; "" is the newest first
	Page               int    // from 1
	Size               int
}

// questionOf reads what a browser sent; what makes no sense is left out.
func questionOf(v url.Values) question {
	word := func(name string) string { return text.Truncate(strings.TrimSpace(v.Get(name)), 100) }
	day := func(name string) string {
		d, err := invoice.ParseDate(word(name))
		if err != nil {
			return ""
		}
		return string(d)
	}
	q := question{
		Text: word("q"), Customer: word("customer"), Currency: strings.ToUpper(word("currency")), Batch: word("batch"),
		From: day("from"), To: day("to"), DueFrom: day("dueFrom"), DueTo: day("dueTo"), PaidFrom: day("paidFrom"), PaidTo: day("paidTo"),
		Page: 1, Size: rowsPerPage,
	}
	if f := slices.Index(filterNames[:], v.Get("state")); f > 0 {
		q.Filter = filter(f)
	}
	if s := v.Get("sort"); slices.Contains(sorts, strings.TrimPrefix(s, "-")) {
		q.Sort = s
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 && n <= 1_000_000 {
		q.Page = n
	}
	return q
}

// values is the question as a browser sends it, without the page.
func (q question) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Text, "state": q.Filter.String(), "customer": q.Customer, "currency": q.Currency, "batch": q.Batch,
		"from": q.From, "to": q.To, "dueFrom": q.DueFrom, "dueTo": q.DueTo, "paidFrom": q.PaidFrom, "paidTo": q.PaidTo, "sort": q.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// Narrow reports whether more than the text and the state is asked for.
func (q question) Narrow() bool {
	return q.Customer+q.Currency+q.Batch+q.From+q.To+q.DueFrom+q.DueTo+q.PaidFrom+q.PaidTo != ""
}

// sorts are the columns that a list can be sorted by.
var sorts = []string{"number", "customer", "payable", "due", "issued"}

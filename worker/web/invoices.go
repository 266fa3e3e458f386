package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"invoicelink/worker/batch"
)

type invoicesPage struct {
	question
	clock   clock
	Tabs    []tab
	Found   found
	Pager   pager
	File    batch.Info // the upload that is asked for
	Export  string
	Reading bool // the ledger is still being read after the start
}

type tab struct {
	Filter filter
	Count  int
	To     string
	On     bool
}

// showInvoices lists the ledger's invoices, newest first.
func (d *Desk) showInvoices(w http.ResponseWriter, r *http.Request) {
	p := invoicesPage{question: questionOf(r.URL.Query()), clock: d.clock()}
	p.Found = d.index.find(p.question, p.clock)
	for f := range filterCount {
		n := p.Found.Counts[f]
		if n == 0 && f != p.Filter && (f == filterWorking || f == filterCredit || f == filterReview) {
			continue // most ledgers have none
		}
		p.Tabs = append(p.Tabs, tab{Filter: f, Count: n, To: p.with("state", f.String()), On: f == p.Filter})
	}
	p.Pager = pagerOf(r, p.Found.Page, p.Found.Pages)
	p.File, _ = d.uploads.Info(p.Batch)
	p.Export = "/invoices.csv?" + p.values().Encode()
	p.Reading = !d.index.complete()
	d.page(w, r, http.StatusOK, "invoices", p)
}

// with is the address of the list with one part of the question changed.
func (q question) with(name, value string) string {
	v := q.values()
	v.Set(name, value)
	if value == "" {
		v.Del(name)
	}
	if len(v) == 0 {
		return "/invoices"
	}
	return "/invoices?" + v.Encode()
}

// By is the address of the list sorted by a column: upwards, then downwards,
// then as it was.
func (q question) By(column string) string {
	next := map[string]string{column: "-" + column, "-" + column: ""}
	to, sorted := next[q.Sort]
	if !sorted {
		to = column
	}
	return q.with("sort", to)
}

// Order is a column's value of aria-sort.
func (q question) Order(column string) string {
	switch q.Sort {
	case column:
		return "ascending"
	case "-" + column:
		return "descending"
	}
	return "none"
}

// Without is the list of another upload than the one asked for: of all.
func (q question) Without(name string) string { return q.with(name, "") }

// Hidden is what a form keeps of the question.
func (q question) Hidden() url.Values {
	v := url.Values{}
	for name, values := range q.values() {
		if strings.Contains(" state sort batch paidFrom paidTo ", " "+name+" ") {
			v[name] = values
		}
	}
	return v
}

// Shown is a row's state on the page.
func (p invoicesPage) Shown(e entry) string { return e.shown(p.clock.today) }

// Soon reports whether a row's link expires soon, or has expired.
func (p invoicesPage) Soon(e entry) bool {
	return !e.ExpiresAt.IsZero() && p.clock.now.After(e.ExpiresAt.Add(-72*time.Hour))
}

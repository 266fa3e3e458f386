package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"invoicelink/invoice/text"
)

type invoicesPage struct {
	Query   string
	Filter  filter
	Tabs    []tab
	Found   found
	Pager   pager
	Now     time.Time
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
	q := question{
		Text:   text.Truncate(strings.TrimSpace(r.URL.Query().Get("q")), 100),
		Filter: filterOf(r.URL.Query().Get("state")), Page: pageNumber(r), Size: rowsPerPage,
	}
	p := invoicesPage{Query: q.Text, Filter: q.Filter, Now: d.config.Now()}
	p.Found = d.index.find(q, p.Now, d.config.Expiring)
	if p.Found.Page > p.Found.Pages {
		q.Page = p.Found.Pages
		p.Found = d.index.find(q, p.Now, d.config.Expiring)
	}
	for _, f := range filters {
		to := url.Values{}
		if q.Text != "" {
			to.Set("q", q.Text)
		}
		if f != filterAll {
			to.Set("state", string(f))
		}
		p.Tabs = append(p.Tabs, tab{Filter: f, Count: p.Found.Counts[f], To: "/invoices?" + to.Encode(), On: f == q.Filter})
	}
	p.Pager = pagerOf(r, p.Found.Page, p.Found.Pages)
	p.Reading = !d.index.complete()
	d.page(w, r, http.StatusOK, "invoices", p)
}

// Soon reports whether a row's link is over soon or already.
func (p invoicesPage) Soon(e entry) bool {
	return !e.ExpiresAt.IsZero() && p.Now.After(e.ExpiresAt.Add(-72*time.Hour))
}

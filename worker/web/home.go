package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"invoicelink/invoice/text"
	"invoicelink/worker/batch"
)

// batchesPerPage and rowsPerPage bound a page's length.
const (
	batchesPerPage = 20
	rowsPerPage    = 50
)

type homePage struct {
	Error    string // why the last file was not taken
	MaxMB    int64
	Query    string
	Batches  []batchLine
	Any      bool
	Pager    pager
	Figures  []figure
	Rejected int
	Reading  bool // the ledger is still being read after the start
}

// batchLine is one upload in the list.
type batchLine struct {
	batch.Info
	Sums     []batch.Sum // what is new with it, once somebody issued it
	Answered int
	Total    int
}

// pager leads through pages of a list.
type pager struct {
	Page, Pages int
	Prev, Next  string     // where to; "" for nowhere
	Keep        url.Values // what a form that names a page keeps of the address
}

func pagerOf(r *http.Request, page, pages int) pager {
	p := pager{Page: page, Pages: pages, Keep: r.URL.Query()}
	p.Keep.Del("page")
	at := func(n int) string {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		return "?" + q.Encode()
	}
	if page > 1 {
		p.Prev = at(page - 1)
	}
	if page < pages {
		p.Next = at(page + 1)
	}
	return p
}

// pageNumber reads a page's number, 1 where it makes no sense.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

func (d *Desk) showHome(w http.ResponseWriter, r *http.Request) {
	d.home(w, r, http.StatusOK, "")
}

// home is the first page: where a file is dropped, and what was dropped
// before.
func (d *Desk) home(w http.ResponseWriter, r *http.Request, status int, trouble string) {
	p := homePage{Error: trouble, MaxMB: d.config.MaxUpload >> 20, Query: text.Truncate(strings.TrimSpace(r.URL.Query().Get("q")), 100)}
	var fit []batch.Info
	all := d.uploads.List()
	for _, m := range all {
		if p.Query == "" || strings.Contains(fold(m.Name+"\n"+m.By), fold(p.Query)) {
			fit = append(fit, m)
		}
	}
	pages := max((len(fit)+batchesPerPage-1)/batchesPerPage, 1)
	page := min(pageNumber(r), pages)
	from := (page - 1) * batchesPerPage
	for _, m := range fit[from:min(from+batchesPerPage, len(fit))] {
		p.Batches = append(p.Batches, d.lineOf(m))
	}
	p.Any, p.Pager = len(all) > 0, pagerOf(r, page, pages)
	p.Figures, p.Rejected = d.index.figures(d.clock())
	p.Reading = !d.index.complete()
	d.page(w, r, status, "home", p)
}

func (d *Desk) lineOf(m batch.Info) batchLine {
	line := batchLine{Info: m, Total: m.Overview.Invoices + m.Overview.CreditNotes, Sums: m.Fresh}
	switch m.Stage {
	case batch.StageChecked:
		line.Sums = m.Overview.Sums
	case batch.StageDone:
		line.Answered = line.Total
	case batch.StagePublishing, batch.StagePublished:
		if l := d.loaded.peek(m.ID); l != nil {
			line.Count = l.Count()
			line.Answered = line.Total - line.Count.Open
		}
	case batch.StageColumns: // nothing is read
	}
	return line
}

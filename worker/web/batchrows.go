package web

import (
	"net/http"
	"strings"

	"invoicelink/worker/batch"
)

// rowsPart is a page of an upload's invoices.
type rowsPart struct {
	ID      string
	Issued  bool // somebody pressed the button
	Only    string
	Tabs    []rowsTab
	Rows    []batchRow
	Pager   pager
	Visible int
}

type rowsTab struct {
	Only  string // a standing, "bad", or "" for all
	Count int
}

type batchRow struct {
	batch.Row
	Index    int // in the upload, from 1
	Standing standing
	State    string // of the ledger by now, or "waiting"; "" before issuing
	Error    string
	Link     string
	HasPage  bool // there is an invoice page
	HasPDF   bool
}

func (d *Desk) showRows(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l, err := d.load(r.Context(), m.ID)
	if err != nil {
		d.trouble(w, r, "show rows", err)
		return
	}
	d.draw(w, r, http.StatusOK, "rows-only", view{D: d.rows(r, m.ID, l.upload)})
}

// rows picks a page of the upload's invoices; "only" is a tab of them.
func (d *Desk) rows(r *http.Request, id string, u *batch.Upload) rowsPart {
	m, _ := d.uploads.Info(id)
	t := d.texts(r)
	p := rowsPart{ID: id, Issued: m.Stage != batch.StageChecked}
	all := u.Rows()
	tabs, counts := make([]string, len(all)), map[string]int{}
	for i := range all {
		if p.Issued {
			tabs[i] = issuedTab(&all[i])
		} else {
			tabs[i] = string(d.standingOf(&all[i]))
		}
		counts[tabs[i]]++
	}
	p.Tabs = append(p.Tabs, rowsTab{Count: len(all)})
	for _, only := range []string{string(standingNew), string(standingSame), string(standingDiffers), string(standingKept), tabIssued, tabRepeated, tabBad} {
		if counts[only] == 0 {
			continue
		}
		p.Tabs = append(p.Tabs, rowsTab{only, counts[only]})
		if r.URL.Query().Get("only") == only {
			p.Only = only
		}
	}
	var fit []int
	for i := range all {
		if p.Only == "" || tabs[i] == p.Only {
			fit = append(fit, i)
		}
	}
	pages := max((len(fit)+rowsPerPage-1)/rowsPerPage, 1)
	page := min(pageNumber(r), pages)
	from := (page - 1) * rowsPerPage
	for _, i := range fit[from:min(from+rowsPerPage, len(fit))] {
		one := batchRow{Row: all[i], Index: i + 1}
		if p.Issued {
			d.showState(&one, t)
		} else {
			one.Standing = standing(tabs[i])
			_, one.HasPage = d.index.get(one.Number)
		}
		p.Rows = append(p.Rows, one)
	}
	p.Pager, p.Visible = pagerOf(r, page, pages), len(fit)
	return p
}

// The tabs of an upload that is issued, next to those that wait.
const (
	tabIssued   = "issued"
	tabRepeated = "repeated" // issued before this upload
	tabBad      = "bad"
	tabWaiting  = "waiting"
)

func issuedTab(row *batch.Row) string {
	switch {
	case !row.OK(), row.Answer == batch.Refused:
		return tabBad
	case row.Answer == batch.NoAnswer:
		return tabWaiting
	case row.Answer == batch.Repeated:
		return tabRepeated
	}
	return tabIssued
}

// showState fills in the state of a row of an issued upload as it is now.
func (d *Desk) showState(row *batchRow, t *texts) {
	o, err := row.Outcome()
	switch {
	case err != nil:
		row.Error = err.Error()
	case !row.OK():
		row.State = "rejected"
		for i, f := range row.Findings {
			if i > 0 {
				row.Error += "; "
			}
			row.Error += t.place(f) + ": " + t.finding(f)
		}
		return
	case o == nil:
		row.State = "waiting"
	case !o.Succeeded():
		row.State, row.Error = o.State, t.outcome(o)
	default:
		row.State, row.Link, row.HasPDF = o.State, o.PaymentLink, o.PDF != ""
		if o.Repeated {
			row.Standing = standingSame
		}
		row.Error = t.note(strings.Join(o.Notes(), " "))
		if e, ok := d.index.get(row.Number); ok {
			row.State, row.Link, row.HasPDF = e.shown(d.clock().today), e.PaymentLink, e.HasPDF
		}
	}
	_, row.HasPage = d.index.get(row.Number)
}

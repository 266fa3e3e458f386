package web

import (
	"errors"
	"net/http"
	"strings"

	"invoicelink/worker/batch"
)

// batchPage is one upload, from the check to the results.
type batchPage struct {
	batch.Info
	Flash    string
	Problem  string // why nothing of the file can be read
	Plan     string
	Total    int // that are issued, or can be
	Findings []batch.Finding
	Notes    []batch.Finding
	Bad      []badInvoice // with every problem by cell, up to maxBad
	MoreBad  int
	Ask      questionsPage
	Progress progress
	Rows     rowsPart
	Preview  *preview
	Compared compared
	Reading  bool // the ledger is still being read, so the comparison is not complete
	Links    int  // payment links to download
}

type badInvoice struct {
	Number   string
	Place    string
	Findings []batch.Finding
}

// maxBad is how many bad invoices the page lists; the rest are counted, and
// all of them are in the workbook.
const maxBad = 200

// withBatch finds the upload that a path names.
func (d *Desk) withBatch(next func(http.ResponseWriter, *http.Request, batch.Info)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, ok := d.uploads.Info(r.PathValue("id"))
		if !ok {
			d.refuse(w, r, http.StatusNotFound, "error.noBatch")
			return
		}
		next(w, r, m)
	}
}

func (d *Desk) showBatch(w http.ResponseWriter, r *http.Request, m batch.Info) {
	d.batch(w, r, http.StatusOK, m, "")
}

func (d *Desk) batch(w http.ResponseWriter, r *http.Request, status int, m batch.Info, flash string) {
	if m.Stage == batch.StageColumns {
		d.showQuestions(w, r, status, m, flash)
		return
	}
	l, err := d.load(r.Context(), m.ID)
	if errors.Is(err, errGone) {
		d.refuse(w, r, http.StatusNotFound, "error.noBatch")
		return
	}
	if whole, ok := d.texts(r).unreadable(m.Name, err); ok && m.Stage == batch.StageChecked {
		d.draw(w, r, http.StatusOK, "checked", view{D: batchPage{Info: m, Problem: whole}, Section: "home"})
		return
	}
	if err != nil {
		d.trouble(w, r, "show upload", err)
		return
	}
	u, t := l.upload, d.texts(r)
	p := batchPage{Info: m, Flash: flash, Total: u.Len()}
	if m.Stage == batch.StageChecked {
		m.Overview = u.Overview() // a restart may have brought another seller or stricter checks
		p.Info.Overview, p.Plan = m.Overview, u.Digest()
		p.Ask = questionsOf(m, u)
		p.Findings, p.Notes = u.Findings(), u.Notes()
		p.Bad, p.MoreBad = badOf(u)
		p.Compared, p.Reading = d.compare(r.Context(), u), !d.index.complete()
		p.Rows = d.rows(r, m.ID, u)
		if row, n := rowOf(u, r.URL.Query().Get("row")); row != nil {
			if p.Preview, err = previewOf(row.Invoice(), t); err != nil {
				d.config.Log.Warn("invoice is not previewed", "batch", m.ID, "error", err)
			} else {
				p.Preview.Row = n
			}
		}
		d.draw(w, r, status, "checked", view{D: p, Section: "home"})
		return
	}
	p.Progress = d.progressOf(l, t)
	p.Info.Count = u.Count()
	p.Rows = d.rows(r, m.ID, u)
	for _, o := range u.Answers() {
		if o.PaymentLink != "" {
			p.Links++
		}
	}
	v := view{D: p, Section: "home"}
	if !p.Progress.Done {
		v.Refresh = 3
	}
	d.draw(w, r, status, "watch", v)
}

func badOf(u *batch.Upload) (bad []badInvoice, more int) {
	for _, row := range u.Rows() {
		switch {
		case row.OK():
		case len(bad) == maxBad:
			more++
		default:
			bad = append(bad, badInvoice{Number: row.Number, Place: row.Place, Findings: row.Findings})
		}
	}
	return bad, more
}

// issueBatch is the one button. Where rows are not issued it asks once more: a
// link that is out cannot be withdrawn.
func (d *Desk) issueBatch(w http.ResponseWriter, r *http.Request, m batch.Info) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if m.Stage == batch.StageChecked && r.PostFormValue("sure") == "" && d.askOnceMore(w, r, m) {
		return
	}
	begun, err := d.issue(r.Context(), m.ID, r.PostFormValue("plan"), who(r.Context()))
	switch {
	case errors.Is(err, errGone):
		d.refuse(w, r, http.StatusNotFound, "error.noBatch")
		return
	case errors.Is(err, errOtherPlan):
		d.batch(w, r, http.StatusConflict, m, d.texts(r).say("checked.otherPlan"))
		return
	case errors.Is(err, errNothing):
		d.batch(w, r, http.StatusConflict, m, d.texts(r).say("checked.nothing"))
		return
	case err != nil:
		d.trouble(w, r, "issue upload", err)
		return
	}
	if begun {
		d.audit(r, "issue", "batch", m.ID, "file", m.Name, "invoices", m.Overview.Invoices+m.Overview.CreditNotes)
	}
	http.Redirect(w, r, "/batches/"+m.ID, http.StatusSeeOther)
}

// surePage asks whether an upload shall be issued without some of its rows.
type surePage struct {
	batch.Info
	Plan   string
	Counts standingCounts
}

// askOnceMore asks, and reports whether there was something to ask.
func (d *Desk) askOnceMore(w http.ResponseWriter, r *http.Request, m batch.Info) bool {
	l, err := d.load(r.Context(), m.ID)
	if err != nil || l.upload.Len() == 0 {
		return false // issuing says so
	}
	p := surePage{Info: m, Plan: r.PostFormValue("plan"), Counts: d.compare(r.Context(), l.upload).Counts}
	if p.Counts.Left() == 0 {
		return false
	}
	d.draw(w, r, http.StatusOK, "sure", view{D: p, Section: "home"})
	return true
}

// discardBatch takes an upload away of which nothing is issued.
func (d *Desk) discardBatch(w http.ResponseWriter, r *http.Request, m batch.Info) {
	l := d.loaded.get(m.ID, d.config.Now())
	l.loading.Lock()
	defer l.loading.Unlock()
	now, ok := d.uploads.Info(m.ID)
	if ok && now.Stage != batch.StageChecked && now.Stage != batch.StageColumns {
		d.batchConflict(w, r, now)
		return
	}
	if err := d.uploads.Delete(m.ID); err != nil {
		d.trouble(w, r, "discard upload", err)
		return
	}
	d.loaded.drop(m.ID)
	d.audit(r, "discard", "batch", m.ID, "file", m.Name)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (d *Desk) batchConflict(w http.ResponseWriter, r *http.Request, m batch.Info) {
	d.page(w, r, http.StatusConflict, "error", problem{http.StatusConflict, d.texts(r).say("error.issued", m.Name)})
}

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
	switch o := row.Outcome; {
	case !row.OK(), o != nil && !o.Succeeded():
		return tabBad
	case o == nil:
		return tabWaiting
	case o.Repeated:
		return tabRepeated
	}
	return tabIssued
}

// showState fills in the state of a row of an issued upload as it is now.
func (d *Desk) showState(row *batchRow, t *texts) {
	o := row.Outcome
	switch {
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

package web

import (
	"errors"
	"net/http"

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
			inv, err := row.Invoice()
			if err == nil {
				p.Preview, err = previewOf(inv, t)
			}
			if err != nil {
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
	p.Links = u.Links()
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

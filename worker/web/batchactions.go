package web

import (
	"errors"
	"net/http"

	"invoicelink/worker/batch"
)

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

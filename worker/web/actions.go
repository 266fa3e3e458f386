package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// action is what somebody can do about an invoice.
type action string

const (
	actRenew  action = "renew"
	actPaid   action = "paid"
	actCancel action = "cancel"
)

// can reports whether the action makes sense for the record; the worker has
// the last word.
func can(r *ledger.Record, a action) bool {
	switch a {
	case actRenew:
		return r.Link != nil && !r.Settled() && r.Kind != invoice.KindCreditNote && (r.State == ledger.Issued || r.State == ledger.Lapsed)
	case actPaid:
		return !r.Settled() && r.Kind != invoice.KindCreditNote
	case actCancel:
		return !r.Settled()
	}
	return false
}

// confirmPage asks whether it is meant.
type confirmPage struct {
	ledger.Record
	Action  action
	Force   bool // the link still lives, so renewing makes two that can be paid
	Alive   bool // the link still lives, so that it can be paid in any case
	Trouble string
	Reason  string
}

// settleWithin bounds an action; on a cluster an election can take 14 seconds.
const settleWithin = 30 * time.Second

func (d *Desk) confirmAction(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	d.confirm(w, r, http.StatusOK, e, "", "")
}

func (d *Desk) confirm(w http.ResponseWriter, r *http.Request, status int, e *ledger.Entry, trouble, reason string) {
	a := action(r.PathValue("action"))
	switch {
	case a != actRenew && a != actPaid && a != actCancel:
		d.refuse(w, r, http.StatusNotFound, "error.missing")
		return
	case trouble == "" && !can(&e.Record, a): // settled since the page was loaded
		http.Redirect(w, r, "/invoices/"+invoice.Key(e.Number), http.StatusSeeOther)
		return
	}
	p := confirmPage{Record: e.Record, Action: a, Trouble: trouble, Reason: reason}
	p.Alive = e.Link != nil && !e.Link.Expired(d.config.Now())
	p.Force = a == actRenew && p.Alive
	d.draw(w, r, status, "confirm", view{D: p, Section: "invoices"})
}

// doAction does what was confirmed.
func (d *Desk) doAction(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	a, by := action(r.PathValue("action")), who(r.Context())
	reason := text.Truncate(strings.TrimSpace(r.PostFormValue("reason")), 190)
	if !can(&e.Record, a) {
		d.confirm(w, r, http.StatusConflict, e, "", reason)
		return
	}
	if a != actPaid && reason == "" && (a == actCancel || e.Link != nil && !e.Link.Expired(d.config.Now())) {
		d.confirm(w, r, http.StatusUnprocessableEntity, e, d.texts(r).say("confirm.needReason"), reason)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), settleWithin)
	defer cancel()
	var err error
	switch a {
	case actPaid:
		err = d.config.Actions.Paid(ctx, e.Number, by)
	case actCancel:
		err = d.config.Actions.Cancel(ctx, e.Number, reason, by)
	case actRenew:
		err = d.renew(ctx, e, reason, by)
	}
	if err != nil {
		d.audit(r, string(a)+" refused", "invoice", e.Number, "error", err)
		d.confirm(w, r, http.StatusConflict, e, err.Error(), reason)
		return
	}
	d.audit(r, string(a), "invoice", e.Number, "reason", reason)
	http.Redirect(w, r, "/invoices/"+invoice.Key(e.Number)+"?done="+string(a), http.StatusSeeOther)
}

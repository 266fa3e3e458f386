package web

import (
	"context"
	"fmt"
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
		return r.Link != nil && !r.OnPayPage() && !r.Settled() && r.Kind != invoice.KindCreditNote && (r.State == ledger.Issued || r.State == ledger.Lapsed)
	case actPaid:
		return r.Kind != invoice.KindCreditNote
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
	Form    actionForm
}

// actionForm is what a person fills in, as it was typed.
type actionForm struct {
	Reason                            string
	Amount, Currency, Date, Reference string // of a payment
}

// formOf reads the form of an action. Texts that are too long are cut.
func formOf(r *http.Request) actionForm {
	field := func(name string, most int) string {
		return text.Truncate(strings.TrimSpace(r.PostFormValue(name)), most)
	}
	return actionForm{field("reason", 190), field("amount", 40), field("currency", 10), field("date", 20), field("reference", 90)}
}

// payment reads what was typed about a payment. The error says what to write.
func (f actionForm) payment(e *ledger.Entry, zone *time.Location, now time.Time) (Payment, error) {
	p := Payment{Number: e.Number, Reference: f.Reference}
	currency := f.Currency
	if currency == "" && f.Amount != "" {
		currency = e.Payable.Currency
	}
	if f.Amount == "" {
		currency = ""
	}
	var err error
	if p.Money, err = invoice.ParseMoney(f.Amount, currency); err != nil {
		return p, err
	}
	if f.Date == "" {
		return p, nil
	}
	day, err := invoice.ParseDate(f.Date)
	if err != nil {
		return p, &dateError{"confirm.badDate", f.Date, err}
	}
	if p.At = day.Start(zone); p.At.After(now) {
		return p, &dateError{"confirm.future", string(day), fmt.Errorf("date %s is in the future", day)}
	}
	return p, nil
}

// settleWithin bounds an action; on a cluster an election can take 14 seconds.
const settleWithin = 30 * time.Second

func (d *Desk) confirmAction(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	d.confirm(w, r, http.StatusOK, e, "", actionForm{})
}

func (d *Desk) confirm(w http.ResponseWriter, r *http.Request, status int, e *ledger.Entry, trouble string, form actionForm) {
	a := action(r.PathValue("action"))
	switch {
	case a != actRenew && a != actPaid && a != actCancel:
		d.refuse(w, r, http.StatusNotFound, "error.missing")
		return
	case trouble == "" && !can(&e.Record, a): // settled since the page was loaded
		http.Redirect(w, r, "/invoices/"+invoice.Key(e.Number), http.StatusSeeOther)
		return
	}
	p := confirmPage{Record: e.Record, Action: a, Trouble: trouble, Form: form}
	p.Alive = e.Link != nil && !e.OnPayPage() && !e.Link.Expired(d.config.Now())
	p.Force = a == actRenew && p.Alive
	d.draw(w, r, status, "confirm", view{D: p, Section: "invoices"})
}

// doAction does what was confirmed.
func (d *Desk) doAction(w http.ResponseWriter, r *http.Request, e *ledger.Entry) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	a, by := action(r.PathValue("action")), who(r.Context())
	form := formOf(r)
	reason := form.Reason
	if !can(&e.Record, a) {
		d.confirm(w, r, http.StatusConflict, e, "", form)
		return
	}
	if a != actPaid && reason == "" && (a == actCancel || e.Link != nil && !e.Link.Expired(d.config.Now())) {
		d.confirm(w, r, http.StatusUnprocessableEntity, e, d.texts(r).say("confirm.needReason"), form)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), settleWithin)
	defer cancel()
	var paid Payment
	var err error
	if a == actPaid {
		if paid, err = form.payment(e, d.config.Seller.Location(), d.config.Now()); err != nil {
			d.confirm(w, r, http.StatusBadRequest, e, d.texts(r).failure(err), form)
			return
		}
	}
	switch a {
	case actPaid:
		_, err = d.config.Actions.Paid(ctx, paid, by) // what it warns of stands on the invoice's page
	case actCancel:
		err = d.config.Actions.Cancel(ctx, e.Number, reason, by)
	case actRenew:
		err = d.renew(ctx, e, reason, by)
	}
	if err != nil {
		d.audit(r, string(a)+" refused", "invoice", e.Number, "error", err)
		d.confirm(w, r, http.StatusConflict, e, d.texts(r).failure(err), form)
		return
	}
	d.audit(r, string(a), "invoice", e.Number, "reason", reason)
	http.Redirect(w, r, "/invoices/"+invoice.Key(e.Number)+"?done="+string(a), http.StatusSeeOther)
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// reviewsPage lists what a person has to decide.
type reviewsPage struct {
	Flash, Trouble string
	Reviews        []ledger.Pending
}

func (d *Desk) showReviews(w http.ResponseWriter, r *http.Request) {
	p := reviewsPage{}
	if r.URL.Query().Get("done") != "" {
		p.Flash = d.texts(r).say("reviews.done")
	}
	d.reviews(w, r, http.StatusOK, p)
}

func (d *Desk) reviews(w http.ResponseWriter, r *http.Request, status int, p reviewsPage) {
	ctx, cancel := context.WithTimeout(r.Context(), settleWithin)
	defer cancel()
	var err error
	if p.Reviews, err = d.config.Ledger.OpenReviews(ctx); err != nil {
		d.trouble(w, r, "list reviews", err)
		return
	}
	d.page(w, r, status, "reviews", p)
}

// resolveReview closes one with the note of the person.
func (d *Desk) resolveReview(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	id, by := r.PathValue("id"), who(r.Context())
	note := text.Truncate(strings.TrimSpace(r.PostFormValue("note")), 190)
	if note == "" {
		d.reviews(w, r, http.StatusUnprocessableEntity, reviewsPage{Trouble: d.texts(r).say("reviews.needNote")})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), settleWithin)
	defer cancel()
	if err := d.config.Actions.Resolve(ctx, id, note, by); err != nil {
		if refused, ok := errors.AsType[*ledger.RefusedError](err); ok {
			d.audit(r, "review refused", "review", id, "error", err)
			d.reviews(w, r, http.StatusConflict, reviewsPage{Trouble: d.texts(r).failure(refused)})
			return
		}
		d.trouble(w, r, "resolve review", err)
		return
	}
	d.audit(r, "review", "review", id, "note", note)
	to := "/reviews?done=1"
	if number, err := ledger.NumberOfReview(id); err == nil && r.PostFormValue("back") == "invoice" {
		to = "/invoices/" + invoice.Key(number)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

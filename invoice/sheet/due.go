package sheet

import (
	"slices"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet/profile"
)

var netDays = []string{"net", "netto", "n", "days", "day", "d", "dage", "dager", "dagar", "tage", "tagen", "jours", "días", "dni", "giorni", "dagen", "pv", "päivää", "netdays", "netdage", "nettodage", "dagenetto", "tagenetto", "dagarnetto", "zahlbarinnerhalbvontagen", "løbendedage", ""}

// due fills in the due date from the terms of payment or the profile.
func (x *builder) due(e *Entry) {
	inv, d, terms := e.Invoice, x.t.p.Defaults, e.work().terms
	if inv.DueDate != "" || e.bad[badKey{fDueDate, -1}] {
		x.dueBefore(e)
		return
	}
	if terms != "" {
		span, ok := x.span(terms)
		if ok {
			inv.DueDate = after(inv.IssueDate, span)
			return
		}
		if d.DueAfter == "" && d.DueDate == "" {
			e.bad = setBad(e.bad, badKey{fDueDate, -1})
			e.stop("terms", e.spot(fTerms, -1), terms, say("terms-unknown", clip(terms)), func() Question {
				q := question(say("ask-terms", x.t.l.name(x.t.l.first[fTerms])))
				q.Samples = x.valuesOf(x.t.l.first[fTerms])
				for _, s := range q.Samples {
					if _, ok := x.span(s.Value); !ok {
						q.Answers = append(q.Answers, answer("days-after-issue", "terms", yamlText(s.Value)+": 30d", ""))
					}
				}
				return q
			})
			return
		}
	}
	switch {
	case d.DueDate != "":
		inv.DueDate = invoice.Date(d.DueDate)
	case d.DueAfter != "":
		if span, err := profile.ParseSpan(d.DueAfter); err == nil {
			inv.DueDate = after(inv.IssueDate, span)
		}
	}
	x.dueBefore(e)
}

// dueBefore handles a due date before the issue date, which many programs
// export for invoices that were due at once.
func (x *builder) dueBefore(e *Entry) {
	inv := e.Invoice
	if inv.DueDate == "" || inv.IssueDate == "" || inv.DueDate >= inv.IssueDate {
		return
	}
	if x.t.p.DueBefore == "issue_date" {
		inv.DueDate = inv.IssueDate
		return
	}
	at := e.spot(fDueDate, -1)
	e.bad = setBad(e.bad, badKey{fDueDate, -1})
	e.stop("due-before-issue", at, string(inv.DueDate), say("due-before-issue-date", inv.DueDate, inv.IssueDate), func() Question {
		return question(say("ask-due-before-issue"),
			answer("due-on-issue", "", "due_before_issue: issue_date", ""),
			answer("due-not-the-column", "defaults", "due_after: 30d", ""))
	})
}

// span reads terms of payment.
func (x *builder) span(terms string) (profile.Span, bool) {
	for name, s := range x.t.p.Terms {
		if profile.Fold(name) == profile.Fold(terms) {
			span, err := profile.ParseSpan(s)
			return span, err == nil
		}
	}
	h := profile.Fold(terms)
	switch h {
	case "dueonreceipt", "uponreceipt", "onreceipt", "immediately", "immediate", "sofort", "kontant", "netkontant", "nettokontant", "cod", "acomptant", "contado", "alcontado", "sofortfallig", "comptant", "direkte", "heti":
		return profile.Span{}, true
	}
	digits := strings.Trim(h, "abcdefghijklmnopqrstuvwxyz ")
	if digits == "" || len(digits) > 3 || strings.Trim(digits, "0123456789") != "" {
		return profile.Span{}, false
	}
	word := strings.Replace(h, digits, "", 1)
	if !slices.Contains(netDays, word) {
		return profile.Span{}, false
	}
	span, err := profile.ParseSpan(digits + "d")
	return span, err == nil
}

// after is a day so long after another one.
func after(d invoice.Date, s profile.Span) invoice.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	if s.Months > 0 {
		// The same day of a later month, or its last one.
		last := time.Date(t.Year(), t.Month()+time.Month(s.Months)+1, 0, 0, 0, 0, 0, time.UTC)
		t = time.Date(t.Year(), t.Month()+time.Month(s.Months), min(t.Day(), last.Day()), 0, 0, 0, 0, time.UTC)
	}
	return invoice.DateOf(t.AddDate(0, 0, s.Days))
}

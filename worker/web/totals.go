package web

import (
	"net/url"
	"time"

	"invoicelink/worker/ledger"
)

// figure is a number of invoices on the home page, what they come to, and where
// their list is.
type figure struct {
	Name  string // the key of its text
	Count int
	Sums  []listSum
	To    string
	Owed  bool // the amounts are what is left to pay
	Class string
}

// figures are what finance wants to know first.
func (x *index) figures(c clock) []figure {
	now := c.now.In(c.zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, c.zone)
	last := first.AddDate(0, 1, -1)
	open, overdue, paid, expiring, review := listSums{}, listSums{}, listSums{}, listSums{}, listSums{}
	x.mu.RLock()
	for i := range x.rows {
		e := &x.rows[i]
		if e.open > 0 {
			open.add(e)
			if e.overdue(c.today) {
				overdue.add(e)
			}
			if e.expiring(c.now, c.within) {
				expiring.add(e)
			}
		}
		if e.State == string(ledger.Paid) && !e.PaidAt.Before(first) && e.PaidAt.Before(first.AddDate(0, 1, 0)) {
			paid.add(e)
		}
		if e.reviews > 0 {
			review.add(e)
		}
	}
	x.mu.RUnlock()
	month := url.Values{"state": {string(filterPaid)}, "paidFrom": {first.Format(time.DateOnly)}, "paidTo": {last.Format(time.DateOnly)}}
	out := []figure{
		{Name: "figure.open", Count: open.count(), Sums: open.list(), To: "/invoices?state=" + string(filterOpen), Owed: true},
		{Name: "figure.overdue", Count: overdue.count(), Sums: overdue.list(), To: "/invoices?state=" + string(filterOverdue), Owed: true, Class: "bad"},
		{Name: "figure.paid", Count: paid.count(), Sums: paid.list(), To: "/invoices?" + month.Encode()},
		{Name: "figure.expiring", Count: expiring.count(), Sums: expiring.list(), To: "/invoices?state=" + string(filterExpiring), Owed: true, Class: "warn-figure"},
		{Name: "figure.review", Count: review.count(), Sums: review.list(), To: "/reviews", Class: "bad"},
	}
	return out
}

// rejected is how many requests ended without an invoice.
func (x *index) rejected() (n int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := range x.rows {
		if s := x.rows[i].State; s == string(ledger.Rejected) || s == string(ledger.Failed) {
			n++
		}
	}
	return n
}

package web

import (
	"net/url"
	"slices"
	"strings"
	"time"
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

// figures are what finance wants to know first, and how many requests ended
// without an invoice.
func (x *index) figures(c clock) (figures []figure, rejected int) {
	now := c.now.In(c.zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, c.zone)
	next := first.AddDate(0, 1, 0)
	from, until, at := momentOf(first), momentOf(next), c.instant()
	var sums [filterCount]listSums
	for f := range sums {
		sums[f] = listSums{}
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	states := x.states()
	for i := range x.rows {
		r := &x.rows[i]
		in := r.in(&at, states[r.state])
		for _, f := range []filter{filterOpen, filterOverdue, filterExpiring, filterReview} {
			if in.has(f) {
				sums[f].add(r)
			}
		}
		if in.has(filterPaid) && r.paid >= from && r.paid < until {
			sums[filterPaid].add(r)
		}
		if in.has(filterRejected) {
			rejected++
		}
	}
	one := func(name string, f filter, class string) figure {
		return figure{Name: name, Count: sums[f].count(), Sums: sums[f].list(&x.words), To: "/invoices?state=" + f.String(), Owed: true, Class: class}
	}
	paid, review := one("figure.paid", filterPaid, ""), one("figure.review", filterReview, "bad")
	month := url.Values{"state": {filterPaid.String()}, "paidFrom": {first.Format(time.DateOnly)}, "paidTo": {next.AddDate(0, 0, -1).Format(time.DateOnly)}}
	paid.Owed, paid.To = false, "/invoices?"+month.Encode()
	review.Owed, review.To = false, "/reviews"
	return []figure{one("figure.open", filterOpen, ""), one("figure.overdue", filterOverdue, "bad"), paid, one("figure.expiring", filterExpiring, "warn-figure"), review}, rejected
}

// listSum is what the invoices of a list come to in one currency.
type listSum struct {
	Currency      string
	Count         int
	Payable, Open string // decimal text; Open is "" where nothing is owed
	payable, open units
}

// listSums are sums by the word of their currency.
type listSums map[uint16]*listSum

func (s listSums) add(r *row) {
	one := s[r.currency]
	if one == nil {
		one = &listSum{}
		s[r.currency] = one
	}
	one.Count++
	one.payable += r.payable
	one.open += r.open
}

func (s listSums) count() (n int) {
	for _, one := range s {
		n += one.Count
	}
	return n
}

// list returns the sums in the order of the currencies' codes.
func (s listSums) list(v *vocabulary) (out []listSum) {
	for word, one := range s {
		code := v.short.all[word]
		if code == "" {
			continue // refused before its currency was known
		}
		sum := *one
		sum.Currency, sum.Payable = code, one.payable.in(code)
		if one.open > 0 {
			sum.Open = one.open.in(code)
		}
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b listSum) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}

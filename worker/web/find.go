package web

import (
	"cmp"
	"slices"
	"strings"

	"invoicelink/invoice"
)

// found is the answer.
type found struct {
	Rows       []entry
	Total      int // that fit the question
	Counts     [filterCount]int
	Sums       []listSum
	Currencies []string // of everything that fits, apart from the state
	Page       int
	Pages      int
}

// matcher is a question as rows are compared with it.
type matcher struct {
	question
	folder
	text                 string
	amounts              []span
	buyers, emails       []bool // the words that hold the text; nil if none is asked for
	customers            []bool // the words that hold the customer
	batch, currency      int64  // words; -1 for one that no row has
	from, to             day
	dueFrom, dueTo       day
	paidAfter, paidUntil moment
}

func (x *index) matcher(q question, c *clock) *matcher {
	m := &matcher{
		question: q, text: fold(q.Text), amounts: amountsOf(q.Text),
		from: dayOf(invoice.Date(q.From)), to: dayOf(invoice.Date(q.To)), dueFrom: dayOf(invoice.Date(q.DueFrom)), dueTo: dayOf(invoice.Date(q.DueTo)),
		paidAfter: momentOf(invoice.Date(q.PaidFrom).Start(c.zone)), paidUntil: momentOf(invoice.Date(q.PaidTo).End(c.zone)),
		batch: known(&x.words.batches, q.Batch), currency: known(&x.words.short, q.Currency),
	}
	if m.text != "" {
		m.buyers, m.emails = x.words.buyers.holding(m.text), x.words.emails.holding(m.text)
	}
	if q.Customer != "" {
		m.customers = x.words.buyers.holding(fold(q.Customer))
	}
	return m
}

func known(w *words, s string) int64 {
	if id, ok := w.ids[s]; ok {
		return int64(id)
	}
	return -1
}

// fits reports whether a row is asked for, whatever its state.
func (m *matcher) fits(r *row) bool {
	switch {
	case m.Currency != "" && int64(r.currency) != m.currency,
		m.Batch != "" && int64(r.batch) != m.batch,
		m.From != "" && r.issued < m.from, m.To != "" && r.issued > m.to,
		m.DueFrom != "" && r.due < m.dueFrom, m.DueTo != "" && (r.due == 0 || r.due > m.dueTo),
		m.PaidFrom != "" && r.paid < m.paidAfter, m.PaidTo != "" && (r.paid == 0 || r.paid > m.paidUntil),
		m.customers != nil && !m.customers[r.buyer]:
		return false
	case m.text == "" || m.buyers[r.buyer] || m.emails[r.email] || m.holds(r.texts, m.text):
		return true
	}
	amount := max(r.payable, -r.payable)
	return slices.ContainsFunc(m.amounts, func(s span) bool { return amount >= s.from && amount < s.to })
}

// find looks through the whole index (see the benchmark).
func (x *index) find(q question, c clock) found {
	x.sort()
	x.mu.RLock()
	defer x.mu.RUnlock()
	m, at, states := x.matcher(q, &c), c.instant(), x.states()
	var out found
	sums := listSums{}
	var fit []int32
	for i := len(x.rows) - 1; i >= 0; i-- {
		r := &x.rows[i]
		if !m.fits(r) {
			continue
		}
		in := r.in(&at, states[r.state])
		in.add(filterAll)
		for f := range filterCount {
			if in.has(f) {
				out.Counts[f]++
			}
		}
		if in.has(q.Filter) {
			fit = append(fit, int32(i))
			sums.add(r)
		}
	}
	out.Sums, out.Total, out.Currencies = sums.list(&x.words), len(fit), x.currencies()
	out.Pages = max((out.Total+q.Size-1)/q.Size, 1)
	out.Page = min(max(q.Page, 1), out.Pages)
	from := (out.Page - 1) * q.Size
	to := min(from+q.Size, out.Total)
	if by := x.by(strings.TrimPrefix(q.Sort, "-")); by != nil {
		down := strings.HasPrefix(q.Sort, "-")
		order(fit, from, to, func(a, b int32) int {
			n := by(&x.rows[a], &x.rows[b])
			if down {
				n = -n
			}
			return cmp.Or(n, cmp.Compare(b, a))
		})
	}
	for _, i := range fit[from:to] {
		out.Rows = append(out.Rows, x.words.unpack(&x.rows[i]))
	}
	return out
}

// by compares two rows by a column of sorts; nil for none. The caller holds the
// lock.
func (x *index) by(column string) func(a, b *row) int {
	switch column {
	case "number":
		return func(a, b *row) int { return strings.Compare(a.key(), b.key()) }
	case "customer":
		return func(a, b *row) int { return cmp.Compare(x.words.buyers.rank(a.buyer), x.words.buyers.rank(b.buyer)) }
	case "payable":
		return func(a, b *row) int { return cmp.Compare(a.payable, b.payable) }
	case "due":
		return func(a, b *row) int { return cmp.Compare(a.due, b.due) }
	case "issued":
		return func(a, b *row) int { return cmp.Compare(a.issued, b.issued) }
	}
	return nil
}

// order puts list[from:to] in the order that sorting the whole list would give,
// by quickselect: sorting 100,000 entries for a page of 50 takes ten times as
// long.
func order(list []int32, from, to int, by func(a, b int32) int) {
	low, high := 0, len(list)
	for high-low > 2*(to-from)+64 {
		pivot := list[low+(high-low)/2]
		i, j := low, high-1
		for i <= j {
			for by(list[i], pivot) < 0 {
				i++
			}
			for by(list[j], pivot) > 0 {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch { // everything up to j comes before what follows i
		case to <= j+1:
			high = j + 1
		case from >= i:
			low = i
		default:
			slices.SortFunc(list[low:high], by)
			return
		}
	}
	slices.SortFunc(list[low:high], by)
}

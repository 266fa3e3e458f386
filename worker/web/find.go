package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/ledger"
)

// filter is a choice of states, as the list offers it.
type filter string

// The filters, in the order of the list. An invoice can be in several: one that
// is overdue is open as well.
const (
	filterAll       filter = ""
	filterOpen      filter = "issued"
	filterOverdue   filter = "overdue"
	filterExpiring  filter = "expiring"
	filterLapsed    filter = "lapsed"
	filterPaid      filter = "paid"
	filterReview    filter = "review"
	filterRejected  filter = "rejected"
	filterCancelled filter = "cancelled"
	filterCredit    filter = "credit"
	filterWorking   filter = "working"
)

var filters = []filter{filterAll, filterOpen, filterOverdue, filterExpiring, filterLapsed, filterPaid, filterReview, filterRejected,
	filterCancelled, filterCredit, filterWorking}

// clock is what the lists are asked at.
type clock struct {
	now    time.Time
	today  invoice.Date // in the seller's time zone
	within time.Duration
	zone   *time.Location
}

func (d *Desk) clock() clock {
	now, zone := d.config.Now(), d.config.Seller.Location()
	return clock{now, invoice.Date(now.In(zone).Format(time.DateOnly)), d.config.Expiring, zone}
}

// in calls yield with each filter, by its place in filters, that an entry is
// in, apart from all.
func (e *entry) in(c *clock, yield func(int)) {
	state := ledger.State(e.State)
	switch {
	case state == ledger.Rejected, state == ledger.Failed:
		yield(7)
	case state == ledger.Cancelled:
		yield(8)
	case state == ledger.Paid:
		yield(5)
	case state != ledger.Issued && state != ledger.Lapsed:
		yield(10)
	case e.Kind == invoice.KindCreditNote:
		yield(9)
	}
	if e.open > 0 {
		yield(1)
		if e.overdue(c.today) {
			yield(2)
		}
		if e.expiring(c.now, c.within) {
			yield(3)
		}
	}
	if state == ledger.Lapsed {
		yield(4)
	}
	if e.reviews > 0 {
		yield(6)
	}
}

// question is what a list is asked for. Days are inclusive; "" is no bound.
type question struct {
	Text                     string
	Filter                   filter
	Customer, Currency       string
	Batch                    string
	From, To                 string // issue date
	DueFrom, DueTo           string
	PaidFrom, PaidTo         string
	Sort                     string // one of sorts, with "-" in front for descending; "" is the newest first
	Page                     int    // from 1
	Size                     int
	amounts                  []span
	paidAfter, paidBefore    time.Time
	foldedText, foldedClient string
}

// span is a range of amounts, the upper end excluded.
type span struct{ from, to units }

// questionOf reads what a browser sent; what makes no sense is left out.
func questionOf(v url.Values) question {
	word := func(name string) string { return text.Truncate(strings.TrimSpace(v.Get(name)), 100) }
	day := func(name string) string {
		d, err := invoice.ParseDate(word(name))
		if err != nil {
			return ""
		}
		return string(d)
	}
	q := question{
		Text: word("q"), Customer: word("customer"), Currency: strings.ToUpper(word("currency")), Batch: word("batch"),
		From: day("from"), To: day("to"), DueFrom: day("dueFrom"), DueTo: day("dueTo"), PaidFrom: day("paidFrom"), PaidTo: day("paidTo"),
		Page: 1, Size: rowsPerPage,
	}
	if f := filter(v.Get("state")); slices.Contains(filters, f) {
		q.Filter = f
	}
	if s := v.Get("sort"); sorts[strings.TrimPrefix(s, "-")] != nil {
		q.Sort = s
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 && n <= 1_000_000 {
		q.Page = n
	}
	return q
}

// values is the question as a browser sends it, without the page.
func (q question) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Text, "state": string(q.Filter), "customer": q.Customer, "currency": q.Currency, "batch": q.Batch,
		"from": q.From, "to": q.To, "dueFrom": q.DueFrom, "dueTo": q.DueTo, "paidFrom": q.PaidFrom, "paidTo": q.PaidTo, "sort": q.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// Narrow reports whether more than the text and the state is asked for.
func (q question) Narrow() bool {
	return q.Customer+q.Currency+q.Batch+q.From+q.To+q.DueFrom+q.DueTo+q.PaidFrom+q.PaidTo != ""
}

func (q *question) prepare(c *clock) {
	q.foldedText, q.foldedClient, q.amounts = fold(q.Text), fold(q.Customer), amountsOf(q.Text)
	q.paidAfter, q.paidBefore = invoice.Date(q.PaidFrom).Start(c.zone), invoice.Date(q.PaidTo).End(c.zone)
}

// fits reports whether an entry is asked for, whatever its state.
func (q *question) fits(e *entry) bool {
	switch {
	case q.Currency != "" && e.Currency != q.Currency,
		q.Batch != "" && e.Batch != q.Batch,
		q.From != "" && string(e.IssueDate) < q.From, q.To != "" && string(e.IssueDate) > q.To,
		q.DueFrom != "" && string(e.DueDate) < q.DueFrom, q.DueTo != "" && (e.DueDate == "" || string(e.DueDate) > q.DueTo),
		q.PaidFrom != "" && e.PaidAt.Before(q.paidAfter), q.PaidTo != "" && (e.PaidAt.IsZero() || e.PaidAt.After(q.paidBefore)),
		q.foldedClient != "" && !strings.Contains(fold(e.Buyer), q.foldedClient):
		return false
	case q.foldedText == "" || strings.Contains(e.search, q.foldedText):
		return true
	}
	amount := max(e.payable, -e.payable)
	return slices.ContainsFunc(q.amounts, func(s span) bool { return amount >= s.from && amount < s.to })
}

// amountsOf reads a text as an amount, with either sign as the decimal one; an
// amount without decimals stands for those that begin with it.
func amountsOf(s string) (out []span) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "'", "", "’", "").Replace(s)
	if s == "" || strings.Trim(s, "0123456789.,") != "" {
		return nil
	}
	for _, signs := range [][2]string{{",", "."}, {".", ","}} {
		plain := strings.Replace(strings.ReplaceAll(s, signs[0], ""), signs[1], ".", 1)
		whole, fraction, decimals := strings.Cut(plain, ".")
		if whole == "" || strings.Contains(fraction, signs[1]) || len(fraction) > unitDigits || len(whole) > 14 {
			continue
		}
		one := span{unitsOf(plain), 0}
		if one.to = one.from + 1; !decimals || fraction == "" {
			one.to = one.from + 10_000
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// sorts compare two entries by a column.
var sorts = map[string]func(a, b *entry) int{
	"number":   func(a, b *entry) int { return strings.Compare(a.Number, b.Number) },
	"customer": func(a, b *entry) int { return strings.Compare(a.Buyer, b.Buyer) },
	"payable":  func(a, b *entry) int { return cmp.Compare(a.payable, b.payable) },
	"due":      func(a, b *entry) int { return strings.Compare(string(a.DueDate), string(b.DueDate)) },
	"issued":   func(a, b *entry) int { return strings.Compare(string(a.IssueDate), string(b.IssueDate)) },
}

// found is the answer.
type found struct {
	Rows       []entry
	Total      int // that fit the question
	Counts     map[filter]int
	Sums       []listSum
	Currencies []string // of everything that fits, apart from the state
	Page       int
	Pages      int
}

// listSum is what the invoices of a list come to in one currency.
type listSum struct {
	Currency      string
	Count         int
	Payable, Open string // decimal text; Open is "" where nothing is owed
	payable, open units
}

type listSums map[string]*listSum

func (s listSums) add(e *entry) {
	one := s[e.Currency]
	if one == nil {
		one = &listSum{Currency: e.Currency}
		s[e.Currency] = one
	}
	one.Count++
	one.payable += e.payable
	one.open += e.open
}

func (s listSums) count() (n int) {
	for _, one := range s {
		n += one.Count
	}
	return n
}

func (s listSums) list() (out []listSum) {
	for _, code := range slices.Sorted(maps.Keys(s)) {
		if one := s[code]; code != "" {
			one.Payable = one.payable.in(code)
			if one.open > 0 {
				one.Open = one.open.in(code)
			}
			out = append(out, *one)
		}
	}
	return out
}

// find looks through the whole index (see the benchmark).
func (x *index) find(q question, c clock) found {
	x.sort()
	q.prepare(&c)
	out := found{Counts: map[filter]int{}}
	sums := listSums{}
	wanted := slices.Index(filters, q.Filter)
	var counts [16]int
	var fit []int32
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := len(x.rows) - 1; i >= 0; i-- {
		e := &x.rows[i]
		if !q.fits(e) {
			continue
		}
		counts[0]++
		in := wanted == 0
		e.in(&c, func(f int) {
			counts[f]++
			in = in || f == wanted
		})
		if in {
			fit = append(fit, int32(i))
			sums.add(e)
		}
	}
	for i, f := range filters {
		out.Counts[f] = counts[i]
	}
	out.Sums, out.Total, out.Currencies = sums.list(), len(fit), slices.Sorted(maps.Keys(x.currencies))
	out.Pages = max((out.Total+q.Size-1)/q.Size, 1)
	out.Page = min(max(q.Page, 1), out.Pages)
	from := (out.Page - 1) * q.Size
	to := min(from+q.Size, out.Total)
	if by := sorts[strings.TrimPrefix(q.Sort, "-")]; by != nil {
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
		out.Rows = append(out.Rows, x.rows[i])
	}
	return out
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

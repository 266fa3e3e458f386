package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/batch"
	"invoicelink/worker/ledger"
)

// filled is an index of n invoices, a minute apart, in five states in turn:
// open, paid, rejected, given up and open with a link that expires tomorrow. Of
// each ten, two are in DKK; every fourth was due yesterday.
func filled(n int, now time.Time) *index {
	x := newIndex()
	states := []ledger.State{ledger.Issued, ledger.Paid, ledger.Rejected, ledger.Lapsed, ledger.Issued}
	for i := range n {
		r := ledger.Record{
			Number: fmt.Sprintf("INV-%06d", i), State: states[i%5], Buyer: fmt.Sprintf("Example Customer %d", i%100),
			Payable: invoice.Money{Amount: invoice.Decimal(fmt.Sprint(100 + i%7)), Currency: "EUR"}, Email: fmt.Sprintf("buyer-%d@example.com", i%1000),
			Reference: fmt.Sprintf("PO %d", i), IssueDate: invoice.Date(now.AddDate(0, 0, -i%60).Format(time.DateOnly)),
			DueDate: invoice.Date(now.AddDate(0, 0, 30).Format(time.DateOnly)), Requested: &ledger.Act{At: now.Add(-time.Duration(n-i) * time.Minute)},
		}
		if i%10 > 7 {
			r.Payable.Currency = "DKK"
		}
		if i%4 == 3 {
			r.DueDate = invoice.Date(now.AddDate(0, 0, -1).Format(time.DateOnly))
		}
		switch i % 5 {
		case 1:
			r.PaidAt = now.Add(-time.Hour)
			r.Payments = []ledger.Payment{{ID: fmt.Sprintf("TX-%d", i), Money: r.Payable, At: r.PaidAt}}
		case 4:
			r.Link = &ledger.Link{URL: fmt.Sprintf("https://pay.example.com/checkout/payment-links/%032d", i), ValidUntil: now.Add(24 * time.Hour)}
			r.PDF = r.Number + ".pdf"
		}
		x.put(entryOf(&r))
	}
	x.once.Do(func() { close(x.ready) })
	return x
}

func at(now time.Time) clock {
	return clock{now, invoice.Date(now.Format(time.DateOnly)), 7 * 24 * time.Hour, time.UTC}
}

func TestFindFiltersAndPages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	x, c := filled(1000, now), at(now)
	all := x.find(question{Size: 50}, c)
	if all.Total != 1000 || all.Pages != 20 || len(all.Rows) != 50 || all.Rows[0].Number != "INV-000999" {
		t.Errorf("all: %d of %d pages, first %s", all.Total, all.Pages, all.Rows[0].Number)
	}
	for f, want := range map[filter]int{filterAll: 1000, filterOpen: 600, filterOverdue: 150, filterExpiring: 200, filterPaid: 200, filterRejected: 200, filterLapsed: 200, filterWorking: 0} {
		if all.Counts[f] != want {
			t.Errorf("%q counts %d, want %d", f, all.Counts[f], want)
		}
		if got := x.find(question{Filter: f, Size: 10, Page: 2}, c); got.Total != want || want > 0 && len(got.Rows) != 10 {
			t.Errorf("%q finds %d, shows %d", f, got.Total, len(got.Rows))
		}
	}
	for name, one := range map[string]struct {
		q    question
		want int
	}{
		"number":            {question{Text: " inv-000042 "}, 1},
		"customer":          {question{Text: "customer 7"}, 110}, // 7 and 70 to 79
		"e-mail":            {question{Text: "buyer-77@"}, 1},
		"reference":         {question{Text: "po 512"}, 1},
		"transaction":       {question{Text: "tx-101"}, 1},
		"amount":            {question{Text: "104.00"}, 143},
		"amount, comma":     {question{Text: "104,00"}, 143},
		"customer filter":   {question{Customer: "customer 5"}, 110},
		"currency":          {question{Currency: "DKK"}, 200},
		"issue date":        {question{From: "2026-11-21", To: "2026-11-22"}, 34},
		"due":               {question{DueTo: "2026-11-22"}, 250},
		"paid on":           {question{PaidFrom: "2026-11-22", PaidTo: "2026-11-22"}, 200},
		"paid before":       {question{PaidTo: "2026-11-21"}, 0},
		"upload":            {question{Batch: "NONE"}, 0},
		"text and currency": {question{Text: "customer 7", Currency: "DKK"}, 20},
	} {
		one.q.Size = 10
		if got := x.find(one.q, c).Total; got != one.want {
			t.Errorf("%s: got %d invoices, want %d", name, got, one.want)
		}
	}
	if got := x.find(question{Size: 50, Page: 99}, c); got.Page != 20 || len(got.Rows) != 50 {
		t.Errorf("past the end: page %d with %d rows, want the last", got.Page, len(got.Rows))
	}
	x.put(entry{Number: "INV-000000", State: string(ledger.Cancelled), created: now}) // changed: now the newest
	if got := x.find(question{Size: 1}, c); got.Rows[0].State != string(ledger.Cancelled) || got.Total != 1000 {
		t.Errorf("after a change: %+v", got.Rows[0])
	}
	if e, ok := x.get("INV-000500"); !ok || e.Number != "INV-000500" {
		t.Error("the index by number is wrong after sorting")
	}
}

func TestListIsSortedAndSummed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	x, c := filled(1000, now), at(now)
	for _, by := range sorts {
		less := map[string]func(a, b *entry) int{
			"number":   func(a, b *entry) int { return strings.Compare(a.Number, b.Number) },
			"customer": func(a, b *entry) int { return strings.Compare(a.Buyer, b.Buyer) },
			"payable":  func(a, b *entry) int { return cmp.Compare(a.payable, b.payable) },
			"due":      func(a, b *entry) int { return strings.Compare(string(a.DueDate), string(b.DueDate)) },
			"issued":   func(a, b *entry) int { return strings.Compare(string(a.IssueDate), string(b.IssueDate)) },
		}[by]
		for page := range 20 {
			up := x.find(question{Size: 50, Page: page + 1, Sort: by}, c).Rows
			down := x.find(question{Size: 50, Page: 20 - page, Sort: "-" + by}, c).Rows
			for i := range up {
				if i > 0 && less(&up[i-1], &up[i]) > 0 {
					t.Fatalf("%s, page %d: %s stands before %s", by, page+1, up[i-1].Number, up[i].Number)
				}
				if mirror := down[len(down)-1-i]; less(&up[i], &mirror) != 0 {
					t.Fatalf("%s: row %d of page %d is %s, and %s the other way round", by, i, page+1, up[i].Number, mirror.Number)
				}
			}
		}
	}
	credit := ledger.Record{Number: "C-1", State: ledger.Issued, Kind: invoice.KindCreditNote, Payable: invoice.Money{Amount: "40.5", Currency: "SEK"}}
	part := ledger.Record{Number: "P-1", State: ledger.Issued, Payable: invoice.Money{Amount: "100", Currency: "SEK"},
		Payments: []ledger.Payment{{ID: "a", Money: invoice.Money{Amount: "30", Currency: "SEK"}}}}
	x.put(entryOf(&credit))
	x.put(entryOf(&part))
	got := x.find(question{Size: 10, Currency: "SEK"}, c)
	if len(got.Sums) != 1 || got.Sums[0].Payable != "59.50" || got.Sums[0].Open != "70.00" {
		t.Errorf("sums: got %+v, want 59.50 payable and 70.00 open", got.Sums)
	}
	if e, _ := x.get("C-1"); e.Payable != "-40.50" || e.shown(c.today) != stateClosed {
		t.Errorf("credit note: got %s, %s, want -40.50, closed", e.Payable, e.shown(c.today))
	}
	want := map[string]int{"figure.open": 601, "figure.overdue": 150, "figure.paid": 200, "figure.expiring": 200, "figure.review": 0}
	figures, rejected := x.figures(c)
	if rejected != 200 {
		t.Errorf("rejected: got %d, want 200", rejected)
	}
	for _, f := range figures {
		if f.Count != want[f.Name] {
			t.Errorf("%s: got %d, want %d", f.Name, f.Count, want[f.Name])
		}
	}
}

// deskOf is a desk with these lists and nothing behind it.
func deskOf(t testing.TB, x *index) *Desk {
	t.Helper()
	d := &Desk{index: x, config: Config{Seller: &invoice.Seller{Party: invoice.Party{Name: "Eksempel Handel ApS"}}, Version: "1.2.3"}.withDefaults()}
	var err error
	if d.library, err = readLibrary(); err != nil {
		t.Fatal(err)
	}
	if d.uploads, err = batch.OpenUploadStore(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.readPages(), d.readAssets()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestListJumpsToAPage(t *testing.T) {
	t.Parallel()
	d := deskOf(t, filled(1000, time.Now()))
	text := d.answer("/invoices?q=customer&state=issued").Body.String()
	for _, want := range []string{`name="page" type="number" min="1" max="12" value="1"`, `name="q" value="customer"`, `name="state" value="issued"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
}

// pagesOf100000 are the pages that finance looks at every day.
var pagesOf100000 = []string{"/", "/invoices", "/invoices?state=expiring&page=200", "/invoices?q=customer+42", "/invoices?q=104%2C00",
	"/invoices?sort=-customer&page=900", "/invoices?dueTo=2026-01-01&sort=due&currency=DKK"}

func (d *Desk) answer(path string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
	if r.URL.Path == "/" {
		d.showHome(w, r)
	} else {
		d.showInvoices(w, r)
	}
	return w
}

func TestPagesOf100000InvoicesAreSmall(t *testing.T) {
	t.Parallel()
	d := deskOf(t, filled(100_000, time.Now()))
	for _, path := range pagesOf100000 {
		if w := d.answer(path); w.Code != http.StatusOK || w.Body.Len() > 40_000 {
			t.Errorf("%s: status %d, %d bytes, want at most 40,000", path, w.Code, w.Body.Len())
		}
	}
}

func BenchmarkFind(b *testing.B) {
	now := time.Now()
	x := filled(100_000, now)
	for name, q := range map[string]question{
		"all": {}, "open, page 3": {Filter: filterOpen, Page: 3}, "text": {Text: "customer 42"}, "amount": {Text: "104"},
		"by customer": {Sort: "-customer", Page: 500}, "by amount": {Sort: "payable"}, "due": {DueTo: now.Format(time.DateOnly), Sort: "due"},
	} {
		q.Size = rowsPerPage
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x.find(q, at(now))
			}
		})
	}
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			x.figures(at(now))
		}
	})
}

func TestFloodOfNamesStaysBounded(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	a := newAttempts(func() time.Time { return begin })
	for i := range maxAttempts + 5 {
		a.begin(fmt.Sprint("name ", i), fmt.Sprint("address ", i))
	}
	if got, most := len(a.all), maxAttempts+1; got > most {
		t.Errorf("remembered: got %d keys, want at most %d", got, most)
	}
	if _, _, ok := a.begin("name x", "address x"); ok {
		t.Error("a flood is not slowed down")
	}
}

func TestQRPictureShowsEachModule(t *testing.T) {
	t.Parallel()
	const size = 21
	bits := make([]byte, (size*size+7)/8)
	bits[0] = 0b1110_0000 // three at the top left
	p := pictureOf(bits, size)
	if p == nil || p.Path != "M4 4h3v1h-3z" || p.Box != "0 0 29 29" {
		t.Errorf("%+v", p)
	}
	if pictureOf(bits[1:], size) != nil || pictureOf(nil, 0) != nil {
		t.Error("half a code is drawn")
	}
}

// BenchmarkFill measures what an invoice costs in memory.
func BenchmarkFill(b *testing.B) {
	now := time.Now()
	for b.Loop() {
		before := heap()
		x := filled(100_000, now)
		x.sort()
		b.ReportMetric(float64(heap()-before)/100_000, "bytes/invoice")
		runtime.KeepAlive(x)
	}
}

// heap is what is in use, in bytes.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

package web

import (
	"fmt"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// filled is an index of n invoices, a minute apart, in five states in turn.
func filled(n int, now time.Time) *index {
	x := newIndex()
	states := []ledger.State{ledger.Issued, ledger.Paid, ledger.Rejected, ledger.Lapsed, ledger.Issued}
	for i := range n {
		r := ledger.Record{
			Number: fmt.Sprintf("INV-%06d", i), State: states[i%5], Buyer: fmt.Sprintf("Example Customer %d", i%100), Payable: invoice.Money{Amount: "100", Currency: "EUR"},
			Requested: &ledger.Act{At: now.Add(-time.Duration(n-i) * time.Minute)},
		}
		if i%5 == 4 {
			r.Link = &ledger.Link{URL: "https://pay.example.com/x", ValidUntil: now.Add(24 * time.Hour)}
		}
		x.put(entryOf(&r))
	}
	return x
}

func TestFindFiltersAndPages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	x := filled(1000, now)
	week := 7 * 24 * time.Hour
	all := x.find(question{Size: 50}, now, week)
	if all.Total != 1000 || all.Pages != 20 || len(all.Rows) != 50 || all.Rows[0].Number != "INV-000999" {
		t.Errorf("all: %d of %d pages, first %s", all.Total, all.Pages, all.Rows[0].Number)
	}
	for f, want := range map[filter]int{filterAll: 1000, filterIssued: 400, filterExpiring: 200, filterPaid: 200, filterRejected: 200, filterLapsed: 200, filterWorking: 0} {
		if all.Counts[f] != want {
			t.Errorf("%q counts %d, want %d", f, all.Counts[f], want)
		}
		if got := x.find(question{Filter: f, Size: 10, Page: 2}, now, week); got.Total != want || want > 0 && len(got.Rows) != 10 {
			t.Errorf("%q finds %d, shows %d", f, got.Total, len(got.Rows))
		}
	}
	if got := x.find(question{Text: " inv-000042 ", Size: 10}, now, week); got.Total != 1 || got.Rows[0].Number != "INV-000042" {
		t.Errorf("by number: %+v", got)
	}
	if got := x.find(question{Text: "customer 7", Size: 10}, now, week); got.Total != 110 { // 7 and 70 to 79
		t.Errorf("by customer: %d", got.Total)
	}
	if got := x.find(question{Size: 50, Page: 99}, now, week); len(got.Rows) != 0 || got.Pages != 20 {
		t.Errorf("past the end: %d rows", len(got.Rows))
	}
	x.put(entry{Status: event.Status{Number: "INV-000000", State: string(ledger.Cancelled)}, created: now}) // changed: now the newest
	if got := x.find(question{Size: 1}, now, week); got.Rows[0].State != string(ledger.Cancelled) || got.Total != 1000 {
		t.Errorf("after a change: %+v", got.Rows[0])
	}
	if e, ok := x.get("INV-000500"); !ok || e.Number != "INV-000500" {
		t.Error("the index by number is wrong after sorting")
	}
}

func BenchmarkFind(b *testing.B) {
	now := time.Now()
	x := filled(100_000, now)
	for _, text := range []string{"", "customer 42"} {
		b.Run("text="+text, func(b *testing.B) {
			for b.Loop() {
				x.find(question{Text: text, Size: 50, Page: 3, Filter: filterIssued}, now, time.Hour)
			}
		})
	}
}

func TestFloodOfNamesStaysBounded(t *testing.T) {
	t.Parallel()
	at := time.Now()
	a := newAttempts(func() time.Time { return at })
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

// BenchmarkFill tells what an invoice costs in memory: bytes an op over
// 100,000.
func BenchmarkFill(b *testing.B) {
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		filled(100_000, now)
	}
}

package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
)

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	_, b := brokertest.Open(t)
	return ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put writes a record as it is.
func put(t *testing.T, l *ledger.Ledger, rec ledger.Record) *ledger.Entry {
	t.Helper()
	e := ledger.New(rec.Number)
	must(t, l.Update(t.Context(), e, func(ledger.Record) (ledger.Record, error) { return rec, nil }))
	return e
}

// to is a transition to a state, whatever else the record says.
func to(s ledger.State) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		r.State = s
		return r, nil
	}
}

func TestChangesAreComparedAndSet(t *testing.T) {
	t.Parallel()
	l := open(t)
	if _, err := l.Read(t.Context(), "2026/1"); !errors.Is(err, ledger.ErrUnknown) {
		t.Fatalf("unknown number: %v", err)
	}
	put(t, l, ledger.Record{Number: "2026/1", State: ledger.Accepted})
	if err := l.Update(t.Context(), ledger.New("2026/1"), to(ledger.Linked)); !errors.Is(err, ledger.ErrChanged) {
		t.Errorf("second first record: %v", err)
	}
	var wins atomic.Int32
	var wg sync.WaitGroup
	entries := make([]*ledger.Entry, 8)
	for i := range entries {
		e, err := l.Read(t.Context(), "2026/1")
		must(t, err)
		entries[i] = e
	}
	for _, e := range entries {
		wg.Go(func() {
			switch err := l.Update(t.Context(), e, to(ledger.Linked)); {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, ledger.ErrChanged):
				t.Errorf("lost change: %v", err)
			case e.State != ledger.Accepted:
				t.Errorf("a refused change shows in the entry")
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d changes won, want 1", wins.Load())
	}
}

func TestSessionBelongsToOneInvoicePermanently(t *testing.T) {
	t.Parallel()
	l := open(t)
	must(t, l.TakeSession(t.Context(), "s:1", "A-1"))
	must(t, l.TakeSession(t.Context(), "s:1", "A-1"))
	err := l.TakeSession(t.Context(), "s:1", "A-2")
	if _, taken := errors.AsType[*ledger.TakenError](err); !taken ||
		!strings.Contains(err.Error(), `"A-1"`) || !strings.Contains(err.Error(), `"A-2"`) {
		t.Errorf("taking another's session: %v", err)
	}
}

func TestLedgerHasOneOwner(t *testing.T) {
	t.Parallel()
	l := open(t)
	me := ledger.Owner{Seller: "DK1", Account: "sandbox"}
	must(t, l.BindOwner(t.Context(), me))
	must(t, l.BindOwner(t.Context(), me))
	for _, other := range []ledger.Owner{{Seller: "DK2", Account: "sandbox"}, {Seller: "DK1", Account: "https://x as y"}} {
		err := l.BindOwner(t.Context(), other)
		if refused, ok := errors.AsType[*ledger.OwnerError](err); !ok || refused.Have != me || refused.Want != other {
			t.Errorf("owner %v: got %v, want the refusal of another than %v", other, err, me)
		}
	}
}

func TestLinksMoveOutOfTheRecordAndAreFoundAgain(t *testing.T) {
	t.Parallel()
	l := open(t)
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	e := put(t, l, ledger.Record{Number: "A-1", State: ledger.Accepted,
		Total: invoice.Money{Amount: "1250", Currency: "EUR"}, Payable: invoice.Money{Amount: "1250", Currency: "EUR"},
		Digest: strings.Repeat("a", 64), Seller: strings.Repeat("b", 64), SessionID: strings.Repeat("s", 36), Buyer: strings.Repeat("Ü", 60)})
	for revision := 1; revision <= 7; revision++ {
		link := ledger.Link{Revision: revision, ID: strings.Repeat("i", 36), URL: fmt.Sprintf("https://pay.example.com/%060d", revision),
			CreatedAt: at, ValidUntil: at.Add(time.Hour), ExpiredBy: at.Add(time.Hour), By: ledger.Act{Reason: "the link before it expired"},
			QR: make([]byte, 211), Size: 41, SHA256: strings.Repeat("d", 64)}
		must(t, l.Update(t.Context(), e, func(r ledger.Record) (ledger.Record, error) { return r.AddLink(link) }))
	}
	data, err := json.Marshal(e.Record)
	must(t, err)
	if len(data) > 3<<10 {
		t.Errorf("the record has grown to %d bytes", len(data))
	}
	links, err := l.Links(t.Context(), &e.Record)
	must(t, err)
	if len(links) != 7 {
		t.Fatalf("%d links, want 7", len(links))
	}
	for i, link := range links {
		if link.Revision != 7-i {
			t.Errorf("link %d has revision %d", i, link.Revision)
		}
	}
	if rev, ok := e.KnownPDF(strings.Repeat("d", 64)); !ok || rev != 7 {
		t.Errorf("known PDF: %d %v", rev, ok)
	}
}

func TestDocumentsOfARecord(t *testing.T) {
	t.Parallel()
	l := open(t)
	inv := &invoice.Invoice{Number: "A/1", Currency: "eur", IssueDate: "2026-11-20", Lines: []invoice.Line{{Description: " x ", UnitPrice: "1", VATRate: "25"}}}
	must(t, l.SaveInvoice(t.Context(), inv))
	got, err := l.Invoice(t.Context(), &ledger.Record{Number: "A/1", Digest: inv.Digest()})
	must(t, err)
	if got.Digest() != inv.Digest() || got.Currency != "EUR" {
		t.Errorf("invoice read back: %+v", got)
	}
	if _, err := l.Invoice(t.Context(), &ledger.Record{Number: "A/1", Digest: "other"}); err == nil {
		t.Error("other content is found under the number")
	}
	digest, err := l.SaveSeller(t.Context(), &invoice.Seller{Party: invoice.Party{Name: "S"}, Logo: []byte{1}})
	must(t, err)
	s, err := l.Seller(t.Context(), digest)
	if err != nil || s.Name != "S" || len(s.Logo) != 1 {
		t.Errorf("seller read back: %+v %v", s, err)
	}
	must(t, l.SaveBatchSpec(t.Context(), ledger.BatchSpec{ID: "u 1", Out: "/x"}))
	if spec, err := l.BatchSpec(t.Context(), "u 1"); err != nil || spec.Out != "/x" {
		t.Errorf("spec read back: %+v %v", spec, err)
	}
}

func TestAllAndChanges(t *testing.T) {
	t.Parallel()
	l := open(t)
	for i := range 50 {
		put(t, l, ledger.Record{Number: fmt.Sprintf("A/%d", i), State: ledger.Issued})
	}
	must(t, l.TakeSession(t.Context(), "s", "A/1"))
	changes, err := l.Changes(t.Context())
	must(t, err)
	n := 0
	for _, err := range l.All(t.Context()) {
		must(t, err)
		n++
	}
	if n != 50 {
		t.Errorf("%d records, want 50", n)
	}
	e, err := l.Read(t.Context(), "A/7")
	must(t, err)
	must(t, l.Update(t.Context(), e, to(ledger.Paid)))
	if r := <-changes; r.Number != "A/7" || r.State != ledger.Paid {
		t.Errorf("change: %+v", r)
	}
}

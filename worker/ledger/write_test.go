package ledger_test

import (
	"errors"
	"testing"

	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit/faulty"
)

// TestWriteWithoutAnAnswer: a write that was stored is not taken for somebody
// else's, one that was lost is made again.
func TestWriteWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"stored": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, b := brokertest.Open(t)
			kv := &faulty.KeyValue{KeyValue: b.LedgerBucket(), Lost: lost}
			l := ledger.Open(kv, b.Documents(), b.Owners(), nil)
			kv.Silent.Store(1)
			e := put(t, l, ledger.Record{Number: "A-1", State: ledger.Accepted})
			kv.Silent.Store(1)
			must(t, l.Update(t.Context(), e, to(ledger.Linked)))
			must(t, l.Update(t.Context(), e, to(ledger.Issued))) // the entry is up to date

			other, err := l.Read(t.Context(), "A-1")
			must(t, err)
			must(t, l.Update(t.Context(), other, to(ledger.Paid)))
			kv.Silent.Store(1)
			if err := l.Update(t.Context(), e, to(ledger.Lapsed)); !errors.Is(err, ledger.ErrChanged) {
				t.Errorf("change of a record that somebody else changed: got %v, want %v", err, ledger.ErrChanged)
			}
		})
	}
}

func TestLinkBelongsToOneRevisionPermanently(t *testing.T) {
	t.Parallel()
	l := open(t)
	must(t, l.TakeLink(t.Context(), link(1), "A-1"))
	must(t, l.TakeLink(t.Context(), link(1), "A-1")) // again, as after a crash
	url, id := link(2), link(2)
	url.URL, id.ID = link(1).URL, link(1).ID
	for name, c := range map[string]struct {
		link   ledger.Link
		number string
	}{"another invoice": {link(1), "A-2"}, "the next revision": {url, "A-1"}, "another URL with the id": {id, "A-1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, taken := errors.AsType[*ledger.TakenError](l.TakeLink(t.Context(), c.link, c.number)); !taken {
				t.Error("the link was taken twice")
			}
		})
	}
}

func TestOpenReviewsAreListedUntilResolved(t *testing.T) {
	t.Parallel()
	l := open(t)
	e := put(t, l, records(t)[ledger.Issued])
	must(t, l.Update(t.Context(), e, pay("t", "10")))
	must(t, l.Update(t.Context(), e, pay("u", "10")))
	list := func() []ledger.Pending {
		open, err := l.OpenReviews(t.Context())
		must(t, err)
		return open
	}
	if got := list(); len(got) != 2 || got[0].ID != "A-1.1" || got[0].Record.Number != "A-1" {
		t.Fatalf("got %+v, want two of A-1", got)
	}
	must(t, l.Update(t.Context(), e, func(r ledger.Record) (ledger.Record, error) { return r.ResolveReview("A-1.1", who, "ok") }))
	if got := list(); len(got) != 1 || got[0].ID != "A-1.2" {
		t.Errorf("got %+v, want A-1.2 alone", got)
	}
}

func TestPaymentsMoveOutOfTheRecordAndAreFoundAgain(t *testing.T) {
	t.Parallel()
	l := open(t)
	e := put(t, l, records(t)[ledger.Issued])
	for i := range 20 {
		must(t, l.Update(t.Context(), e, pay(string(rune('a'+i)), "1")))
	}
	all, err := l.Payments(t.Context(), &e.Record)
	must(t, err)
	if len(all) != 20 || all[0].ID != "a" || len(e.Payments) != 16 {
		t.Errorf("got %d payments, %d in the record, want 20 and 16", len(all), len(e.Payments))
	}
	if s := e.Status(); s.Received != "20.00" {
		t.Errorf("received: got %s, want 20.00", s.Received)
	}
	if err := l.Update(t.Context(), e, pay("a", "1")); !errors.Is(err, ledger.ErrRepeated) {
		t.Errorf("a payment that was moved, again: got %v, want %v", err, ledger.ErrRepeated)
	}
}

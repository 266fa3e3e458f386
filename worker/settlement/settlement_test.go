package settlement_test

import (
	"context"
	"errors"
	"testing"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/faulty"
)

// books is a ledger with one issued invoice, A-1 over 100 EUR, and its recorder.
type books struct {
	*settlement.Recorder
	kv *faulty.KeyValue
}

func newBooks(t *testing.T) *books {
	t.Helper()
	_, b := brokertest.Open(t)
	kv := &faulty.KeyValue{KeyValue: b.LedgerBucket()}
	l := ledger.Open(kv, b.Documents(), b.Owners(), nil)
	testkit.Must(t, l.Update(t.Context(), ledger.New("A-1"), func(ledger.Record) (ledger.Record, error) {
		return ledger.Record{Number: "A-1", State: ledger.Issued, Kind: invoice.KindInvoice, Total: euro("100"), Payable: euro("100")}, nil
	}))
	return &books{&settlement.Recorder{Broker: b, Ledger: l}, kv}
}

func euro(amount invoice.Decimal) invoice.Money {
	return invoice.Money{Amount: amount, Currency: "EUR"}
}

func (b *books) events(t *testing.T) (subjects []string) {
	t.Helper()
	next, err := b.Broker.NextEventSeq(t.Context())
	testkit.Must(t, err)
	for e, err := range b.Broker.Events(t.Context(), 1) {
		if next == 1 {
			return nil
		}
		testkit.Must(t, err)
		subjects = append(subjects, e.Subject)
		if e.Sequence+1 == next {
			break
		}
	}
	return subjects
}

func TestPaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paid    []invoice.Money
		same    bool // with the same reference
		state   ledger.State
		reviews int
		subject string // of the last event
	}{
		"payable amount":   {[]invoice.Money{euro("100")}, false, ledger.Paid, 0, "invoices.settled.A-1"},
		"no amount stated": {[]invoice.Money{{}}, false, ledger.Paid, 0, "invoices.settled.A-1"},
		"in two parts":     {[]invoice.Money{euro("40"), euro("60")}, false, ledger.Paid, 0, "invoices.settled.A-1"},
		"too little":       {[]invoice.Money{euro("99.99")}, false, ledger.Issued, 1, "invoices.payment.A-1"},
		"too much":         {[]invoice.Money{euro("100.01")}, false, ledger.Paid, 1, "invoices.settled.A-1"},
		"another currency": {[]invoice.Money{{Amount: "100", Currency: "DKK"}}, false, ledger.Issued, 1, "invoices.payment.A-1"},
		"repeated":         {[]invoice.Money{euro("100"), euro("100")}, true, ledger.Paid, 0, "invoices.settled.A-1"},
		"a second payment": {[]invoice.Money{euro("100"), euro("100")}, false, ledger.Paid, 1, "invoices.payment.A-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t)
			var out settlement.Outcome
			for i, m := range c.paid {
				n := settlement.Notice{Number: "A-1", Source: ledger.SourceDesk, Actor: "anna", Money: m, Reference: "bank 1"}
				if i > 0 && !c.same {
					n.Reference = "bank 2"
				}
				var err error
				out, err = b.Paid(t.Context(), n)
				testkit.Must(t, err)
			}
			if got := out.Record.State; got != c.state {
				t.Errorf("state: got %s, want %s", got, c.state)
			}
			if got := len(out.Record.OpenReviews()); got != c.reviews {
				t.Errorf("reviews: got %d, want %d: %+v", got, c.reviews, out.Record.Reviews)
			}
			if out.Repeated != c.same {
				t.Errorf("repeated: got %t, want %t", out.Repeated, c.same)
			}
			all := b.events(t)
			if len(all) != len(c.paid) || all[len(all)-1] != c.subject {
				t.Errorf("events: got %q, want %d, the last on %s", all, len(c.paid), c.subject)
			}
		})
	}
}

// A write that is stored and never answered is one payment; one that is lost is
// made again.
func TestPaidWithoutAnAnswerOfTheStore(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"stored": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t)
			b.kv.Lost = lost
			b.kv.Silent.Store(1)
			out, err := b.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceDesk, Money: euro("100"), Reference: "bank 1"})
			testkit.Must(t, err)
			if out.Record.State != ledger.Paid || len(out.Record.Payments) != 1 {
				t.Errorf("got %s with %d payments, want paid with 1", out.Record.State, len(out.Record.Payments))
			}
			if got := b.events(t); len(got) != 1 {
				t.Errorf("events: got %q, want one", got)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	n := settlement.Notice{Number: "A-1", Source: ledger.SourceDesk, Actor: "anna", Reason: "typo"}
	out, err := b.Cancelled(t.Context(), n)
	testkit.Must(t, err)
	if c := out.Record.Cancelled; out.Record.State != ledger.Cancelled || c == nil || c.Reason != "typo" || c.Actor != "anna" {
		t.Errorf("got %s by %+v, want cancelled by anna for a typo", out.Record.State, c)
	}
	// Money that comes later is kept, and somebody has to decide.
	out, err = b.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceDesk, Money: euro("100"), Reference: "bank 1"})
	testkit.Must(t, err)
	if len(out.Record.OpenReviews()) != 1 || len(out.Record.Payments) != 1 || out.Record.Cancelled == nil {
		t.Errorf("got %+v, want a payment, a review and the cancellation", out.Record)
	}
}

func TestNumbersThatCannotBeOne(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	for _, number := range []string{"", "A\x00", " A-1"} {
		_, err := b.Paid(t.Context(), settlement.Notice{Number: number})
		if _, ok := errors.AsType[*ledger.RefusedError](err); !ok {
			t.Errorf("number %q: got %v, want a *RefusedError", number, err)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	_, err := b.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceDesk, Money: euro("1"), Reference: "bank 1"})
	testkit.Must(t, err)
	for _, id := range []string{"", "A-1", "A-1.9", "A-2.1"} {
		_, err := b.Resolve(t.Context(), id, ledger.Act{Actor: "anna"}, "fine")
		if _, ok := errors.AsType[*ledger.RefusedError](err); !ok {
			t.Errorf("review %q: got %v, want a *RefusedError", id, err)
		}
	}
	out, err := b.Resolve(t.Context(), "A-1.1", ledger.Act{Source: ledger.SourceDesk, Actor: "anna"}, "fine")
	testkit.Must(t, err)
	if got := len(out.Record.OpenReviews()); got != 0 {
		t.Errorf("reviews: got %d, want none", got)
	}
}

// An announcement without an amount waits until the gateway names one.
func TestRecheck(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	_, err := b.Paid(t.Context(), settlement.Notice{Number: "A-1", Source: ledger.SourceCallback, Reference: "tx", Unverified: true})
	testkit.Must(t, err)
	report := checkout.PaymentReport{Offered: true}
	b.Ask = func(context.Context, string) (checkout.PaymentReport, error) { return report, nil }
	if n, err := b.Recheck(t.Context()); n != 0 || err != nil {
		t.Errorf("a gateway that names nothing: got %d (%v), want 0", n, err)
	}
	report.Transactions = []checkout.Transaction{{ID: "tx", Captured: euro("100")}}
	if n, err := b.Recheck(t.Context()); n != 1 || err != nil {
		t.Errorf("a gateway that names the amount: got %d (%v), want 1", n, err)
	}
	e, err := b.Ledger.Read(t.Context(), "A-1")
	testkit.Must(t, err)
	if e.State != ledger.Paid || len(e.OpenReviews()) != 0 {
		t.Errorf("got %s with reviews %+v, want paid without", e.State, e.Reviews)
	}
	if n, err := b.Recheck(t.Context()); n != 0 || err != nil {
		t.Errorf("again: got %d (%v), want 0", n, err)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	for name, c := range map[string]struct {
		amount, currency string
		want             invoice.Money
		refused          bool
	}{
		"nothing":             {"", "DKK", invoice.Money{}, false},
		"in the invoice's":    {"12.50", "", euro("12.5"), false},
		"in another currency": {"12.50", "DKK", invoice.Money{Amount: "12.5", Currency: "DKK"}, false},
		"in another notation": {"18.097,75", "DKK", invoice.Money{}, true},
		"no amount":           {"oops", "EUR", invoice.Money{}, true},
		"a currency in words": {"5", "dollars", invoice.Money{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := b.Money(t.Context(), "A-1", c.amount, c.currency)
			if _, refused := errors.AsType[*invoice.MoneyError](err); refused != c.refused {
				t.Fatalf("got %v, want a *MoneyError: %t", err, c.refused)
			}
			if err == nil && got.Cmp(c.want) != 0 {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

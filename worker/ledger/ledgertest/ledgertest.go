// Package ledgertest holds what tests of several packages say about a ledger.
package ledgertest

import (
	"reflect"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ledger"
)

// SameIndex holds a ledger's index against all records, at moments and in every
// mode of renewal. The records come from scanned, a ledger on the same bucket.
func SameIndex(t *testing.T, what string, l, scanned *ledger.Ledger, moments ...time.Time) {
	t.Helper()
	x, err := l.Index(t.Context())
	if err == nil {
		err = x.Unread()
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, at := range moments {
		for _, mode := range []ledger.RenewalMode{ledger.RenewAuto, ledger.RenewManual, ledger.RenewOff} {
			p := ledger.RenewalPolicy{Mode: mode}
			want, wantDue, invoices := scan(t, scanned, p, at)
			if got := x.Count(p, at); !reflect.DeepEqual(got, want) || x.Len() != invoices {
				t.Fatalf("%s, %q at %v: the index says %+v of %d invoices, the records %+v of %d", what, mode, at, got, x.Len(), want, invoices)
			}
			gotDue, before := map[string]time.Time{}, invoice.Date("")
			for _, b := range x.Due(p, at) {
				if gotDue[b.Number] = b.At; b.DueDate < before {
					t.Fatalf("%s: due date %s comes after %s", what, b.DueDate, before)
				}
				before = b.DueDate
			}
			if !reflect.DeepEqual(gotDue, wantDue) {
				t.Fatalf("%s, %q at %v: the index has due %v, the records %v", what, mode, at, gotDue, wantDue)
			}
		}
	}
}

// scan counts the records one by one.
func scan(t *testing.T, l *ledger.Ledger, p ledger.RenewalPolicy, at time.Time) (c ledger.Counts, due map[string]time.Time, invoices int) {
	t.Helper()
	c, due = ledger.Counts{States: map[ledger.State]int{}}, map[string]time.Time{}
	for r, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		invoices++
		c.States[r.State]++
		d := r.Due(p, at)
		if d.Action == ledger.ActionWait {
			c.Waiting++
		}
		if d.Reached() {
			c.Due++
			due[r.Number] = d.At
			if c.Oldest.IsZero() || d.At.Before(c.Oldest) {
				c.Oldest = d.At
			}
		}
	}
	return c, due, invoices
}

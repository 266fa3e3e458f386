package worker_test

import (
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// TestTimersOfLinksThatAreDueSoon: a link that lives for weeks has no timer
// until a sweep comes that is near its end; one that is due before the second
// next sweep has one from the start.
func TestTimersOfLinksThatAreDueSoon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		validity time.Duration
		timers   uint64 // at first
		advance  time.Duration
		sweep    uint64 // timers after a sweep then
	}{
		"due soon":                {11 * time.Hour, 1, 0, 1},
		"due in weeks":            {30 * 24 * time.Hour, 0, 0, 0},
		"due in weeks, then soon": {30 * 24 * time.Hour, 0, 30*24*time.Hour - 11*time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, func(w *worker.Config) {
				w.Links.Validity = c.validity
				w.Renewal.Mode = ledger.RenewAuto
			})
			r.Start()
			r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
			r.Subject("invoices.issued.A-1", 1)
			timers := func(want uint64) {
				t.Helper()
				s, err := r.Broker.JetStream().Stream(t.Context(), broker.StreamTimers)
				testkit.Must(t, err)
				if got := s.CachedInfo().State.Msgs; got != want {
					t.Errorf("%d timers, want %d", got, want)
				}
			}
			timers(c.timers)
			r.Clock.Advance(c.advance)
			_, err := worker.New(r.Config).Sweep(t.Context(), 12*time.Hour)
			testkit.Must(t, err)
			timers(c.sweep)
		})
	}
}

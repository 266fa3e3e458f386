package worker_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/ledger/ledgertest"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// member is one worker of a fleet, with a ledger and its index of its own.
type member struct {
	fleet  *harness
	ledger *ledger.Ledger
	dir    string // of the kept index
}

// begin makes the ledger as another process would open it.
func (m *member) begin() {
	m.ledger = ledger.Open(m.fleet.Broker.LedgerBucket(), m.fleet.Broker.Documents(), m.fleet.Broker.Owners(), m.fleet.Clock.Now)
	m.ledger.KeepIndex(m.dir)
}

// start runs the worker. Each end of an attempt is counted. With a step it is
// ended before that, if it comes to it.
func (m *member) start(step string, count chan<- struct{}) (stop func()) {
	config := m.fleet.Config
	config.Ledger = m.ledger
	config.OnOutcome = func(worker.Outcome) { count <- struct{}{} }
	w := worker.New(config)
	if step != "" {
		w.EndAt(step, func() { count <- struct{}{} })
	}
	return m.fleet.StartWorker(w)
}

// TestIndexesOfAFleet lets two workers on one broker issue, renew, record
// payments and cancel in any order, while they are killed and started again: the
// index of each is what a scan of all records says.
func TestIndexesOfAFleet(t *testing.T) {
	t.Parallel()
	seeds, rounds := 3, 8
	if tool.IsLong() {
		seeds, rounds = 60, 20
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(c *worker.Config) { short(c); c.SingleWorker = false })
			fleet := []*member{{fleet: h, dir: filepath.Join(t.TempDir(), "1")}, {fleet: h, dir: filepath.Join(t.TempDir(), "2")}}
			for _, m := range fleet {
				m.begin()
			}
			r := rand.New(rand.NewPCG(uint64(seed), 7))
			for round := range rounds {
				h.round(r, fleet, 8*(round+1))
				want := ledger.Open(h.Broker.LedgerBucket(), h.Broker.Documents(), h.Broker.Owners(), h.Clock.Now)
				for i, m := range fleet {
					if r.IntN(4) == 0 { // another process takes the place
						m.begin()
					}
					now := h.Clock.Now()
					ledgertest.SameIndex(t, fmt.Sprintf("round %d, worker %d", round, i), m.ledger, want, now.Add(-time.Hour), now, now.Add(90*24*time.Hour))
				}
			}
		})
	}
}

// round lets the fleet work on a few requests about so many numbers, and stops
// it.
func (r *harness) round(random *rand.Rand, fleet []*member, numbers int) {
	r.T.Helper()
	steps := append(append([]string{""}, issueSteps...), renewalSteps...)
	count := make(chan struct{}, 10_000)
	for _, m := range fleet {
		defer m.start(steps[random.IntN(len(steps))], count)()
	}
	n := 4 + random.IntN(12)
	for range n {
		number := fmt.Sprint("N-", random.IntN(numbers))
		switch random.IntN(8) {
		case 0, 1, 6, 7:
			r.Publish(event.SubjectRequested, testkit.Invoice(number))
		case 2:
			r.Publish(event.SubjectRenew, event.Renew{Number: number, Force: random.IntN(2) == 0, Reason: "lost"})
		case 3:
			r.Publish(event.SubjectPaid, event.Paid{Number: number})
		case 4:
			r.Publish(event.SubjectPaid, event.Paid{Number: number, Amount: "10", Currency: "EUR", Reference: fmt.Sprint("bank ", random.Uint32())})
		case 5:
			r.Publish(event.SubjectCancelled, event.Cancelled{Number: number, Reason: "typo"})
		}
	}
	for range n - 1 { // one may be left to a worker that was ended
		select {
		case <-count:
		case <-time.After(20 * time.Second):
			r.T.Fatal("the fleet does not get on")
		}
	}
	r.Clock.Advance(time.Duration(random.IntN(100)) * time.Minute)
}

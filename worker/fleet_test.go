package worker_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"invoicelink/worker"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
)

// fleet is a broker with several workers' throttles on one clock that moves
// only when somebody sleeps.
type fleet struct {
	t  *testing.T
	b  *broker.Broker
	mu sync.Mutex
	at time.Time
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	_, b := brokertest.Open(t)
	return &fleet{t: t, b: b, at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

func (f *fleet) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// sleep moves the clock to the end of the sleep, if nobody has yet.
func (f *fleet) sleeper() func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if d > 0 {
			f.at = f.at.Add(d)
		}
		return ctx.Err()
	}
}

func (f *fleet) worker(rate float64, ahead time.Duration) *worker.FleetThrottle {
	t := worker.NewFleetThrottle(f.b, rate, nil)
	worker.SetClock(t, func() time.Time { return f.now().Add(ahead) }, f.sleeper())
	return t
}

func TestTwoWorkersShareOneRate(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{2, 100} {
		f := newFleet(t)
		start := f.now()
		a, b := f.worker(rate, 0), f.worker(rate, 0)
		var calls []time.Time
		for range 30 { // taking turns: the worst case for blocks
			for _, w := range []*worker.FleetThrottle{a, b} {
				must(t, w.Wait(t.Context()))
				calls = append(calls, f.now())
			}
		}
		took := calls[len(calls)-1].Sub(start).Seconds()
		if least := float64(len(calls)-1)/rate - 0.25; took < least {
			t.Errorf("rate %v: %d calls of two workers took %.2f s, want at least %.2f", rate, len(calls), took, least)
		}
		// No second holds more than the rate and one block of each worker.
		for i, at := range calls {
			end, _ := slices.BinarySearchFunc(calls, at.Add(time.Second), time.Time.Compare)
			if most := int(rate + 2*max(1, rate/10)); end-i > most {
				t.Errorf("rate %v: %d calls within a second, want at most %d", rate, end-i, most)
				break
			}
		}
	}
}

func TestOneWorkerHasTheWholeRate(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	start := f.now()
	busy := f.worker(10, 0)
	f.worker(10, 0) // another one that has nothing to do
	for range 50 {
		must(t, busy.Wait(t.Context()))
	}
	if took := f.now().Sub(start); took > 5*time.Second {
		t.Errorf("50 calls at 10 a second took %v", took)
	}
}

func TestAClockThatIsWrongDoesNotStopTheFleet(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	must(t, f.worker(10, time.Hour).Wait(t.Context()))
	start := f.now()
	must(t, f.worker(10, 0).Wait(t.Context()))
	if took := f.now().Sub(start); took > time.Second {
		t.Errorf("a worker waits %v for another one's clock", took)
	}
}

func TestAPauseIsTheFleets(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	a, b := f.worker(0, 0), f.worker(0, 10*time.Minute) // clocks that disagree
	heardB := worker.OnHeard(b)
	ctx, stop := context.WithCancel(t.Context())
	var runs sync.WaitGroup
	for _, w := range []*worker.FleetThrottle{a, b} {
		runs.Go(func() { w.Run(ctx) })
	}
	t.Cleanup(func() { stop(); runs.Wait() })

	a.Pause(time.Second)
	await(t, heardB) // the first one may have been there before the watch
	a.Pause(30 * time.Second)
	await(t, heardB)
	start := f.now()
	must(t, b.Wait(t.Context()))
	if took := f.now().Sub(start); took < 29*time.Second || took > 31*time.Second {
		t.Errorf("the other worker waited %v, want 30 s", took)
	}

	// One that starts while the pause lasts hears of it too.
	a.Pause(time.Minute)
	await(t, heardB)
	late := f.worker(0, 0)
	heardLate := worker.OnHeard(late)
	runs.Go(func() { late.Run(ctx) })
	await(t, heardLate)
	start = f.now()
	must(t, late.Wait(t.Context()))
	if took := f.now().Sub(start); took < 25*time.Second {
		t.Errorf("a worker that starts later waited %v", took)
	}
}

func await(t *testing.T, heard <-chan struct{}) {
	t.Helper()
	select {
	case <-heard:
	case <-time.After(20 * time.Second):
		t.Fatal("the pause was not heard")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	w := worker.NewFleetThrottle(f.b, 0.001, nil) // by the real clock: the second call is due in 1000 s
	must(t, w.Wait(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Wait(ctx) }()
	cancel()
	if err := <-done; err == nil {
		t.Error("the wait ended without an error")
	}
}

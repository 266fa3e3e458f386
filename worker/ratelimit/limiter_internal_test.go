package ratelimit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/worker/broker/brokertest"
)

// limiters are several on one record in memory, their clocks ahead of the real
// one by what is given.
func limiters(t *testing.T, record Record, perSecond float64, ahead ...time.Duration) []*Limiter {
	t.Helper()
	out := make([]*Limiter, len(ahead))
	for i, d := range ahead {
		out[i] = NewShared(record, perSecond, nil)
		out[i].now = func() time.Time { return time.Now().Add(d) }
		t.Cleanup(out[i].Close)
	}
	return out
}

// took is how long a call of the limiter waits.
func took(t *testing.T, l *Limiter) time.Duration {
	t.Helper()
	start := time.Now()
	if err := l.Wait(t.Context()); err != nil {
		t.Fatalf("Wait: %v", err)
	}
	return time.Since(start)
}

func between(t *testing.T, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: got %v, want %v to %v", what, got, least, most)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		perSecond float64
		workers   int
	}{
		{"one worker, slow", 2, 1}, {"one worker, fast", 100, 1},
		{"two workers, slow", 2, 2}, {"two workers, fast", 100, 2},
		{"five workers, slow", 2, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ls := limiters(t, &memory{}, c.perSecond, make([]time.Duration, c.workers)...)
				var calls []time.Time
				for range 60 / c.workers { // taking turns: the worst case for blocks
					for _, l := range ls {
						took(t, l)
						calls = append(calls, time.Now())
					}
				}
				passed := calls[len(calls)-1].Sub(calls[0])
				exact := time.Duration(float64(len(calls)-1) / c.perSecond * float64(time.Second))
				between(t, "60 calls", passed, exact-250*time.Millisecond, exact+time.Second)
				// No second holds more than the rate and one block of each worker.
				most := int(c.perSecond) + c.workers*max(1, int(c.perSecond/10))
				for i, at := range calls {
					end, _ := slices.BinarySearchFunc(calls, at.Add(time.Second), time.Time.Compare)
					if end-i > most {
						t.Fatalf("calls within a second: got %d, want at most %d", end-i, most)
					}
				}
			})
		})
	}
}

func TestAnIdleWorkerCostsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ls := limiters(t, &memory{}, 10, 0, 0)
		start := time.Now()
		for range 50 {
			took(t, ls[0])
		}
		between(t, "50 calls at 10 a second", time.Since(start), 4*time.Second, 5*time.Second)
	})
}

func TestAWrongClockDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ls := limiters(t, &memory{}, 10, time.Hour, 0)
		took(t, ls[0])
		between(t, "call after one of a clock that is an hour ahead", took(t, ls[1]), 0, time.Second)
	})
}

// Each case makes a pause of 30 seconds on the first limiter, and says how long
// a call of the second one waits then.
func TestPause(t *testing.T) {
	t.Parallel()
	const d = 30 * time.Second
	for _, c := range []struct {
		name        string
		perSecond   float64
		ahead       time.Duration // the second one's clock
		prepare     func(t *testing.T, second *Limiter)
		least, most time.Duration
	}{
		{"in use, no limit", 0, 0, func(t *testing.T, l *Limiter) { took(t, l) }, d, d},
		{"in use, limited", 100, 0, func(t *testing.T, l *Limiter) { took(t, l) }, d - fresh, d + fresh},
		{"calls of its block left", 1000, 0, func(t *testing.T, l *Limiter) { took(t, l) }, d - fresh, d + fresh},
		{"clock ahead", 0, 10 * time.Minute, func(t *testing.T, l *Limiter) { took(t, l) }, d, d},
		{"clock behind", 0, -10 * time.Minute, func(t *testing.T, l *Limiter) { took(t, l) }, d, d},
		{"new", 0, 0, func(*testing.T, *Limiter) {}, d, d},
		{"new, clock behind", 0, -10 * time.Minute, func(*testing.T, *Limiter) {}, d, d},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ls := limiters(t, &memory{}, c.perSecond, 0, c.ahead)
				c.prepare(t, ls[1])
				ls[0].Pause(d)
				ls[0].Pause(time.Second) // a shorter one changes nothing
				synctest.Wait()          // it is stored
				<-time.After(fresh + 1)
				between(t, "other limiter", took(t, ls[1]), c.least-fresh-1, c.most)
				between(t, "other limiter, afterwards", took(t, ls[1]), 0, time.Second)
			})
		})
	}
}

// A call whose turn is far away has looked at the record long ago.
func TestAPauseThatBeginsWhileACallWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ls := limiters(t, &memory{}, 0.1, 0, 0)
		took(t, ls[0]) // the next one is due in 10 s
		waited := make(chan time.Duration)
		go func() { waited <- took(t, ls[1]) }()
		<-time.After(5 * time.Second)
		ls[0].Pause(time.Minute)
		between(t, "call", <-waited, 65*time.Second, 76*time.Second)
	})
}

// faulty is a record that cannot be reached for a while.
type faulty struct {
	memory
	mu   sync.Mutex
	left int
	half bool // what fails is the answer: the record is stored
}

var errAway = errors.New("away")

func (f *faulty) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left--
	return f.left >= 0
}

func (f *faulty) Load(ctx context.Context) ([]byte, uint64, error) {
	if !f.half && f.fails() {
		return nil, 0, errAway
	}
	return f.memory.Load(ctx)
}

func (f *faulty) CompareAndSwap(ctx context.Context, data []byte, revision uint64) (bool, error) {
	if f.half && f.fails() {
		_, _ = f.memory.CompareAndSwap(ctx, data, revision)
		return false, errAway
	}
	return f.memory.CompareAndSwap(ctx, data, revision)
}

func TestARecordThatCannotBeReached(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		half bool
	}{{"reads fail", false}, {"answers to writes fail", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				record := &faulty{left: 5, half: c.half}
				ls := limiters(t, record, 1, 0, 0)
				between(t, "call", took(t, ls[0]), 4*time.Second, 10*time.Second)
				record.left = 3
				ls[0].Pause(time.Minute)
				<-time.After(10 * time.Second)
				between(t, "call after a pause of a minute", took(t, ls[1]), 45*time.Second, 62*time.Second)
			})
		})
	}
}

func TestARecordThatIsNotReadableBeginsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limiters(t, &memory{data: []byte("{"), revision: 7}, 10, 0)[0]
		between(t, "call", took(t, l), 0, time.Second)
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for _, c := range []struct {
		name string
		busy func(t *testing.T, l *Limiter)
	}{
		{"waiting for its turn", func(t *testing.T, l *Limiter) { took(t, l) }},
		{"waiting for the end of a pause", func(_ *testing.T, l *Limiter) { l.Pause(time.Hour) }},
		{"waiting behind another call", func(t *testing.T, l *Limiter) {
			took(t, l)
			other, stop := context.WithCancel(t.Context())
			t.Cleanup(stop)
			go func() { _ = l.Wait(other) }()
			synctest.Wait()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := New(0.001)
				t.Cleanup(l.Close)
				c.busy(t, l)
				ctx, stop := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { stop(stopped) })
				if err := l.Wait(ctx); !errors.Is(err, stopped) {
					t.Errorf("Wait: got %v, want %v", err, stopped)
				}
			})
		})
	}
}

// On a real broker, by real time.
func TestABrokersSharedValueIsARecord(t *testing.T) {
	t.Parallel()
	_, b := brokertest.Open(t)
	ls := limiters(t, b.SharedValue("rate.slots"), 20, 0, 0)
	var wg sync.WaitGroup
	start := time.Now()
	for _, l := range ls {
		wg.Go(func() {
			for range 10 {
				if err := l.Wait(t.Context()); err != nil {
					t.Errorf("Wait: %v", err)
				}
			}
		})
	}
	wg.Wait()
	between(t, "20 calls at 20 a second", time.Since(start), 800*time.Millisecond, 20*time.Second)

	ls[0].Pause(time.Second)
	ls[0].sharing.Wait() // stored
	start = time.Now()
	if err := ls[1].Wait(t.Context()); err != nil {
		t.Fatalf("Wait: %v", err)
	}
	between(t, "other limiter", time.Since(start), 700*time.Millisecond, 20*time.Second)
}

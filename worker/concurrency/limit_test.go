package concurrency_test

import (
	"testing"
	"time"

	"invoicelink/worker/concurrency"
)

// api is an imitated API: its latency by the number of calls in progress, and
// whether it refuses them.
type api func(at time.Duration, inProgress int) (latency time.Duration, refused bool)

func steady(latency time.Duration) api {
	return func(time.Duration, int) (time.Duration, bool) { return latency, false }
}

// queueing answers as a server does that can work on so many calls at once.
func queueing(latency time.Duration, workers int) api {
	return func(_ time.Duration, n int) (time.Duration, bool) {
		return latency * time.Duration(max(n, workers)) / time.Duration(workers), false
	}
}

// refusing answers 429 to whoever comes while more than so many are in
// progress.
func refusing(latency time.Duration, most int) api {
	return func(_ time.Duration, n int) (time.Duration, bool) { return latency, n > most }
}

// run has the limit drive the API for a time, always with as many calls in
// progress as it allows, and returns the lowest and highest limit of the last
// quarter.
func run(l *concurrency.Limit, a api, from time.Time, lasting time.Duration, waiting int) (low, high int) {
	low = concurrency.Most
	for at := time.Duration(0); at < lasting; {
		n := l.Now()
		took := time.Duration(0)
		for i := range n {
			latency, refused := a(at, n)
			latency += latency * time.Duration(i%5) / 50 // calls differ
			took = max(took, latency)
			began := from.Add(at)
			l.Observe(concurrency.Sample{Op: "link", Began: began, Ended: began.Add(latency), Refused: refused, Busy: n, Waiting: waiting})
		}
		at += took
		if at > lasting*3/4 {
			low, high = min(low, l.Now()), max(high, l.Now())
		}
	}
	return low, high
}

func TestLimitFollowsTheAPI(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name      string
		api       api
		waiting   int // requests that wait for a processor
		lasting   time.Duration
		low, high int // the limit ends between these
	}{
		{"steady latency: to the top", steady(100 * time.Millisecond), 0, 20 * time.Second, concurrency.Most, concurrency.Most},
		{"a fast API as well", steady(time.Millisecond), 0, 5 * time.Second, concurrency.Most, concurrency.Most},
		{"a second a call", steady(time.Second), 0, 40 * time.Second, concurrency.Most, concurrency.Most},
		{"the processors are what is short: stays", steady(100 * time.Millisecond), 3, 20 * time.Second, concurrency.Start, concurrency.Start},
		{"40 at once, then they queue", queueing(100*time.Millisecond, 40), 0, 50 * time.Second, 40, 90},
		{"refuses more than 30", refusing(100*time.Millisecond, 30), 0, 50 * time.Second, 15, 33},
		{"refuses everything", refusing(100*time.Millisecond, 0), 0, 20 * time.Second, concurrency.Least, concurrency.Least},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			low, high := run(concurrency.NewLimit(), c.api, start, c.lasting, c.waiting)
			if low < c.low || high > c.high {
				t.Errorf("limit ends between %d and %d, want between %d and %d", low, high, c.low, c.high)
			}
		})
	}
}

// TestLimitComesBack: after trouble the limit grows again; a slower API is
// taken for the usual one after two epochs.
func TestLimitComesBack(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	l := concurrency.NewLimit()
	run(l, steady(100*time.Millisecond), start, 10*time.Second, 0)
	if got := l.Now(); got != concurrency.Most {
		t.Fatalf("limit %d after a steady start, want %d", got, concurrency.Most)
	}
	run(l, refusing(100*time.Millisecond, 0), start.Add(10*time.Second), 3*time.Second, 0)
	if got := l.Now(); got > 8 {
		t.Errorf("limit %d while everything is refused, want at most 8", got)
	}
	run(l, steady(100*time.Millisecond), start.Add(13*time.Second), 40*time.Second, 0)
	if got := l.Now(); got != concurrency.Most {
		t.Errorf("limit %d after the trouble, want %d", got, concurrency.Most)
	}
	run(l, steady(400*time.Millisecond), start.Add(53*time.Second), 20*time.Second, 0)
	if got := l.Now(); got > concurrency.Most/2 {
		t.Errorf("limit %d when the API became slower, want at most %d", got, concurrency.Most/2)
	}
	run(l, steady(400*time.Millisecond), start.Add(73*time.Second), 5*time.Minute, 0)
	if got := l.Now(); got < concurrency.Most/2 {
		t.Errorf("limit %d when the API stays slower, want it to have grown again", got)
	}
}

// TestLimitShrinksOncePerTrouble: many calls refused at the same moment are one
// trouble.
func TestLimitShrinksOncePerTrouble(t *testing.T) {
	t.Parallel()
	l := concurrency.NewLimit()
	began := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	run(l, steady(100*time.Millisecond), began, 5*time.Second, 0)
	before, now := l.Now(), began.Add(time.Minute/2)
	for range before {
		l.Observe(concurrency.Sample{Op: "link", Began: now, Ended: now.Add(100 * time.Millisecond), Refused: true, Busy: before})
	}
	if got, want := l.Now(), before/2; got != want {
		t.Errorf("limit %d after one burst of refusals, want %d", got, want)
	}
}

package ratelimit

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"invoicelink/worker/ctxtime"
)

// Limiter spreads calls over time. It schedules them in a record that may be
// shared: the moment from which the next call is free, and the pause that the
// API has asked for. A limiter takes the calls of the next tenth of a second
// by compare-and-set and spreads them over that time. So a single busy worker
// has the whole rate, one that joins or dies changes nothing, and there are at
// most ten writes a second and worker, one a call at low rates. Dividing the
// rate by the number of workers was the other choice: it leaves the share of
// idle and of dead workers unused, and exceeds the rate while one joins.
//
// The workers' clocks should agree within a minute. A schedule that is further
// ahead is taken for the work of a wrong clock and begins anew.
type Limiter struct {
	interval time.Duration // between two calls; 0 for no limit
	block    int           // calls taken at once
	record   Record
	log      *slog.Logger
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error

	turn   chan struct{} // held by the call that waits for its moment
	next   time.Time     // of the block taken; guarded by turn
	left   int           // calls left in it; guarded by turn
	looked time.Time     // when the record was last read; guarded by turn

	mu    sync.Mutex
	until time.Time // end of the pause
	seen  time.Time // end of the pause that the record holds, by the clock of whoever stored it

	sharing sync.WaitGroup
	ctx     context.Context // of sharing
	stop    context.CancelFunc
}

// Record is where the schedule is kept; a broker's shared value is one.
type Record interface {
	// Load returns the record and its revision, revision 0 if there is none.
	Load(context.Context) (data []byte, revision uint64, err error)
	// CompareAndSwap replaces the record if it still has the revision, and
	// reports whether it did. After an error nobody knows.
	CompareAndSwap(ctx context.Context, data []byte, revision uint64) (bool, error)
}

const (
	// fresh is how old a look at the record may be when a call is made. It is
	// also the time that a block of calls takes.
	fresh = 100 * time.Millisecond
	// maxAhead is how far ahead of a worker's clock the schedule may be before
	// it is taken for the work of a wrong clock.
	maxAhead = time.Minute
)

// New limits the calls of this process to that many a second; 0 or less means
// no limit, so that only pauses count.
func New(perSecond float64) *Limiter { return NewShared(&memory{}, perSecond, nil) }

// NewShared limits the calls of all limiters on one record together; all should
// be given the same rate. Log may be nil.
func NewShared(record Record, perSecond float64, log *slog.Logger) *Limiter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &Limiter{record: record, log: log, now: time.Now, sleep: ctxtime.Sleep, turn: make(chan struct{}, 1)}
	l.ctx, l.stop = context.WithCancel(context.Background())
	if perSecond > 0 {
		l.interval = time.Duration(float64(time.Second) / perSecond)
		l.block = max(1, int(perSecond*fresh.Seconds()))
	}
	return l
}

// Close ends what Pause has begun.
func (l *Limiter) Close() {
	l.mu.Lock()
	l.stop()
	l.mu.Unlock()
	l.sharing.Wait()
}

// Wait returns when the next call may be made, or with the context's cause.
func (l *Limiter) Wait(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		if err := l.waitPause(ctx); err != nil {
			return err
		}
		switch {
		case l.interval > 0 && (l.left == 0 || l.now().Sub(l.next) > l.span()): // unused calls are not saved up
			if err := l.retry(ctx, l.takeBlock); err != nil {
				return err
			}
			continue // the record may hold a pause
		case l.interval > 0:
			if err := l.sleep(ctx, l.next.Sub(l.now())); err != nil {
				return err
			}
		}
		if l.now().Sub(l.looked) > fresh {
			if err := l.retry(ctx, l.look); err != nil {
				return err
			}
		}
		if l.paused() <= 0 {
			l.next, l.left = l.next.Add(l.interval), l.left-1
			return nil
		}
	}
}

// span is the time that a block's calls take.
func (l *Limiter) span() time.Duration { return time.Duration(l.block) * l.interval }

// retry tries until it is done. A record that cannot be read is waited for.
func (l *Limiter) retry(ctx context.Context, try func(context.Context) (done bool, err error)) error {
	for {
		done, err := try(ctx)
		if done {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		again := jitter(2 * time.Millisecond) // somebody else was first
		if err != nil {
			l.log.Warn("schedule of calls cannot be read; calls wait for it", "error", err)
			again = jitter(time.Second)
		}
		if err := l.sleep(ctx, again); err != nil {
			return err
		}
	}
}

// jitter is d, give or take a fifth.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

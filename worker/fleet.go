package worker

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"invoicelink/worker/broker"
)

// FleetThrottle is the rate of calls to the checkout API of all workers on one
// broker together. Its Wait is the client's, its Pause the worker's, as those
// of Throttle; Run has to run beside them.
//
// The fleet keeps one schedule in the leases' bucket: the moment from which
// the next call is free. A worker takes the next tenth of a second's calls by
// compare-and-set and spreads them over that time. So a single busy worker has
// the whole rate, one that joins or dies changes nothing, and there are at
// most ten writes a second and worker, one a call at low rates. Dividing the
// rate by the number of workers was the other choice: it leaves the share of
// idle and of dead workers unused, and exceeds the rate while one joins.
//
// A pause is the fleet's too: it is stored, and heard by every worker at once.
// Where the broker is away nobody calls; no call could be recorded.
//
// The workers' clocks should agree within a minute. One that is further ahead
// is taken for wrong, and its schedule begins anew.
type FleetThrottle struct {
	interval time.Duration // between two calls; 0 for no limit
	block    int           // calls taken at once
	slots    *broker.Shared
	pauses   *broker.Shared
	log      *slog.Logger
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
	heard    func() // called after each pause that was heard

	turn chan struct{} // held by the call that waits for its moment
	next time.Time     // of the block taken; guarded by turn
	left int           // calls left in it; guarded by turn

	mu    sync.Mutex
	until time.Time     // of the pause
	told  time.Time     // the pause that the fleet knows of
	share chan struct{} // a pause of this worker is to be told
}

// maxAhead is how far ahead of a worker's clock the schedule may be before it
// is taken for the work of a wrong clock.
const maxAhead = time.Minute

// NewFleetThrottle allows that many calls a second to all workers together; 0
// or less means no limit, so that only pauses are shared. All workers should
// be given the same rate. Log may be nil.
func NewFleetThrottle(b *broker.Broker, perSecond float64, log *slog.Logger) *FleetThrottle {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t := &FleetThrottle{
		slots: b.Shared("rate.slots"), pauses: b.Shared("rate.pause"), log: log, now: time.Now, sleep: wait, heard: func() {},
		turn: make(chan struct{}, 1), share: make(chan struct{}, 1),
	}
	if perSecond > 0 {
		t.interval = time.Duration(float64(time.Second) / perSecond)
		t.block = max(1, int(perSecond/10))
	}
	return t
}

// Wait returns when the next call may be made, or with the context's cause.
func (t *FleetThrottle) Wait(ctx context.Context) error {
	if t.interval == 0 {
		return t.waitPause(ctx)
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		if err := t.waitPause(ctx); err != nil {
			return err
		}
		if t.left == 0 || t.now().Sub(t.next) > t.span() { // unused calls are not saved up
			if err := t.takeBlock(ctx); err != nil {
				return err
			}
		}
		at := t.next
		t.next, t.left = at.Add(t.interval), t.left-1
		if err := t.sleep(ctx, at.Sub(t.now())); err != nil {
			return err
		}
		if t.paused() <= 0 {
			return nil
		}
	}
}

// span is the time that a block's calls take.
func (t *FleetThrottle) span() time.Duration { return time.Duration(t.block) * t.interval }

// schedule is the stored moment from which calls are free.
type schedule struct {
	Free time.Time `json:"free"`
}

// takeBlock takes the next calls of the fleet's schedule. A broker that is
// away is waited for.
func (t *FleetThrottle) takeBlock(ctx context.Context) error {
	for {
		ok, err := t.tryBlock(ctx)
		if ok {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		again := jitter(2 * time.Millisecond) // somebody else was first
		if err != nil {
			t.log.Warn("rate limit of the fleet cannot be read; calls wait for it", "error", err)
			again = jitter(time.Second)
		}
		if err := t.sleep(ctx, again); err != nil {
			return err
		}
	}
}

func (t *FleetThrottle) tryBlock(ctx context.Context) (bool, error) {
	data, revision, err := t.slots.Load(ctx)
	if err != nil {
		return false, err
	}
	var s schedule
	if len(data) > 0 {
		if err := json.Unmarshal(data, &s); err != nil {
			t.log.Warn("rate limit of the fleet is not readable and begins anew", "error", err)
		}
	}
	now := t.now()
	start := s.Free
	if start.Before(now) || start.Sub(now) > max(maxAhead, 100*t.span()) {
		start = now
	}
	data, err = json.Marshal(schedule{Free: start.Add(t.span()).UTC()})
	if err != nil {
		return false, err
	}
	ok, err := t.slots.Swap(ctx, data, revision)
	if ok {
		t.next, t.left = start, t.block
	}
	return ok, err
}

// wait sleeps, or returns the context's cause.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

package worker

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Throttle is the rate of calls to the checkout API in this process. Its Wait
// is the client's, its Pause the worker's: when the API asks one call to wait,
// all of them do.
type Throttle struct {
	limit *rate.Limiter
	mu    sync.Mutex
	until time.Time
}

// NewThrottle allows that many calls a second; 0 or less means no limit.
func NewThrottle(perSecond float64) *Throttle {
	if perSecond <= 0 {
		return &Throttle{limit: rate.NewLimiter(rate.Inf, 1)}
	}
	return &Throttle{limit: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/10)))}
}

// Pause keeps every call back for at least that long from now.
func (t *Throttle) Pause(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until := time.Now().Add(d); until.After(t.until) {
		t.until = until
	}
}

// Wait returns when the next call may be made, or with the context's cause.
func (t *Throttle) Wait(ctx context.Context) error {
	for {
		t.mu.Lock()
		left := time.Until(t.until)
		t.mu.Unlock()
		if left <= 0 {
			return t.limit.Wait(ctx)
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

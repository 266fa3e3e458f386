package worker

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// SetClock gives a throttle another clock.
func SetClock(t *FleetThrottle, now func() time.Time, sleep func(context.Context, time.Duration) error) {
	t.now, t.sleep = now, sleep
}

// OnHeard gets a value for each pause that the throttle hears of.
func OnHeard(t *FleetThrottle) <-chan struct{} {
	heard := make(chan struct{}, 16)
	t.heard = func() { heard <- struct{}{} }
	return heard
}

// EndAt makes the worker's goroutine end before the step, as a kill ends it:
// nothing after it is done, no claim is given back and nothing is acknowledged.
func (w *Worker) EndAt(step string, ended func()) {
	var once sync.Once
	w.reached = func(s string) {
		if s == step {
			once.Do(func() {
				ended()
				runtime.Goexit()
			})
		}
	}
}

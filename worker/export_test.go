package worker

import (
	"context"
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

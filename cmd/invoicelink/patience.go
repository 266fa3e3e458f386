package main

import (
	"context"
	"sync/atomic"
	"time"

	"invoicelink/checkout"
)

// lastSuccess remembers when a call to the checkout API last succeeded.
type lastSuccess struct{ at atomic.Int64 }

func (l *lastSuccess) touch() { l.at.Store(time.Now().UnixNano()) }

func (l *lastSuccess) observe(c checkout.Call) {
	if c.Kind == "" {
		l.touch()
	}
}

// watch calls out once no call has succeeded for that long.
func (l *lastSuccess) watch(ctx context.Context, patience time.Duration, out func()) {
	tick := time.NewTicker(min(patience/4+time.Millisecond, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if time.Since(time.Unix(0, l.at.Load())) > patience {
				out()
				return
			}
		}
	}
}

// watchHealth ends the wait when the broker in this process cannot write any
// more: a full disk shows there as publishes that time out, and nowhere else.
func watchHealth(ctx context.Context, health func() error, end context.CancelCauseFunc) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := health(); err != nil && ctx.Err() == nil {
				end(err)
				return
			}
		}
	}
}

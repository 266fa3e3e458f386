// Package ctxtime waits for time to pass without outliving a context. Start
// with [Sleep].
package ctxtime

import (
	"context"
	"time"
)

// Sleep waits for d and returns nil, or returns the context's cause as soon as
// the context ends. Zero and negative durations return at once: nil, or the
// cause of a context that has ended already.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

package ctxtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/worker/ctxtime"
)

func TestSleep(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for _, c := range []struct {
		name       string
		d          time.Duration
		stopAfter  time.Duration // 0: never; negative: before
		wantErr    error
		wantPassed time.Duration
	}{
		{"the whole time", time.Hour, 0, nil, time.Hour},
		{"no time", 0, 0, nil, 0},
		{"negative time", -time.Second, 0, nil, 0},
		{"stopped meanwhile", time.Hour, time.Minute, stopped, time.Minute},
		{"stopped before", time.Hour, -1, stopped, 0},
		{"no time, stopped before", 0, -1, stopped, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				switch {
				case c.stopAfter < 0:
					stop(stopped)
				case c.stopAfter > 0:
					time.AfterFunc(c.stopAfter, func() { stop(stopped) })
				}
				start := time.Now()
				if err := ctxtime.Sleep(ctx, c.d); !errors.Is(err, c.wantErr) {
					t.Errorf("Sleep: got %v, want %v", err, c.wantErr)
				}
				if got := time.Since(start); got != c.wantPassed {
					t.Errorf("passed: got %v, want %v", got, c.wantPassed)
				}
			})
		})
	}
}

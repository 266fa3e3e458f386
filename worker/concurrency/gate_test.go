package concurrency_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"invoicelink/worker/concurrency"
)

func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := concurrency.NewGate(2)
		var in atomic.Int32
		for range 5 {
			go func() {
				if err := g.Enter(t.Context()); err != nil {
					t.Error(err)
				}
				in.Add(1)
			}()
		}
		after := func(what string, want int32, waiting int) {
			t.Helper()
			synctest.Wait()
			if got := in.Load(); got != want || g.Waiting() != waiting {
				t.Errorf("%s: %d let in, %d wait; want %d and %d", what, got, g.Waiting(), want, waiting)
			}
		}
		after("five come to a gate for two", 2, 3)
		g.Resize(3)
		after("room for one more", 3, 2)
		g.Resize(1)
		g.Leave()
		g.Leave()
		after("two leave, which is what the smaller limit takes", 3, 2)
		g.Leave()
		after("the last leaves", 4, 1)

		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() { done <- g.Enter(ctx) }()
		after("another one comes", 4, 2)
		cancel(gone)
		if err := <-done; !errors.Is(err, gone) {
			t.Errorf("who gives up gets %v, want %v", err, gone)
		}
		g.Leave()
		after("its place is not lost", 5, 0)
		g.Leave()
		if err := g.Enter(ctx); !errors.Is(err, gone) {
			t.Errorf("who has given up gets %v where there is room, want %v", err, gone)
		}
	})
}

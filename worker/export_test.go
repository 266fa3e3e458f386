package worker

import (
	"context"
	"runtime"
	"sync"
)

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

// Before calls f once before the step.
func (w *Worker) Before(step string, f func()) {
	var once sync.Once
	w.reached = func(s string) {
		if s == step {
			once.Do(f)
		}
	}
}

// PanicAt makes every step of that name panic.
func (w *Worker) PanicAt(step string) {
	w.reached = func(s string) {
		if s == step {
			panic("panic at " + step)
		}
	}
}

// WatchDue looks after timers that fire, and does nothing else.
func (w *Worker) WatchDue(ctx context.Context) error { return w.watchDue(ctx, ctx) }

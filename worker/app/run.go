package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/ctxtime"
)

// ErrIdle is the cause of a wait that ended because no call to the checkout API
// succeeded for the idle timeout.
var ErrIdle = errors.New("no call to the checkout API succeeded")

// RunWhile runs the worker while job does, and returns job's error. The context
// of job ends early, with the reason as its cause, if the worker cannot go on,
// the broker in this process cannot write, or no call succeeds for the idle
// timeout. If another process does the work, only job runs. Work in progress
// is finished before RunWhile returns.
func (a *App) RunWhile(ctx context.Context, job func(context.Context) error) error {
	if !a.Works() {
		return job(ctx)
	}
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	working, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := a.worker.Run(working); err != nil {
			stop(err)
		}
	})
	a.idle.touch()
	wg.Go(func() { a.idle.watch(waiting, a.config.IdleTimeout, func() { stop(ErrIdle) }) })
	if server := a.store.server; server != nil {
		wg.Go(func() { watchHealth(waiting, server.Health, stop) })
	}
	err := job(waiting)
	stop(err)
	halt()
	wg.Wait()
	return err
}

// Drain waits until no request is left in the queue, those of earlier runs
// included. If others work on the queue as well it returns at once.
func (a *App) Drain(ctx context.Context) error {
	for {
		n, err := a.Broker.Waiting(ctx)
		if err != nil || n == 0 || !a.store.exclusive {
			return err
		}
		if err := ctxtime.Sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// run runs the worker until the context ends. It returns early if no request
// can succeed.
func (a *App) run(ctx context.Context) error {
	working, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	if a.store.server != nil {
		duties, end := context.WithCancel(context.WithoutCancel(ctx)) // also while work in progress is finished
		var wg sync.WaitGroup
		wg.Go(func() { a.restartAfterDiskFull(duties) })
		defer wg.Wait()
		defer end()
	}
	a.store.notifyClosed(func(err error) { halt(fmt.Errorf("NATS server has closed the connection for good: %w", err)) })
	for {
		err := a.worker.Run(working)
		switch {
		case ctx.Err() != nil:
			return nil
		case working.Err() != nil:
			return context.Cause(working)
		case err == nil || errors.Is(err, checkout.ErrCredentials):
			return err
		}
		a.config.Log.Warn("worker ended and begins again", "error", err)
		if ctxtime.Sleep(working, 2*time.Second) != nil && ctx.Err() == nil {
			return context.Cause(working)
		}
	}
}

// restartAfterDiskFull restarts the embedded broker when its disk was full and
// has room again: a stream that has stopped taking messages stays so until
// then.
func (a *App) restartAfterDiskFull(ctx context.Context) {
	const every = 5 * time.Second
	for ctxtime.Sleep(ctx, every) == nil {
		if !a.store.server.Stalled() {
			continue
		}
		a.config.Log.Warn("disk has room again; restarting the broker")
		attempt, cancel := context.WithTimeout(ctx, 5*time.Minute)
		if err := a.store.server.Restart(attempt); err != nil {
			a.config.Log.Error("broker does not restart; tried again", "error", err)
		}
		cancel()
	}
}

// watchHealth ends the wait when the broker in this process cannot write any
// more: a full disk shows there as publishes that time out, and nowhere else.
func watchHealth(ctx context.Context, health func() error, end context.CancelCauseFunc) {
	for ctxtime.Sleep(ctx, 2*time.Second) == nil {
		if err := health(); err != nil {
			end(err)
			return
		}
	}
}

// idleTimer remembers when a call to the checkout API last succeeded.
type idleTimer struct{ last atomic.Int64 }

func (l *idleTimer) touch() { l.last.Store(time.Now().UnixNano()) }

func (l *idleTimer) observe(c checkout.Call) {
	if c.Kind == "" {
		l.touch()
	}
}

// watch calls expired once no call has succeeded for that long; 0 means never.
func (l *idleTimer) watch(ctx context.Context, timeout time.Duration, expired func()) {
	for timeout > 0 && ctxtime.Sleep(ctx, min(timeout/4+time.Millisecond, time.Second)) == nil {
		if time.Since(time.Unix(0, l.last.Load())) > timeout {
			expired()
			return
		}
	}
}

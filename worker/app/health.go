package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"invoicelink/worker/broker"
	"invoicelink/worker/ops"
)

var (
	errStarting = errors.New("still starting")
	errStopping = errors.New("stopping")
	errAway     = errors.New("the NATS server is away")
)

// alive are the checks of /healthz: the process answers, and the broker inside
// it can write. An outside broker or an API that is away is no reason to
// restart this process.
func (v *server) alive() []ops.Check {
	return []ops.Check{{Name: "broker", Run: func(context.Context) error {
		if a := v.app.Load(); a != nil && a.store.server != nil && !v.stopping.Load() {
			return a.store.server.Health()
		}
		return nil
	}}}
}

// readiness are the checks of /readyz: everything that a request needs.
func (v *server) readiness() []ops.Check {
	// opened runs a check once everything is open.
	opened := func(check func(context.Context, *App) error) func(context.Context) error {
		return func(ctx context.Context) error {
			if a := v.app.Load(); a != nil {
				return check(ctx, a)
			}
			if reason := v.waitingFor.Load(); reason != nil {
				return *reason
			}
			return errStarting
		}
	}
	return []ops.Check{
		{Name: "running", Run: func(context.Context) error {
			if v.stopping.Load() {
				return errStopping
			}
			return nil
		}},
		{Name: "broker", Run: opened(func(_ context.Context, a *App) error {
			switch {
			case a.store.server != nil:
				return a.store.server.Health()
			case !a.Broker.Connected():
				return errAway
			}
			return nil
		})},
		{Name: "ledger", Run: opened(func(ctx context.Context, a *App) error {
			_, err := a.Ledger.Owner(ctx)
			return err
		})},
		{Name: "token", Run: opened(func(ctx context.Context, a *App) error {
			return a.account.client.Authenticate(ctx)
		})},
		{Name: "api", Run: opened(func(_ context.Context, a *App) error { return a.worker.Trouble() })},
		{Name: "clock", Run: opened(func(ctx context.Context, a *App) error { return a.worker.ClockTrouble(ctx) })},
	}
}

// stuck is how long a request may wait before somebody should look: delays
// between attempts grow to a minute.
const stuck = 15 * time.Minute

// warnings are the checks of what should be looked at while work still goes on.
func (v *server) warnings() []ops.Check {
	opened := func(check func(context.Context, *App) error) func(context.Context) error {
		return func(ctx context.Context) error {
			if a := v.app.Load(); a != nil && !v.stopping.Load() {
				return check(ctx, a)
			}
			return nil
		}
	}
	return []ops.Check{
		{Name: "replicas", Run: opened(replicasBehind)},
		{Name: "syncs", Run: opened(unsynced())},
		{Name: "requests", Run: opened(func(ctx context.Context, a *App) error {
			oldest, err := a.Broker.OldestWaiting(ctx)
			if err != nil || oldest.IsZero() {
				return err
			}
			if waited := time.Since(oldest); waited > stuck {
				return fmt.Errorf("a request has waited for %s", waited.Round(time.Second))
			}
			return nil
		})},
	}
}

// replicasBehind names each stream that fewer servers hold than shall, and each
// replica that is far behind.
func replicasBehind(ctx context.Context, a *App) error {
	all, err := a.Broker.Replicas(ctx)
	if err != nil {
		return err
	}
	var behind []error
	for _, r := range all {
		if r.Current < r.Wanted || r.Lag > farBehind {
			behind = append(behind, fmt.Errorf("%s is on %d of %d servers, the slowest %d operations behind", r.Stream, r.Current, r.Wanted, r.Lag))
		}
	}
	return errors.Join(behind...)
}

const (
	// configAge is how long the answer of the servers about their configuration
	// counts, and invisibleAge that they give none.
	configAge    = time.Minute
	invisibleAge = time.Hour
)

// unsynced names the servers that would lose what they have acknowledged if all
// of them lost power at once. The embedded broker syncs by itself. Checks of one
// kind do not overlap, so what is remembered needs no lock.
func unsynced() func(context.Context, *App) error {
	var again time.Time
	var last error
	return func(ctx context.Context, a *App) error {
		if a.store.server != nil || time.Now().Before(again) {
			return last
		}
		names, err := a.Broker.Unsynced(ctx)
		switch {
		case errors.Is(err, broker.ErrNotVisible):
			again, last = time.Now().Add(invisibleAge), nil
			return nil
		case err != nil:
			return err
		}
		again, last = time.Now().Add(configAge), nil
		if len(names) > 0 {
			last = fmt.Errorf("%s: sync_interval is not always; if all servers lose power, what they acknowledged since the last sync is lost", strings.Join(names, ", "))
		}
		return last
	}
}

// farBehind is a lag that is no longer the usual one of a replica under load.
const farBehind = 1000

package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

func (t *FleetThrottle) waitPause(ctx context.Context) error {
	for {
		left := t.paused()
		if left <= 0 {
			return ctx.Err()
		}
		if err := t.sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (t *FleetThrottle) paused() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until.Sub(t.now())
}

// Pause keeps every call of the fleet back for at least that long from now. It
// returns at once; this process heeds it at once, the others as soon as the
// broker has told them.
func (t *FleetThrottle) Pause(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	until := t.now().Add(d)
	if !until.After(t.until) {
		return
	}
	t.until = until
	select {
	case t.share <- struct{}{}:
	default: // is about to be told
	}
}

// pause is the stored word. For makes listeners independent of their clocks.
type pause struct {
	Until time.Time     `json:"until"`
	For   time.Duration `json:"for"` // in nanoseconds
}

// Run tells and hears pauses until the context ends.
func (t *FleetThrottle) Run(ctx context.Context) {
	var duties sync.WaitGroup
	duties.Go(func() {
		for ctx.Err() == nil {
			if err := t.pauses.Watch(ctx, t.hear); err != nil && ctx.Err() == nil {
				t.log.Warn("pauses of the fleet are not heard; tried again", "error", err)
				_ = t.sleep(ctx, time.Second)
			}
		}
	})
	duties.Go(func() {
		for {
			select {
			case <-t.share:
				t.tell(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	duties.Wait()
}

func (t *FleetThrottle) hear(data []byte, live bool) {
	defer t.heard()
	var p pause
	if err := json.Unmarshal(data, &p); err != nil {
		t.log.Warn("pause of the fleet is not readable", "error", err)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	until := p.Until
	if limit := t.now().Add(p.For); live || until.After(limit) {
		until = limit // by our own clock
	}
	if until.After(t.until) {
		t.until = until
	}
	if p.Until.After(t.told) {
		t.told = p.Until
	}
}

// tell stores this worker's pause, unless the fleet knows of a longer one.
func (t *FleetThrottle) tell(ctx context.Context) {
	for ctx.Err() == nil {
		ok, err := t.tryTell(ctx)
		if ok {
			return
		}
		if err != nil {
			t.log.Warn("pause is not told to the fleet; tried again", "error", err)
		}
		if t.sleep(ctx, jitter(50*time.Millisecond)) != nil {
			return
		}
	}
}

func (t *FleetThrottle) tryTell(ctx context.Context) (bool, error) {
	t.mu.Lock()
	p := pause{Until: t.until.UTC(), For: t.until.Sub(t.now())}
	known := !t.until.After(t.told)
	t.mu.Unlock()
	if known || p.For <= 0 {
		return true, nil
	}
	data, revision, err := t.pauses.Load(ctx)
	if err != nil {
		return false, err
	}
	var there pause
	if json.Unmarshal(data, &there) == nil && !p.Until.After(there.Until) {
		return true, nil
	}
	if data, err = json.Marshal(p); err != nil {
		return false, fmt.Errorf("tell pause: %w", err)
	}
	return t.pauses.Swap(ctx, data, revision)
}

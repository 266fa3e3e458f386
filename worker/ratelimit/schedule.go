package ratelimit

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"
)

// schedule is the record: what all workers know.
type schedule struct {
	Free  time.Time `json:"free,omitzero"`  // the moment from which calls are free
	Pause pause     `json:"pause,omitzero"` // the last one
}

// pause is what the API has asked for, by the clock of the worker that it asked.
type pause struct {
	Until time.Time     `json:"until"`
	For   time.Duration `json:"for"` // in nanoseconds, from when it was stored
}

// look reads the record for its pause.
func (l *Limiter) look(ctx context.Context) (bool, error) {
	_, _, err := l.load(ctx)
	return err == nil, err
}

// takeBlock takes the next calls of the schedule, unless there is a pause.
func (l *Limiter) takeBlock(ctx context.Context) (bool, error) {
	s, revision, err := l.load(ctx)
	if err != nil || l.paused() > 0 {
		return err == nil, err
	}
	now := l.now()
	start := s.Free
	if start.Before(now) || start.Sub(now) > max(maxAhead, 100*l.span()) {
		start = now
	}
	s.Free = start.Add(l.span()).UTC()
	ok, err := l.store(ctx, s, revision)
	if ok {
		l.next, l.left = start, l.block
	}
	return ok, err
}

func (l *Limiter) load(ctx context.Context) (s schedule, revision uint64, err error) {
	at := l.now()
	data, revision, err := l.record.Load(ctx)
	if err != nil {
		return s, 0, err
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &s); err != nil {
			l.log.Warn("schedule of calls is not readable and begins anew", "error", err)
			s = schedule{}
		}
	}
	l.adoptPause(s.Pause, at.Sub(l.looked))
	l.looked = at
	return s, revision, nil
}

func (l *Limiter) store(ctx context.Context, s schedule, revision uint64) (bool, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return false, err
	}
	return l.record.CompareAndSwap(ctx, data, revision)
}

// adoptPause takes a pause over from the record. One that was stored since the last
// look counts from now, by this worker's own clock; one that may be older ends
// when its worker's clock said.
func (l *Limiter) adoptPause(p pause, sinceLook time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.Until.IsZero() || p.Until.Equal(l.seen) {
		return
	}
	l.seen = p.Until
	until := p.Until
	if limit := l.now().Add(p.For); sinceLook <= p.For || until.After(limit) {
		until = limit
	}
	if until.After(l.until) {
		l.until = until
	}
}

// Pause keeps every call on the record back for at least that long from now.
// It returns at once; this limiter heeds it at once, the others as soon as it
// is stored.
func (l *Limiter) Pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.now().Add(d)
	if !until.After(l.until) {
		return
	}
	l.until = until
	if l.ctx.Err() == nil {
		l.sharing.Go(func() { l.share(until) })
	}
}

// share stores a pause of this worker, unless the record holds a longer one.
func (l *Limiter) share(until time.Time) {
	err := l.retry(l.ctx, func(ctx context.Context) (bool, error) {
		data, revision, err := l.record.Load(ctx)
		if err != nil {
			return false, err
		}
		var s schedule
		if json.Unmarshal(data, &s) != nil {
			s = schedule{}
		}
		left := until.Sub(l.now())
		if left <= 0 || !until.After(s.Pause.Until) {
			return true, nil
		}
		s.Pause = pause{Until: until.UTC(), For: left}
		return l.store(ctx, s, revision)
	})
	if err != nil {
		l.log.Debug("pause is not shared", "error", err) // the process ends
	}
}

// waitPause returns when there is no pause.
func (l *Limiter) waitPause(ctx context.Context) error {
	for {
		left := l.paused()
		if left <= 0 {
			return context.Cause(ctx)
		}
		if err := l.sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (l *Limiter) paused() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until.Sub(l.now())
}

// memory is the record of a single process.
type memory struct {
	mu       sync.Mutex
	data     []byte
	revision uint64
}

func (m *memory) Load(context.Context) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.data), m.revision, nil
}

func (m *memory) CompareAndSwap(_ context.Context, data []byte, revision uint64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.revision != revision {
		return false, nil
	}
	m.data, m.revision = data, revision+1
	return true, nil
}

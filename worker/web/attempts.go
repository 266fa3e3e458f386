package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// Wrong passwords are slowed down by name and by address: a few at once,
	// then one each interval.
	attemptBurst    = 5
	attemptInterval = 30 * time.Second
	maxAttempts     = 20_000
)

// attempts counts tries to log in.
type attempts struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, all: map[string]*rate.Limiter{}}
}

// allow takes one try away from each key and reports whether all of them had
// one left; otherwise wait is how long until they have.
func (a *attempts) allow(keys ...string) (ok bool, wait time.Duration) {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) > maxAttempts {
		for key, l := range a.all {
			if l.TokensAt(now) >= attemptBurst {
				delete(a.all, key)
			}
		}
		if len(a.all) > maxAttempts { // a flood: who is in it shares one limit
			keys = []string{"everybody"}
		}
	}
	for _, key := range keys {
		l := a.all[key]
		if l == nil {
			l = rate.NewLimiter(rate.Every(attemptInterval), attemptBurst)
			a.all[key] = l
		}
		r := l.ReserveN(now, 1)
		if d := r.DelayFrom(now); d > 0 {
			r.CancelAt(now)
			wait = max(wait, d)
		}
	}
	return wait == 0, wait
}

// forgive gives the tries back after a right password.
func (a *attempts) forgive(keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		delete(a.all, key)
	}
}

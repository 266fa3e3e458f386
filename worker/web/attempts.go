package web

import (
	"sync"
	"time"
)

// Wrong passwords are slowed down for a name at an address, and for an address
// whatever the names: a few at once, then one each interval. A name alone is
// never slowed down, so a stranger cannot keep its owner out.
var (
	pairPace    = pace{burst: 5, interval: 30 * time.Second}
	addressPace = pace{burst: 20, interval: 10 * time.Second}
)

// maxAttempts bounds the memory for attempts, 100 bytes each.
const maxAttempts = 20_000

type pace struct {
	burst    int
	interval time.Duration
}

// attempts counts wrong passwords. x/time/rate has no way to give a token back
// later than it was taken.
type attempts struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]*tries
}

// tries are what is left to one key at a moment.
type tries struct {
	pace
	left float64
	at   time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, all: map[string]*tries{}}
}

// begin takes one try away from the name at the address and from the address.
// If none was left, ok is false and wait says how long until there is one.
// After a right password, right gives the address this one try back, and the
// name at the address all: who knows one password cannot guess at another for
// longer.
func (a *attempts) begin(name, address string) (right func(), wait time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	from, pair := a.tries("from "+address, addressPace), a.tries("pair "+address+"\n"+name, pairPace)
	if wait = max(from.wait(), pair.wait()); wait > 0 {
		return nil, wait, false
	}
	from.left--
	pair.left--
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		from.left = min(from.left+1, float64(from.burst))
		pair.left = float64(pair.burst)
	}, 0, true
}

// tries returns what is left to a key now.
func (a *attempts) tries(key string, p pace) *tries {
	now := a.now()
	t := a.all[key]
	if t == nil {
		if len(a.all) >= maxAttempts { // a flood: what is new in it shares one
			key = "flood"
		}
		if t = a.all[key]; t == nil {
			t = &tries{pace: p, left: float64(p.burst), at: now}
			a.all[key] = t
		}
	}
	t.left = min(t.left+float64(now.Sub(t.at))/float64(t.interval), float64(t.burst))
	t.at = now
	return t
}

func (t *tries) wait() time.Duration {
	if t.left >= 1 {
		return 0
	}
	return time.Duration((1 - t.left) * float64(t.interval))
}

// forget drops, when the memory is full, what has all its tries again.
func (a *attempts) forget() {
	if len(a.all) < maxAttempts {
		return
	}
	now := a.now()
	for key, t := range a.all {
		if t.left+float64(now.Sub(t.at))/float64(t.interval) >= float64(t.burst) {
			delete(a.all, key)
		}
	}
}

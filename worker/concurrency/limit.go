package concurrency

import (
	"slices"
	"time"
)

const (
	// Start is the first limit of a controller.
	Start = 8
	// Least is the lowest limit: one call to see how the API is, and one that
	// does the rest of the work meanwhile.
	Least = 2
	// Most is the highest limit. At 100 ms a call and two calls per invoice it
	// allows 1,200 invoices a second, more than one machine can make; the broker
	// keeps at most 1,024 deliveries in progress.
	Most = 256

	// slower is how much slower than its baseline a call may be, as a factor, and
	// slack what is added to it: on a busy machine a call that takes 2 ms takes
	// 12 ms for no fault of the API.
	slower = 1.5
	slack  = 25 * time.Millisecond
	// roundLeast is the fewest calls that are judged together.
	roundLeast = 16
	// epoch is how long a baseline counts. The limit is halved at its end, for
	// as long as it takes to grow back, so that the next baseline is not
	// measured with the queue that the limit itself has made.
	epoch = time.Minute
)

// Sample is the end of one call to the API.
type Sample struct {
	Op      string // operations have different latencies
	Began   time.Time
	Ended   time.Time
	Refused bool // the API was overloaded: 429, 5xx or no answer in time
	Busy    int  // requests in progress when it ended
	// Waiting is how many requests wait for a processor; more in progress would
	// wait there as well.
	Waiting int
}

// Limit is the controller: additive increase, multiplicative decrease, with a
// doubling start. It holds no lock and reads no clock.
type Limit struct {
	now       int
	threshold int // doubling ends here; 0 for not known yet

	base    map[string]time.Duration // lowest latency of this epoch, by operation
	earlier map[string]time.Duration // of the epoch before
	since   time.Time                // the epoch's begin

	excess  []float64 // of this round: latency by what is allowed
	busy    int       // most in progress in this round
	waiting int       // least that waited in this round
	shrunk  time.Time // when it was last reduced; calls begun before say nothing
}

// NewLimit returns a controller at Start.
func NewLimit() *Limit {
	return &Limit{now: Start, base: map[string]time.Duration{}, earlier: map[string]time.Duration{}}
}

// Now returns the limit, between Least and Most.
func (l *Limit) Now() int { return l.now }

// Observe takes the end of a call into account and returns the limit.
func (l *Limit) Observe(s Sample) int {
	if s.Began.Before(l.shrunk) {
		return l.now
	}
	if s.Refused {
		l.shrink(0.5, s.Ended)
		return l.now
	}
	if l.since.IsZero() {
		l.since = s.Ended
	}
	if s.Ended.Sub(l.since) >= epoch {
		l.nextEpoch(s.Ended)
		return l.now
	}
	took := s.Ended.Sub(s.Began)
	if base, known := l.base[s.Op]; !known || took < base {
		l.base[s.Op] = took
	}
	allowed := float64(l.baseline(s.Op))*slower + float64(slack)
	if l.excess = append(l.excess, float64(took)/allowed); len(l.excess) == 1 {
		l.busy, l.waiting = s.Busy, s.Waiting
	}
	l.busy, l.waiting = max(l.busy, s.Busy), min(l.waiting, s.Waiting)
	if len(l.excess) >= max(roundLeast, l.now) {
		l.endRound(s.Ended)
	}
	return l.now
}

// baseline is the lowest latency of this epoch and the one before.
func (l *Limit) baseline(op string) time.Duration {
	if before, known := l.earlier[op]; known {
		return min(before, l.base[op])
	}
	return l.base[op]
}

// endRound judges as many calls as can be in progress at once.
func (l *Limit) endRound(at time.Time) {
	slices.Sort(l.excess)
	median := l.excess[len(l.excess)/2]
	l.excess = l.excess[:0]
	switch {
	case median > 1:
		l.shrink(0.8, at)
	case l.busy < l.now*3/4 || l.waiting > 0: // the limit is not what holds it back
	case l.threshold == 0 || 2*l.now <= l.threshold:
		l.now = min(2*l.now, Most)
	default:
		l.now = min(l.now+max(1, l.now/16), Most)
	}
}

func (l *Limit) shrink(factor float64, at time.Time) {
	l.now = max(int(float64(l.now)*factor), Least)
	l.threshold, l.shrunk, l.excess = max(l.now, 2), at, l.excess[:0]
}

func (l *Limit) nextEpoch(at time.Time) {
	l.earlier, l.base, l.since = l.base, map[string]time.Duration{}, at
	before := l.now
	l.shrink(0.5, at)
	l.threshold = before
}

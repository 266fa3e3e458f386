package checkout

import (
	"net/http"
	"sync"
	"time"
)

// clockMemory is how long a good measurement is preferred to a later, rougher
// one: clocks drift slowly, and an answer can be slow by itself.
const clockMemory = 10 * time.Minute

// clockOffset is the best recent measurement of the API's clock.
type clockOffset struct {
	mu             sync.Mutex
	offset, within time.Duration
	at             time.Time // zero before the first
}

// note measures by an answer's Date header, which is cut to whole seconds. An
// answer from a cache (Age, RFC 9111 section 5.1) has an old date.
func (c *clockOffset) note(h http.Header, sent, answered time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" {
		return
	}
	half := max(answered.Sub(sent), 0) / 2
	offset, within := date.Add(500*time.Millisecond).Sub(sent.Add(half)), 500*time.Millisecond+half
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || within <= c.within || answered.Sub(c.at) > clockMemory {
		c.offset, c.within, c.at = offset, within, answered
	}
}

// ClockOffset is how far the API's clock is ahead of [Config.Now], negative if
// it is behind, as the Date headers of its answers show; the truth lies within
// offset ± within, half a second at best. A difference of more than within
// makes printed ends of links wrong by as much. Before the first answer with a
// date known is false.
func (c *Client) ClockOffset() (offset, within time.Duration, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return c.clock.offset, c.clock.within, !c.clock.at.IsZero()
}

package paypage

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// crawlingAtOnce is how many requests of ranges with too many misses are
	// looked at at a time.
	crawlingAtOnce = 4
	// crawlWithin is how long such a request waits for its turn, crawlTime how
	// long it has it.
	crawlWithin = 3 * time.Second
	crawlTime   = 500 * time.Millisecond
)

// enter lets a request look for a token. Visitors of a range with too many
// misses take turns: a payer among them still gets to the page, and nobody
// guesses faster than that.
func (p *Page) enter(r *http.Request) (leave func(), ok bool) {
	if p.misses.left(rangeOf(p.client(r))) {
		return func() {}, true
	}
	wait := time.NewTimer(crawlWithin)
	defer wait.Stop()
	select {
	case p.crawling <- struct{}{}:
		return func() { time.AfterFunc(crawlTime, func() { <-p.crawling }) }, true
	case <-wait.C:
	case <-r.Context().Done():
	}
	return nil, false
}

// client is the visitor's address: what a trusted proxy saw, otherwise the
// peer's.
func (p *Page) client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	if slices.ContainsFunc(p.config.Proxies, func(n netip.Prefix) bool { return n.Contains(addr) }) {
		seen := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if named, err := netip.ParseAddr(strings.TrimSpace(seen[len(seen)-1])); err == nil {
			return named.Unmap()
		}
	}
	return addr
}

// rangeOf is what one visitor can have many addresses of.
func rangeOf(a netip.Addr) string {
	bits := 64
	if a.Is4() {
		bits = 24
	}
	n, err := a.Prefix(bits)
	if err != nil {
		return "none"
	}
	return n.String()
}

// paces lets each key do something a few times at once, and then once in a
// while.
type paces struct {
	now   func() time.Time
	burst int
	every time.Duration

	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// maxPaces bounds the memory, 100 bytes each.
const maxPaces = 20_000

func newPaces(now func() time.Time, burst int, every time.Duration) *paces {
	return &paces{now: now, burst: burst, every: every, all: map[string]*rate.Limiter{}}
}

// take uses one up and reports whether there was one.
func (p *paces) take(key string) bool { return p.of(key).AllowN(p.now(), 1) }

// left reports whether there is one.
func (p *paces) left(key string) bool { return p.of(key).TokensAt(p.now()) >= 1 }

func (p *paces) of(key string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.all[key]; l != nil {
		return l
	}
	if len(p.all) >= maxPaces { // forget who has all again
		now := p.now()
		for known, l := range p.all {
			if l.TokensAt(now) >= float64(p.burst) {
				delete(p.all, known)
			}
		}
		if len(p.all) >= maxPaces { // a flood: what is new in it shares one
			key = "flood"
			if l := p.all[key]; l != nil {
				return l
			}
		}
	}
	l := rate.NewLimiter(rate.Every(p.every), p.burst)
	p.all[key] = l
	return l
}

package concurrency

import (
	"context"
	"sync"
)

// Gate lets as many callers in as its limit says. It is safe for concurrent
// use.
type Gate struct {
	mu    sync.Mutex
	limit int
	in    int
	queue []chan struct{} // of those who wait, oldest first
}

// NewGate returns a gate for that many.
func NewGate(limit int) *Gate { return &Gate{limit: limit} }

// Enter waits until there is room, or until the context ends and then returns
// its cause. Who got in has to leave.
func (g *Gate) Enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	g.mu.Lock()
	if g.in < g.limit && len(g.queue) == 0 {
		g.in++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.queue = append(g.queue, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, waiting := range g.queue {
		if waiting == turn {
			g.queue = append(g.queue[:i], g.queue[i+1:]...)
			return context.Cause(ctx)
		}
	}
	g.in-- // let in at the same moment
	g.admit()
	return context.Cause(ctx)
}

// Leave makes room.
func (g *Gate) Leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	g.admit()
}

// Resize changes the limit. Who is in stays in.
func (g *Gate) Resize(limit int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = limit
	g.admit()
}

// Limit returns the limit.
func (g *Gate) Limit() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limit
}

// Waiting returns how many wait to be let in.
func (g *Gate) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue)
}

// admit lets those in for whom there is room. The caller holds the lock.
func (g *Gate) admit() {
	for g.in < g.limit && len(g.queue) > 0 {
		close(g.queue[0])
		g.queue = g.queue[1:]
		g.in++
	}
}

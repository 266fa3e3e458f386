package archive

import "sync"

// groupSync lets many wait for one sync of a directory. A sync that begins
// after a name was made covers the name, so whoever comes while one runs
// waits for the next, together with all the others that came meanwhile.
type groupSync struct {
	sync func() error

	mu      sync.Mutex
	running bool
	next    *round
}

type round struct {
	done chan struct{}
	err  error
}

// wait returns when a sync that began after the call has ended.
func (g *groupSync) wait() error {
	g.mu.Lock()
	if g.running {
		if g.next == nil {
			g.next = &round{done: make(chan struct{})}
		}
		r := g.next
		g.mu.Unlock()
		<-r.done
		return r.err
	}
	g.running = true
	g.mu.Unlock()

	err := g.sync()
	g.mu.Lock()
	g.pass()
	g.mu.Unlock()
	return err
}

// pass runs the round that has gathered, if any. The lock is held.
func (g *groupSync) pass() {
	r := g.next
	g.next = nil
	if r == nil {
		g.running = false
		return
	}
	go func() {
		r.err = g.sync()
		close(r.done)
		g.mu.Lock()
		g.pass()
		g.mu.Unlock()
	}()
}

// Package groupsync lets many callers share one run of an expensive operation
// that covers all of them. [Group] does that for any operation, [Disk] for
// bringing files to disk, over all packages that write to one file system.
package groupsync

import "sync"

// Group shares runs of Sync. The zero value with Sync set is ready for use.
type Group struct {
	// Sync is run by one goroutine at a time, for that many callers. What was
	// written before it began is covered when it returns nil.
	Sync func(callers int) error

	mu      sync.Mutex
	running bool
	next    *round
}

type round struct {
	callers int
	done    chan struct{}
	err     error
}

// Wait returns when a Sync that began after the call has ended, with its
// error. A caller that comes while one runs waits for the next one, together
// with all others that came meanwhile.
func (g *Group) Wait() error {
	g.mu.Lock()
	if g.running {
		if g.next == nil {
			g.next = &round{done: make(chan struct{})}
		}
		r := g.next
		r.callers++
		g.mu.Unlock()
		<-r.done
		return r.err
	}
	g.running = true
	g.mu.Unlock()

	err := g.Sync(1)
	g.mu.Lock()
	g.pass()
	g.mu.Unlock()
	return err
}

// pass runs the round that has gathered, if any. The lock is held.
func (g *Group) pass() {
	r := g.next
	g.next = nil
	if r == nil {
		g.running = false
		return
	}
	go func() {
		r.err = g.Sync(r.callers)
		close(r.done)
		g.mu.Lock()
		g.pass()
		g.mu.Unlock()
	}()
}

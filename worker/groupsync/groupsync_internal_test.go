package groupsync

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// Whoever waits gets a sync that began after the call, and those that wait at
// the same time share it, its error too.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := 0
		release := make(chan error)
		g := Group{}
		covered := 0
		g.Sync = func(callers int) error {
			began++
			covered = callers
			return <-release
		}
		first := make(chan error, 1)
		go func() { first <- g.Wait() }()
		synctest.Wait()
		if began != 1 {
			t.Fatalf("%d syncs have begun, want 1", began)
		}
		late := make(chan error, 10)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { late <- g.Wait() })
		}
		synctest.Wait()
		if began != 1 || len(late) != 0 {
			t.Fatalf("%d syncs have begun, %d waits ended on one that began before them", began, len(late))
		}
		release <- nil
		synctest.Wait()
		if err := <-first; err != nil || began != 2 || covered != 10 || len(late) != 0 {
			t.Fatalf("first %v, %d syncs, the second for %d callers, %d waits ended early", err, began, covered, len(late))
		}
		broken := errors.New("input/output error")
		release <- broken
		all.Wait()
		for range 10 {
			if err := <-late; !errors.Is(err, broken) {
				t.Errorf("got %v, want the error of the sync", err)
			}
		}
		again := make(chan error, 1)
		go func() { again <- g.Wait() }()
		synctest.Wait()
		if began != 3 {
			t.Errorf("%d syncs, want 3: nobody waited and one comes anew", began)
		}
		release <- nil
		if err := <-again; err != nil {
			t.Error(err)
		}
	})
}

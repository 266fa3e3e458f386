package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// smallHeap is how large the heap may become before it is collected, however
	// little of it is alive. An invoice allocates 1 MB, so that with Go's own
	// setting a run with 20 MB alive collects for every 20 invoices: 9 % of its
	// CPU time in a profile.
	smallHeap = 192 << 20
	// largeHeap is what the heap should stay below: with a million outstanding
	// links about 700 MB are alive, and the process should fit into 1 GB.
	largeHeap = 900 << 20
)

// gcPercent is the setting of the garbage collector for a heap of which so many
// bytes are alive: Go's own 100, more as long as the heap is small, and less
// where twice what is alive would be above largeHeap.
func gcPercent(alive uint64) int {
	if alive == 0 {
		return 400
	}
	target := min(max(2*alive, smallHeap), max(largeHeap, alive+alive/4))
	return int(min(100*(target-alive)/alive, 400))
}

// tuneMemory sets the garbage collector by what is alive, after each
// collection, unless the user has set it by GOGC or GOMEMLIMIT.
func tuneMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(gcPercent(0))
	afterCollection(&collected{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, percent: gcPercent(0)})
}

// collected finds out what a collection has left alive.
type collected struct {
	sample  []metrics.Sample
	percent int
}

// afterCollection has the setting looked at after the next collection, which
// finds a new object without a reference, and then again.
func afterCollection(c *collected) {
	mark := new([16]byte)
	runtime.SetFinalizer(mark, func(*[16]byte) {
		metrics.Read(c.sample)
		if percent := gcPercent(c.sample[0].Value.Uint64()); percent != c.percent {
			c.percent = percent
			debug.SetGCPercent(percent)
		}
		afterCollection(c)
	})
}

package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

const (
	// smallHeap is how large the heap may become before it is collected, however
	// little of it is alive. An invoice allocates 0.6 MB, so that with Go's own
	// setting a run with 20 MB alive collects for every 35 invoices: 9 % of its
	// CPU time in a profile.
	smallHeap = 192 << 20
	// commandMemory is what a command should stay below, so that a run of
	// 100,000 invoices fits into 400 MB with the 40 MB of the program itself.
	commandMemory = 350 << 20
	// serverMemory is the same of a server: with a million outstanding links
	// about 700 MB are alive, and the process should fit into 1 GB.
	serverMemory = 960 << 20
)

// mostMemory is what this process should stay below.
var mostMemory atomic.Int64

// gcSettings are those of the garbage collector for a heap of which so many
// bytes are alive, where the memory should stay below most: the growth in percent
// after which it is collected, Go's own 100 or more as long as the heap is small; and
// the limit from which it is collected earlier. The limit leaves a quarter of
// what is alive as room, since without any the collector would run all the time.
func gcSettings(alive uint64, most int64) (percent int, limit int64) {
	if alive == 0 {
		return 400, most
	}
	percent = int(min(100*(max(2*alive, smallHeap)-alive)/alive, 400))
	return percent, max(most, int64(alive+alive/4)+64<<20)
}

// tuneMemory sets the garbage collector by what is alive, after each
// collection, unless the user has set it by GOGC or GOMEMLIMIT.
func tuneMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	mostMemory.Store(commandMemory)
	c := &collected{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	c.set(0)
	afterCollection(c)
}

// collected finds out what a collection has left alive.
type collected struct {
	sample  []metrics.Sample
	percent int
	limit   int64
}

func (c *collected) set(alive uint64) {
	percent, limit := gcSettings(alive, mostMemory.Load())
	if percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
	if limit != c.limit {
		c.limit = limit
		debug.SetMemoryLimit(limit)
	}
}

// afterCollection has the settings looked at after the next collection, which
// finds a new object without a reference, and then again.
func afterCollection(c *collected) {
	mark := new([16]byte)
	runtime.SetFinalizer(mark, func(*[16]byte) {
		metrics.Read(c.sample)
		c.set(c.sample[0].Value.Uint64())
		afterCollection(c)
	})
}

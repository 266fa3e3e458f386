package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// memoryUse says how a process should use memory.
type memoryUse struct {
	// small is how many bytes the heap may have before it is collected, however
	// little of them is alive.
	small uint64
	// most is how many bytes the process should stay below, without the 40 MB of
	// the program itself.
	most int64
}

var (
	// reading is the use of a command that reads: a list next to a server takes
	// 150 MB, and 240 with the small heap of those that print pages.
	reading = memoryUse{most: 350 << 20}
	// printing is the use of a command that prints pages: 100,000 invoices fit
	// into 400 MB. An invoice allocates 0.6 MB, so that with Go's own setting a
	// run with 20 MB alive collects for every 35 invoices: 9 % of its CPU time in
	// a profile.
	printing = memoryUse{small: 192 << 20, most: 350 << 20}
	// serving is the use of a server: with a million outstanding links about
	// 700 MB are alive, and the process should fit into 1 GB.
	serving = memoryUse{small: 192 << 20, most: 960 << 20}
)

// memory is the use of this process.
var memory atomic.Pointer[memoryUse]

// settings are those of the garbage collector for a heap of which so many bytes
// are alive: the growth in percent after which it is collected, Go's own 100 or
// more as long as the heap is small; and the limit of memory from which it is
// collected earlier. The limit leaves a quarter of what is alive as room, since
// without any the collector would run all the time.
func (u *memoryUse) settings(alive uint64) (percent int, limit int64) {
	if alive == 0 {
		return 100, u.most
	}
	percent = int(min(100*(max(2*alive, u.small)-alive)/alive, 400))
	return percent, max(u.most, int64(alive+alive/4)+64<<20)
}

// tuneMemory sets the garbage collector by what is alive, after each
// collection, unless the user has set it by GOGC or GOMEMLIMIT.
func tuneMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	memory.Store(&reading)
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
	percent, limit := memory.Load().settings(alive)
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

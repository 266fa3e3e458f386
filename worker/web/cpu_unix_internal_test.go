//go:build unix

package web

import (
	"syscall"
	"testing"
	"time"
)

func BenchmarkPagesOf100000Invoices(b *testing.B) {
	d := deskOf(b, filled(100_000, time.Now()))
	for _, path := range pagesOf100000 {
		b.Run(path, func(b *testing.B) {
			before := cpuTime(b)
			for b.Loop() {
				b.ReportMetric(float64(d.answer(path).Body.Len()), "bytes/page")
			}
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/page")
		})
	}
}

// cpuTime is what this process has used: it does not grow while others have the
// processor.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

//go:build unix

package sandbox_test

import (
	"syscall"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// cpuTime is what this process has used, of user and system time.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLink is one link call in process, its QR code included.
func BenchmarkLink(b *testing.B) {
	for _, form := range []string{"png", "png-gray", "jpeg"} {
		b.Run(form, func(b *testing.B) {
			s, err := sandbox.Open(sandbox.Config{Dir: b.TempDir(), Prefix: prefix, Switches: sandbox.Switches{QRImage: form}})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			c, err := checkout.New(checkout.Config{BaseURL: "https://sandbox.invalid" + prefix, Username: "sandbox", Password: "sandbox", Transport: s.RoundTripper()})
			if err != nil {
				b.Fatal(err)
			}
			session, err := c.CreateSession(b.Context(), order("o-1"))
			if err != nil {
				b.Fatal(err)
			}
			request := fortnight
			request.Size = 500
			before := cpuTime(b)
			for b.Loop() {
				if _, err := c.CreateLink(b.Context(), session.ID, request); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

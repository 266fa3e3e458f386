//go:build unix

package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
)

// BenchmarkWorkerCPU is the CPU time per invoice of a process that runs with an
// API in another one, without what a run of one invoice takes: with the garbage
// collector as Go sets it, and as the program does. With
// INVOICELINK_TEST_CPU_PROFILE set it leaves a profile there.
func BenchmarkWorkerCPU(b *testing.B) {
	const invoices = 1500
	api, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(api)
	b.Cleanup(func() {
		if err := api.Close(); err != nil {
			b.Error(err)
		}
		web.Close()
	})
	run := func(b *testing.B, n int, env ...string) (cpu, wall time.Duration, rss int64) {
		dir := b.TempDir()
		var list strings.Builder
		list.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n")
		for i := range n {
			fmt.Fprintf(&list, "C-%05d,2026-11-20,2026-12-20,EUR,Sample Buyer,Consulting,1,%d.50,25\n", i, i+1)
		}
		for name, data := range map[string]string{"seller.yaml": killSeller, "list.csv": list.String()} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		cmd := benchChild(b, dir, "run", "--checkout-url", web.URL, "--checkout-username", sandbox.DefaultUsername,
			"--seller", "seller.yaml", "--data", "data", "list.csv")
		cmd.Env = append(append(cmd.Env, "INVOICELINK_CHECKOUT_PASSWORD="+sandbox.DefaultPassword), env...)
		cmd.Stderr = nil
		start := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), time.Since(start), maxRSS(cmd)
	}
	for name, env := range map[string]string{"as-Go-collects": "GOGC=100", "as-it-is": "GOGC="} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				base, _, _ := run(b, 1, env)
				cpu, wall, rss := run(b, invoices, env)
				b.ReportMetric(float64((cpu-base).Microseconds())/1000/invoices, "ms-cpu/invoice")
				b.ReportMetric(invoices/wall.Seconds(), "invoices/s")
				b.ReportMetric(float64(rss)/(1<<20), "MB-rss")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	qrcode "github.com/skip2/go-qrcode"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/testkit/tool"
)

// benchAPI serves an API in this process and returns the flags for a program
// that uses it, and its environment.
func benchAPI(b *testing.B) (flags, env []string) {
	b.Helper()
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
	return []string{"--checkout-url", web.URL, "--checkout-username", sandbox.DefaultUsername}, []string{"INVOICELINK_CHECKOUT_PASSWORD=" + sandbox.DefaultPassword}
}

// benchRun is what a run took in a process of its own.
type benchRun struct {
	cpu, wall time.Duration
	peak      int64 // bytes of memory at most
}

// benchRunOf runs the program on a list of n invoices with one line each.
func benchRunOf(b *testing.B, n int, flags, env []string) (r benchRun) {
	b.Helper()
	dir := b.TempDir()
	var list strings.Builder
	list.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %\n")
	for i := range n {
		fmt.Fprintf(&list, "C-%06d,2026-11-20,2026-12-20,EUR,Sample Buyer,Consulting,1,%d.50,25\n", i, i+1)
	}
	for name, data := range map[string]string{"seller.yaml": killSeller, "list.csv": list.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	cmd := benchChild(b, dir, append([]string{"run", "--seller", "seller.yaml", "--data", "data", "list.csv"}, flags...)...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = nil
	start := time.Now()
	r.peak = peakOf(b, cmd)
	r.wall, r.cpu = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	return r
}

// BenchmarkWorkerCPU is the CPU time per invoice of a process that runs with an
// API in another one, without what a run of one invoice takes: with the garbage
// collector as Go sets it, and as the program does. It is compared with a page
// of the same invoice by fpdf alone, drawn right after it. With
// INVOICELINK_TEST_CPU_PROFILE set it leaves a profile there.
func BenchmarkWorkerCPU(b *testing.B) {
	const invoices = 1500
	flags, env := benchAPI(b)
	for name, gc := range map[string]string{"as-Go-collects": "GOGC=100", "as-it-is": "GOGC="} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				base := benchRunOf(b, 1, flags, append(env, gc))
				r := benchRunOf(b, invoices, flags, append(env, gc))
				each := (r.cpu - base.cpu) / invoices
				b.ReportMetric(float64(each.Microseconds())/1000, "ms-cpu/invoice")
				b.ReportMetric(float64(each)/float64(plainPage(b)), "×/plain-fpdf")
				b.ReportMetric(invoices/r.wall.Seconds(), "invoices/s")
				b.ReportMetric(float64(r.peak)/(1<<20), "MB-peak")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkRunMemory is the most memory that a run takes, and its CPU time per
// invoice without what a run of one invoice takes, by the number of invoices:
// with the API in another process, and with the sandbox in its own. The last
// size takes minutes and belongs to the long tests.
func BenchmarkRunMemory(b *testing.B) {
	sizes := []int{1000, 20_000}
	if tool.IsLong() {
		sizes = append(sizes, 100_000)
	}
	flags, env := benchAPI(b)
	for _, c := range []struct {
		name       string
		flags, env []string
	}{{"API-elsewhere", flags, env}, {"sandbox", []string{"--sandbox"}, nil}} {
		b.Run(c.name, func(b *testing.B) {
			for _, n := range sizes {
				b.Run(strconv.Itoa(n), func(b *testing.B) {
					for b.Loop() {
						base := benchRunOf(b, 1, c.flags, c.env)
						r := benchRunOf(b, n, c.flags, c.env)
						b.ReportMetric(float64(r.peak)/(1<<20), "MB-peak")
						b.ReportMetric(float64((r.cpu-base.cpu).Microseconds())/1000/float64(n), "ms-cpu/invoice")
						b.ReportMetric(float64(n)/r.wall.Seconds(), "invoices/s")
						b.ReportMetric(0, "ns/op")
					}
				})
			}
		})
	}
}

// plainPage is the CPU time of a page of such an invoice by fpdf as its manual
// shows it, with the same fonts and a finished image of the code.
func plainPage(b *testing.B) time.Duration {
	b.Helper()
	const pages = 50
	code, err := qrcode.Encode("https://pay.example.com/pay/5pbegzdszf6hdana5hfwdc7tsu", qrcode.Medium, 480)
	if err != nil {
		b.Fatal(err)
	}
	before := ownCPU(b)
	for i := range pages {
		doc := fpdf.New("P", "mm", "A4", "")
		doc.AddUTF8FontFromBytes("f", "", liberationsansregular.TTF)
		doc.AddUTF8FontFromBytes("f", "B", liberationsansbold.TTF)
		doc.AddPage()
		for row, text := range []string{
			"Invoice", "Sample Seller ApS", "VAT ID DK12345674", "Sample Buyer", fmt.Sprintf("Invoice number C-%06d", i), "Issue date 20 November 2026", "Due date 20 December 2026",
			"Description", "Quantity", "Unit price", "VAT %", "Net", "Consulting", "1", "1,562.50", "25 %", "1,562.50",
			"Net 1,562.50 EUR", "VAT 25 % 390.63 EUR", "Total 1,953.13 EUR", "Scan or click to pay", "Page 1 of 1",
		} {
			style := ""
			if row%5 == 0 {
				style = "B"
			}
			doc.SetFont("f", style, 9)
			doc.CellFormat(0, 6, text, "", 1, "L", false, 0, "")
		}
		doc.RegisterImageOptionsReader("code", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code))
		doc.ImageOptions("code", 150, 220, 30, 30, false, fpdf.ImageOptions{}, 0, "https://pay.example.com/pay/5pbegzdszf6hdana5hfwdc7tsu")
		var out bytes.Buffer
		if err := doc.Output(&out); err != nil {
			b.Fatal(err)
		}
	}
	return (ownCPU(b) - before) / pages
}

// ownCPU is the CPU time that this process has used.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package broker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// BenchmarkOutstanding keeps 100,000 invoices with a living link: a record and
// a timer each. It reports what they take in memory and on disk, and how long
// the next start takes. Run it with -benchtime 1x.
func BenchmarkOutstanding(b *testing.B) {
	const invoices = 100_000
	for range b.N {
		dir := filepath.Join(b.TempDir(), "data")
		before := heap()
		server, err := embedded.Start(b.Context(), embedded.Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		conn, err := server.Connect()
		if err != nil {
			b.Fatal(err)
		}
		store, err := broker.Open(b.Context(), conn, broker.Options{})
		if err != nil {
			b.Fatal(err)
		}
		l := ledger.Open(store.LedgerBucket(), store.Documents(), store.Owners(), nil)
		over := time.Now().Add(30 * 24 * time.Hour)
		var wg sync.WaitGroup
		for hand := range 16 {
			wg.Go(func() {
				for i := hand; i < invoices; i += 16 {
					number := fmt.Sprintf("N-%06d", i)
					r := ledger.Record{Number: number, State: ledger.Issued, Total: invoice.Money{Amount: "125", Currency: "EUR"}, Payable: invoice.Money{Amount: "125", Currency: "EUR"}, Buyer: "Sample Buyer GmbH",
						Link: &ledger.Link{Revision: 1, ID: "bb712681-3dff-41b5-8880-2ce9529aa505", URL: "https://pay.example.com/" + number,
							CreatedAt: time.Now(), ValidUntil: over, ExpiredBy: over, By: ledger.Act{Reason: "issue"}, QR: make([]byte, 211), Size: 41}}
					if err := l.Update(b.Context(), ledger.New(number), func(ledger.Record) (ledger.Record, error) { return r, nil }); err != nil {
						b.Error(err)
						return
					}
					payload, _ := json.Marshal(map[string]any{"number": number, "revision": 1}) // a map of text and number
					if err := store.SetTimer(b.Context(), number, over.Add(time.Duration(i)*time.Millisecond), payload); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(heap()-before)/(1<<20), "MB-heap")
		conn.Close()
		if err := server.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(size(b, dir))/(1<<20), "MB-disk")
		start := time.Now()
		if server, err = embedded.Start(b.Context(), embedded.Config{Dir: dir}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s-start")
		if err := server.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func size(b *testing.B, dir string) (n int64) {
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

package archive_test

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"invoicelink/worker/archive"
)

// BenchmarkPut stores new PDFs of 40 KB, alone and by eight at a time.
func BenchmarkPut(b *testing.B) {
	pdf := bytes.Repeat([]byte("0123456789abcdef"), 2560)
	for _, kind := range []string{"directory", "object store"} {
		for _, workers := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", kind, workers), func(b *testing.B) {
				var a archive.Archive
				var err error
				if kind == "directory" {
					a, err = archive.Dir(b.TempDir())
				} else {
					a, err = archive.Objects(b.Context(), broker(b), archive.ObjectsOptions{})
				}
				if err != nil {
					b.Fatal(err)
				}
				var next atomic.Int64
				b.SetParallelism(max(1, workers/2)) // of two processors
				b.SetBytes(int64(len(pdf)))
				store := func() {
					d := archive.Document{Number: fmt.Sprint("INV-", next.Add(1)), Revision: 1, Data: pdf}
					if _, err := a.Put(b.Context(), d, nil); err != nil {
						b.Error(err)
					}
				}
				if workers == 1 {
					for b.Loop() {
						store()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						store()
					}
				})
			})
		}
	}
}

package batch_test

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"runtime"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/batch"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// TestUploadTakesLittleMemory: an upload keeps its invoices and answers packed.
// As structures they take 3,500 bytes for each invoice. No other test runs at the
// same time, since this one is not parallel.
func TestUploadTakesLittleMemory(t *testing.T) {
	const invoices, most = 5000, 900
	var numbers []string
	for i := range invoices {
		numbers = append(numbers, fmt.Sprintf("A-%05d", i))
	}
	id, path := batch.NewID(), file(t, "list.csv", list(numbers...))
	before := alive()
	u := read(t, id, path, "")
	for i, number := range numbers {
		testkit.Must(t, u.Recall(map[string]event.Status{fmt.Sprintf("%s-%d", id, i+1): issuedStatus(id, i, number)}))
	}
	got := (alive() - before) / invoices
	t.Logf("%d bytes an invoice", got)
	if c := u.Count(); c.Good != invoices || got > most {
		t.Errorf("%d issued with %d bytes each, want %d with at most %d", c.Good, got, invoices, most)
	}
	runtime.KeepAlive(numbers)
}

// alive is how many bytes of the heap a collection leaves.
func alive() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// issuedStatus is an answer as a worker gives it, with digests and ids of its own.
func issuedStatus(id string, i int, number string) event.Status {
	random := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		return hex.EncodeToString(b)
	}
	now := time.Now().UTC()
	return event.Status{
		Number: number, Key: invoice.Key(number), Kind: invoice.KindInvoice, State: "issued", PaymentStatus: "unpaid", Revision: 1, PageRevision: 1, LinkRevision: 1,
		Digest: random(32), Buyer: "Example Customer", DueDate: "2026-12-20", SessionID: random(16), LinkID: random(16), PaymentLink: "https://pay.example.com/pay/" + random(13),
		CreatedAt: now, ExpiresAt: now.AddDate(0, 2, 0), ExpiredBy: now.AddDate(0, 2, 0), Currency: "EUR", Total: "250.00", Payable: "250.00",
		PDF: number + ".pdf", SHA256: random(32), PDFBytes: 25_000, EInvoice: random(32), QRSource: "returned", Environment: "test",
		AcceptedAt: now, IssuedAt: now, RequestID: fmt.Sprintf("%s-%d", id, i+1), Batch: id,
	}
}

package batch_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/sheet"
	"invoicelink/worker/batch"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// harness is a real broker; the test plays the worker.
type harness struct {
	t      *testing.T
	broker *broker.Broker
	ledger *ledger.Ledger
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	_, b := brokertest.Open(t)
	return &harness{t, b, ledger.Open(b.LedgerBucket(), b.Documents(), b.Owners(), nil)}
}

// requests takes every request that waits, and acknowledges it.
func (r *harness) requests() (ids, numbers []string) {
	r.t.Helper()
	n, err := r.broker.Waiting(r.t.Context())
	testkit.Must(r.t, err)
	c, err := r.broker.Requests(r.t.Context(), true)
	testkit.Must(r.t, err)
	for range n {
		d, err := c.Next(r.t.Context())
		testkit.Must(r.t, err)
		var inv invoice.Invoice
		testkit.Must(r.t, json.Unmarshal(d.Data(), &inv))
		ids, numbers = append(ids, d.Header()["ce-id"][0]), append(numbers, inv.Number)
		testkit.Must(r.t, d.Done(r.t.Context()))
	}
	return ids, numbers
}

// answer publishes what a worker would say about a request.
func (r *harness) answer(upload, request string, kind event.Type, result event.Status) {
	r.t.Helper()
	result.RequestID, result.Batch, result.Kind, result.Key = request, upload, invoice.KindInvoice, invoice.Key(result.Number)
	result.Digest, result.Currency, result.Total, result.Payable = strings.Repeat("a", 64), "EUR", "10.00", "10.00"
	id := batch.NewID()
	m, err := event.Encode(event.Envelope{ID: id, Source: "test", Type: kind, Time: time.Now(), Batch: upload}, result)
	testkit.Must(r.t, err)
	testkit.Must(r.t, r.broker.Publish(r.t.Context(), broker.NewMessage(m.Subject, m.Header, m.Data, id)))
}

func (r *harness) issued(upload, request, number string) {
	r.answer(upload, request, event.TypeIssued, event.Status{
		Number: number, State: "issued", Revision: 1,
		PDF: number + ".pdf", SHA256: strings.Repeat("b", 64), PDFBytes: 1,
	})
}

func file(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	testkit.Must(t, os.WriteFile(path, []byte(data), 0o600))
	return path
}

// list is a CSV file of those invoices; a number that begins with "bad" gets
// a quantity that is none.
func list(numbers ...string) string {
	var b strings.Builder
	b.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Customer email,Customer address,Zip,City,Country,Description,Quantity,Unit price,VAT %\n")
	for i, number := range numbers {
		quantity := "2"
		if strings.HasPrefix(number, "bad") {
			quantity = "two"
		}
		fmt.Fprintf(&b, "%s,2026-11-20,2026-12-20,EUR,Example Customer %d,buyer@example.com,Street 1,1000,Town,DE,Consulting,%s,100,25\n", number, i, quantity)
	}
	return b.String()
}

func options() batch.PublishOptions {
	return batch.PublishOptions{Seller: testkit.Seller()}
}

func read(t *testing.T, id string, path, name string) *batch.Upload {
	t.Helper()
	u, err := batch.ReadAs(t.Context(), id, []batch.File{{Path: path, Name: name}}, sheet.Options{})
	testkit.Must(t, err)
	return u
}

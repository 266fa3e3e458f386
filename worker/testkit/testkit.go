// Package testkit holds what tests share: a seller and an invoice that the
// rules accept, a clock that is moved, a [Log] to read, and [Must]. Below it are the programs of
// others ([invoicelink/worker/testkit/tool]), stores that fail
// (.../faulty) and a whole worker (.../harness). It is for tests alone.
package testkit

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"invoicelink/invoice"
)

// Must ends the test with the error, if there is one.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Seller returns a Danish seller, who bills in DKK.
func Seller() *invoice.Seller {
	return &invoice.Seller{
		Party: invoice.Party{Name: "Sample Seller ApS", VATID: "DK12345674", Email: "seller@example.com",
			Address: invoice.Address{Street: "Eksempelvej 1", Zip: "8000", City: "Aarhus C", Country: "DK"}},
		Currency: "DKK", Language: "en", TimeZone: "Europe/Copenhagen",
	}
}

// Invoice returns an invoice of 387.31 EUR with that number.
func Invoice(number string) invoice.Invoice {
	return invoice.Invoice{
		Number: number, IssueDate: "2026-11-20", DueDate: "2026-12-20", Currency: "EUR",
		Buyer: invoice.Party{Name: "Sample Buyer GmbH", Email: "buyer@example.com",
			Address: invoice.Address{Street: "Beispielweg 2", Zip: "10115", City: "Berlin", Country: "DE"}},
		Lines: []invoice.Line{
			{Description: "Consulting", Quantity: "3", Unit: "h", UnitPrice: "99.95", VATRate: "25"},
			{Description: "Travel", UnitPrice: "10", VATRate: "25"},
		},
	}
}

// Clock is the time of day, moved ahead by hand. The zero Clock is the time of
// day itself.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now returns the moved time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Advance moves the clock ahead.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Log keeps what several goroutines write to it.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to what is kept.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns all that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

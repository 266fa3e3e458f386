package event_test

import (
	"fmt"
	"time"

	"invoicelink/worker/event"
)

// An ERP system says that an invoice was paid: the message goes to its subject
// as it is, headers and data.
func ExampleEncode() {
	m, err := event.Encode(event.Envelope{
		ID: "bank-4711", Source: "https://erp.example.com", Type: event.TypePaid,
		Time: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC),
	}, event.Paid{Number: "2026/0042", Amount: "387.31", Currency: "EUR", Reference: "bank 4711"})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := event.Carrier(m.Header)
	fmt.Println(m.Subject)
	fmt.Println(h.Get("ce-type"), h.Get("ce-id"))
	fmt.Println(string(m.Data))
	// Output:
	// invoices.paid
	// invoicelink.invoice.paid.v1 bank-4711
	// {"number":"2026/0042","amount":"387.31","currency":"EUR","reference":"bank 4711"}
}

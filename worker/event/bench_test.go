package event_test

import (
	"fmt"
	"testing"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

func bigInvoice() event.Requested {
	r := event.Requested{Invoice: invoice.Invoice{Number: "A1", IssueDate: "2026-11-22", DueDate: "2026-12-22", Currency: "EUR", Buyer: invoice.Party{Name: "N"}}}
	for i := range invoice.MaxLines {
		r.Lines = append(r.Lines, invoice.Line{Item: fmt.Sprint(i), Description: "Consulting, a day of the month", Quantity: "1.5", Unit: "h", UnitPrice: "95", VATRate: "25"})
	}
	return r
}

func BenchmarkDecode1000Lines(b *testing.B) {
	m, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: event.TypeRequested}, bigInvoice())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(m.Data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := event.Decode(m, event.DecodeOptions{Strict: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeSmall(b *testing.B) {
	m := requested(small, binary())
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := event.Decode(m, event.DecodeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeResult(b *testing.B) {
	r := issued()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: event.TypeIssued}, &r); err != nil {
			b.Fatal(err)
		}
	}
}

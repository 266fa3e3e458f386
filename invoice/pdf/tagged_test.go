package pdf_test

import (
	"bytes"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
)

// The reading order begins with who writes to whom and what it is, then how it
// is paid; and poppler reads the tags as well.
func TestReadingOrder(t *testing.T) {
	t.Parallel()
	out := run(t, "pdfinfo", "-struct-text", writeSample(t, samples(t)["plain"]))
	at := 0
	for _, want := range []string{
		"Sample Nordic Supplies ApS", "Example Trading GmbH", "Invoice 2026-0042", "Invoice no.", "Amount due", "EUR 2,492.33", "Due date",
		"22 December 2026", "Pay online", "Bank transfer", "IBAN", "Description", "Office chair, adjustable", "Total excluding VAT", "2,040.15",
		"VAT summary", "Payment terms", "Thank you for your order.",
	} {
		n := strings.Index(out[at:], want)
		if n < 0 {
			t.Fatalf("%q does not follow in reading order:\n%s", want, out)
		}
		at += n
	}
}

// The e-invoice says what the page says: the same reason for no VAT, in the
// page's language, and the same link.
func TestEInvoiceBelongsToThePage(t *testing.T) {
	t.Parallel()
	page := samples(t)["prepaid"]
	page.Invoice.Language = "de"
	xml, err := pdf.EInvoice(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Steuerschuldnerschaft des Leistungsempfängers (Artikel 196 der Richtlinie 2006/112/EG)", strings.ReplaceAll(sampleLink, "&", "&amp;"), "3742.30",
	} {
		if !bytes.Contains(xml, []byte(want)) {
			t.Errorf("e-invoice has no %s:\n%s", want, xml)
		}
	}
	page.Seller.EInvoice = invoice.EInvoiceNone
	if xml, err := pdf.EInvoice(page); err != nil || xml != nil {
		t.Errorf("a seller that wants none gets %d bytes: %v", len(xml), err)
	}
	if pdf.CaseText("ja") != nil {
		t.Error("a language without texts has sentences")
	}
}

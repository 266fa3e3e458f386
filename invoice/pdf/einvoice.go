package pdf

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"

	"invoicelink/invoice"
	"invoicelink/invoice/einvoice"
	"invoicelink/invoice/pdf/lang"
)

// EInvoice writes the e-invoice that belongs to a page, for [Page.XML]: CII by
// EN 16931, with the payment link, and with the page's own words for why no VAT
// is charged. It is nil for a seller that wants none, and for a receipt, with
// which the invoice would be booked twice.
func EInvoice(p Page) ([]byte, error) {
	doc, options, err := p.document()
	if err != nil || p.Seller.EInvoice == invoice.EInvoiceNone || len(p.Receipts) > 0 {
		return nil, err
	}
	xml, err := einvoice.CII(doc, options)
	if err != nil {
		return nil, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
	}
	return xml, nil
}

// UBL writes the same e-invoice as UBL by Peppol BIS Billing 3.0, to be kept
// next to the page, and says what a Peppol receiver will miss in it.
func UBL(p Page) (xml []byte, lacks invoice.Problems, err error) {
	doc, options, err := p.document()
	if err != nil {
		return nil, nil, err
	}
	if xml, err = einvoice.UBL(doc, options); err != nil {
		return nil, nil, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
	}
	return xml, einvoice.CheckPeppol(doc), nil
}

// document is the page as e-invoices see it.
func (p *Page) document() (*invoice.Document, einvoice.Options, error) {
	var options einvoice.Options
	err := p.check()
	totals := p.Totals
	if err == nil && totals == nil {
		totals, err = p.Invoice.Totals()
	}
	if err != nil {
		return nil, options, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
	}
	doc := &invoice.Document{Invoice: p.Invoice, Seller: p.Seller, Totals: totals}
	options.CaseText = CaseText(doc.Language())
	if p.Payment != nil {
		options.PaymentLink = p.Payment.Link
	}
	return doc, options, nil
}

// CaseText returns the sentences by which a page in the language says why no
// VAT is charged; nil for a language that the page has not.
func CaseText(language string) func(invoice.ExemptionCase) string {
	words, known := lang.Find(language)
	if !known {
		return nil
	}
	c := &composer{Texts: words}
	return func(key invoice.ExemptionCase) string {
		sentence, provision := c.caseWords(key)
		if sentence != "" && provision != "" {
			sentence += " (" + provision + ")"
		}
		return sentence
	}
}

// Embedded returns the e-invoice in a file that Render made; nil if it has none.
// It fails on one that is damaged.
func Embedded(file []byte) ([]byte, error) {
	_, rest, found := bytes.Cut(file, []byte("/Type/EmbeddedFile"))
	if !found {
		return nil, nil
	}
	_, rest, _ = bytes.Cut(rest, []byte("stream\n"))
	r, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil, fmt.Errorf("read the embedded e-invoice: %w", err)
	}
	xml, err := io.ReadAll(io.LimitReader(r, maxEmbedded))
	if err != nil {
		return nil, fmt.Errorf("read the embedded e-invoice: %w", err)
	}
	return xml, nil
}

// maxEmbedded is many times the e-invoice of 1,000 lines.
const maxEmbedded = 64 << 20

package pdf

import (
	"fmt"

	"invoicelink/invoice"
	"invoicelink/invoice/einvoice"
	"invoicelink/invoice/pdf/lang"
)

// EInvoice writes the e-invoice that belongs to a page, for [Page.XML]: CII by
// EN 16931, with the payment link, and with the page's own words for why no VAT
// is charged. It is nil for a seller that wants none.
func EInvoice(p Page) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
	}
	if p.Seller.EInvoice == invoice.EInvoiceNone {
		return nil, nil
	}
	totals := p.Totals
	if totals == nil {
		var err error
		if totals, err = p.Invoice.Totals(); err != nil {
			return nil, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
		}
	}
	doc := &invoice.Document{Invoice: p.Invoice, Seller: p.Seller, Totals: totals}
	options := einvoice.Options{CaseText: CaseText(doc.Language())}
	if p.Payment != nil {
		options.PaymentLink = p.Payment.Link
	}
	xml, err := einvoice.CII(doc, options)
	if err != nil {
		return nil, fmt.Errorf("write e-invoice of %s: %w", nameOf(p.Invoice), err)
	}
	return xml, nil
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

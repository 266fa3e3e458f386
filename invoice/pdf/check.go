package pdf

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"invoicelink/invoice/text"
)

// check refuses a page that contradicts itself. A second way to pay what is
// paid, or a link on a credit note, costs somebody money.
func (p *Page) check() error {
	switch {
	case p.Invoice == nil:
		return errors.New("no invoice is given")
	case p.Seller == nil:
		return errors.New("no seller is given")
	case len(p.Invoice.Lines) == 0:
		return errors.New("lines: has no line; validate the invoice first")
	case p.Invoice.IssueDate.Start(time.UTC).IsZero():
		return fmt.Errorf("issueDate: %q is not a date (want YYYY-MM-DD)", text.Truncate(string(p.Invoice.IssueDate), maxShown))
	case p.Totals != nil && len(p.Totals.Lines) != len(p.Invoice.Lines):
		return fmt.Errorf("totals are those of another invoice: %d amounts for %d lines", len(p.Totals.Lines), len(p.Invoice.Lines))
	case len(p.Receipts) > 0 && (p.PaidOn.IsZero() || p.XML != nil || p.Invoice.IsCreditNote()):
		return errors.New("a receipt is given for a document that is not paid, is a credit note or has an e-invoice")
	case p.Mark > MarkSandbox:
		return fmt.Errorf("mark %d is not known", p.Mark)
	}
	return nil
}

// checkPayment needs the totals.
func (c *composer) checkPayment() error {
	p := c.page.Payment
	switch {
	case p == nil:
		return nil
	case c.inv.IsCreditNote():
		return errors.New("a payment link is given for a credit note; leave it out")
	case !c.page.PaidOn.IsZero():
		return errors.New("a payment link is given for an invoice that is paid; leave it out")
	case !c.totals.Payable.IsPositive():
		return fmt.Errorf("a payment link is given although %s %s is payable; leave it out",
			c.totals.Payable.Number(), c.totals.Payable.CurrencyCode())
	}
	if err := checkLink(p.Link); err != nil {
		return err
	}
	return p.QR.check()
}

// checkLink never repeats the link in its error: whoever has it can see the
// invoice.
func checkLink(link string) error {
	if len(link) > MaxLinkBytes {
		return fmt.Errorf("payment link has %d bytes; at most %d are printed", len(link), MaxLinkBytes)
	}
	for i := range len(link) {
		if link[i] <= ' ' || link[i] > '~' {
			return fmt.Errorf("payment link has the byte 0x%02X at position %d; percent-encode it (RFC 3986)", link[i], i)
		}
	}
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return errors.New("payment link is not an absolute http or https URL")
	}
	return nil
}

func (q QR) check() error {
	if q.Size < 21 || q.Size > 177 {
		return fmt.Errorf("QR code has %d modules on a side; 21 to 177 are possible (ISO/IEC 18004)", q.Size)
	}
	if want := (q.Size*q.Size + 7) / 8; len(q.Bits) != want {
		return fmt.Errorf("QR code of %d × %d modules has %d bytes; want %d, rows packed without padding", q.Size, q.Size, len(q.Bits), want)
	}
	for i := range q.Bits {
		if q.Bits[i] != 0 {
			return nil
		}
	}
	return errors.New("QR code has no dark module")
}

// dark reports whether a module is dark.
func (q QR) dark(x, y int) bool {
	i := y*q.Size + x
	return q.Bits[i/8]&(0x80>>(i%8)) != 0
}

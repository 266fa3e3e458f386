package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// drawn is a page with its e-invoice.
type drawn struct {
	data     []byte
	eInvoice string // digest of the factur-x.xml in it, "" without one
}

// draw renders the page of the record, or the one that shows a payment and no
// link. It depends on nothing else, so that a page drawn weeks later is the
// same.
func (j *job) draw(ctx context.Context, paidBeforeIssue bool) (d drawn, err error) {
	page, err := j.page(ctx, paidBeforeIssue)
	if err != nil {
		return d, err
	}
	leave, err := j.pace.draws(ctx)
	if err != nil {
		return d, err
	}
	defer leave()
	_, end := span(ctx, "page")
	defer func() { end(err) }()
	start := time.Now()
	if page.XML, err = pdf.EInvoice(page); err == nil {
		d.data, err = pdf.Render(page)
	}
	j.cfg.OnRender(time.Since(start))
	if err != nil {
		return d, &permanentError{fmt.Errorf("draw invoice %q: %w", j.entry.Number, err)}
	}
	if page.XML != nil {
		d.eInvoice = digestOf(page.XML)
	}
	return d, nil
}

// page is what the record says of the page.
func (j *job) page(ctx context.Context, paidBeforeIssue bool) (pdf.Page, error) {
	e := j.entry
	if j.sellerDigest != e.Seller {
		seller, err := j.sellers.Load(ctx, e.Seller)
		if err != nil {
			return pdf.Page{}, err
		}
		j.seller, j.sellerDigest = seller, e.Seller
	}
	page := pageOf(&e.Record, j.inv, j.totals, j.seller, paidBeforeIssue)
	page.SellerDigest = e.Seller
	return page, nil
}

// storeUBL puts the Peppol e-invoice next to the page and returns its digest,
// "" if none is wanted. What a receiver will miss in it is a warning: the
// invoice itself is in order.
func (j *job) storeUBL(ctx context.Context, paidBeforeIssue bool) (sha256 string, err error) {
	if !j.cfg.UBL {
		return "", nil
	}
	page, err := j.page(ctx, paidBeforeIssue)
	if err != nil {
		return "", err
	}
	xml, lacks, err := pdf.UBL(page)
	if err != nil {
		return "", &permanentError{fmt.Errorf("draw invoice %q: %w", j.entry.Number, err)}
	}
	for _, p := range lacks {
		warning := fmt.Sprintf("the UBL file cannot be sent by Peppol: %s: %s %s", p.Code, p.Field, p.Message)
		if !slices.Contains(j.warnings, warning) {
			j.warnings = append(j.warnings, warning)
		}
	}
	to, err := j.archive(ctx)
	if err != nil {
		return "", err
	}
	j.at("store UBL")
	stored, err := to.PutXML(ctx, archive.Document{Number: j.entry.Number, Revision: j.entry.NextPage(), Data: xml})
	if err != nil {
		return "", fmt.Errorf("store the UBL of invoice %q: %w", j.entry.Number, err)
	}
	return stored.SHA256, nil
}

func pageOf(r *ledger.Record, inv *invoice.Invoice, totals *invoice.Totals, seller *invoice.Seller, paidBeforeIssue bool) pdf.Page {
	page := pdf.Page{Invoice: inv, Totals: totals, Seller: seller, Mark: markOf(r.Environment)}
	l := r.Link
	switch {
	case paidBeforeIssue && !inv.IsCreditNote():
		page.PaidOn = statedDay(r.PaidAt, seller.Location())
		return page
	case r.OnPayPage():
		p := r.PayPage
		page.Payment = &pdf.Payment{Link: p.Shown(), QR: pdf.QR{Size: p.Size, Bits: p.QR}}
		if p.Since > 1 {
			page.RenewedOn = p.At
		}
		return page
	case l == nil:
		return page
	}
	page.Payment = &pdf.Payment{
		Link: l.URL, QR: pdf.QR{Size: l.Size, Bits: l.QR}, PayableUntil: l.ValidUntil,
		OnceOpened: time.Duration(l.ActivationMinutes) * time.Minute,
	}
	if l.Revision > 1 {
		page.RenewedOn = l.CreatedAt
	}
	return page
}

func markOf(environment string) pdf.Mark {
	switch checkout.Environment(environment) {
	case checkout.EnvironmentSandbox:
		return pdf.MarkSandbox
	case checkout.EnvironmentTest:
		return pdf.MarkTest
	}
	return pdf.MarkNone
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

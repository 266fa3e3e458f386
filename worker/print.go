package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// print draws the page that the record describes, stores it and records it. A
// link that is over before it was printed never reaches paper: the next
// revision is made first.
func (j *job) print(ctx context.Context) error {
	if l := j.entry.Link; l != nil && j.entry.Printed < l.Revision && !j.Now().Before(l.ExpiresAt) && !j.entry.Settled() {
		if err := j.relink(ctx); err != nil {
			return err
		}
	}
	// Decided before it is drawn; should the word come only now, the record has
	// changed and all is looked at again.
	paidFirst := j.entry.State == ledger.Paid && j.entry.Printed == 0
	j.entry.PaidFirst = j.entry.PaidFirst || paidFirst
	data, stored, err := j.store(ctx, true)
	if err != nil {
		return err
	}
	j.bytes = int64(len(data))
	j.at("record page")
	return j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) {
		if r.State != ledger.Paid && r.State != ledger.Cancelled {
			r.State = ledger.Issued
		}
		r.PDF, r.SHA256, r.Printed = stored.Name, stored.SHA256, max(r.Revision(), 1)
		if r.Link != nil {
			r.Link.SHA256 = stored.SHA256
		}
		if r.IssuedAt.IsZero() {
			r.IssuedAt = j.Now().UTC()
		}
		r.Claim, r.Renew, r.Error, r.Crashes = nil, nil, "", 0
	})
}

// relink replaces a recorded link whose time ran out before its page was
// published. Its page may lie in the directory all the same, from before a
// crash; its digest goes into the history so that it is known there.
func (j *job) relink(ctx context.Context) error {
	data, err := j.draw(ctx)
	if err != nil {
		return err
	}
	if err := j.update(ctx, func(r *ledger.Record) { r.Link.SHA256 = digestOf(data) }); err != nil {
		return err
	}
	return j.link(ctx, "the link before it was over before it was printed")
}

// reprint puts a published page back where it is missing. The same record
// gives the same bytes; should a newer program draw another page, the ledger
// follows.
func (j *job) reprint(ctx context.Context) error {
	e := j.entry
	store, err := j.archive(ctx)
	if err != nil {
		return err
	}
	there, err := store.Has(ctx, e.Number, e.SHA256)
	if err != nil {
		return fmt.Errorf("look for the PDF of invoice %q: %w", e.Number, err)
	}
	if there {
		return nil
	}
	_, stored, err := j.store(ctx, false)
	if err != nil || stored.SHA256 == e.SHA256 {
		return err
	}
	j.log.Warn("PDF drawn again differs from the one issued", "was", e.SHA256, "is", stored.SHA256)
	return j.Ledger.Update(ctx, e, func(r *ledger.Record) {
		r.SHA256 = stored.SHA256
		if r.Link != nil && r.Link.Revision == r.Printed {
			r.Link.SHA256 = stored.SHA256
		}
	})
}

// store draws the page and puts it into the archive.
func (j *job) store(ctx context.Context, keepClaim bool) ([]byte, archive.Stored, error) {
	data, err := j.draw(ctx)
	if err != nil {
		return nil, archive.Stored{}, err
	}
	if keepClaim && j.entry.Claim != nil && j.Now().Add(claimFor/2).After(j.entry.Claim.Until) {
		if err := j.update(ctx, func(*ledger.Record) {}); err != nil {
			return nil, archive.Stored{}, err
		}
	}
	to, err := j.archive(ctx)
	if err != nil {
		return nil, archive.Stored{}, err
	}
	j.at("store page")
	stored, err := to.Put(ctx, archive.Document{Number: j.entry.Number, Revision: max(j.entry.Revision(), 1), Data: data}, j.knows)
	if err != nil {
		return nil, stored, fmt.Errorf("store PDF of invoice %q: %w", j.entry.Number, err)
	}
	return data, stored, nil
}

// knows tells which revision a file in the archive is. Beside what the record
// has, it knows the page that a crash left behind just before the invoice was
// paid: it was drawn with the link and never recorded.
func (j *job) knows(sha256 string) (revision int, ok bool) {
	if revision, ok := j.entry.KnownPDF(sha256); ok || !j.entry.PaidFirst || j.entry.Link == nil {
		return revision, ok
	}
	unpaid := j.entry.Record
	unpaid.PaidFirst = false
	data, err := pdf.Render(pageOf(&unpaid, j.inv, j.totals, j.seller))
	return unpaid.Revision(), err == nil && digestOf(data) == sha256
}

// archive is where the invoice's upload wants its PDFs.
func (j *job) archive(ctx context.Context) (archive.Archive, error) {
	if j.ticket.ID == "" && j.entry.Batch != "" {
		ticket, err := j.uploadOf(ctx, j.entry.Batch) // a renewal knows it from the record
		if err != nil {
			return nil, err
		}
		j.ticket = ticket
	}
	return j.Archive(j.ticket.Out)
}

// draw renders the page of the record. It depends on nothing else, so that a
// page drawn weeks later is the same.
func (j *job) draw(ctx context.Context) ([]byte, error) {
	e := j.entry
	if j.sellerDigest != e.Seller {
		seller, err := j.sellers.load(ctx, e.Seller)
		if err != nil {
			return nil, err
		}
		j.seller, j.sellerDigest = seller, e.Seller
	}
	page := pageOf(&e.Record, j.inv, j.totals, j.seller)
	start := time.Now()
	data, err := pdf.Render(page)
	j.Drawn(time.Since(start))
	if err != nil {
		return nil, &permanentError{fmt.Errorf("draw invoice %q: %w", e.Number, err)}
	}
	return data, nil
}

func pageOf(r *ledger.Record, inv *invoice.Invoice, totals *invoice.Totals, seller *invoice.Seller) pdf.Page {
	page := pdf.Page{Invoice: inv, Totals: totals, Seller: seller}
	l := r.Link
	switch {
	case r.PaidFirst && !inv.IsCreditNote():
		page.PaidOn = r.PaidAt
		return page
	case l == nil:
		return page
	}
	page.Mark = markOf(l.Environment)
	page.Payment = &pdf.Payment{
		Link: l.URL, QR: pdf.QR{Size: l.Size, Bits: l.QR}, PayableUntil: l.ExpiresAt,
		OnceOpened: time.Duration(l.OnceOpened) * time.Minute,
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

package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// print draws the page that the record describes, stores it and records it. A
// link that expired before it was printed never reaches paper: the next
// revision is made first.
func (j *job) print(ctx context.Context) error {
	if l := j.entry.Link; l != nil && !j.entry.OnPayPage() && j.entry.Printed < l.Revision && !j.cfg.Now().Before(l.ValidUntil) && !j.entry.Settled() {
		if err := j.relink(ctx); err != nil {
			return err
		}
	}
	// Decided before it is drawn; should a payment come only now, the record has
	// changed and all is looked at again.
	paidBeforeIssue := j.entry.State == ledger.Paid && (j.entry.Printed == 0 || j.entry.PaidBeforeIssue)
	drawn, err := j.draw(ctx, paidBeforeIssue)
	if err != nil {
		return err
	}
	if c := j.entry.Claim; !j.cfg.SingleWorker && c != nil && j.cfg.Now().Add(claimFor/2).After(c.Until) {
		if err := j.update(ctx, keep); err != nil {
			return err
		}
	}
	page := j.pageFor(drawn, paidBeforeIssue)
	if page.UBL, err = j.storeUBL(ctx, paidBeforeIssue); err != nil {
		return err
	}
	stored, err := j.store(ctx, drawn.data, paidBeforeIssue)
	if err != nil {
		return err
	}
	page.Name = stored.Name
	return j.recordPage(ctx, page)
}

// pageFor is a page that was drawn as the record has it.
func (j *job) pageFor(d drawn, paidBeforeIssue bool) ledger.Page {
	return ledger.Page{
		Name: invoice.FileName(j.entry.Number) + ".pdf", SHA256: digestOf(d.data), Bytes: int64(len(d.data)), Revision: j.entry.NextPage(),
		EInvoice: d.eInvoice, PaidBeforeIssue: paidBeforeIssue, At: j.cfg.Now().UTC(),
	}
}

// recordPage records the page that lies in the archive now. Whatever was stated
// meanwhile, it is recorded as what it is, unless it has to be drawn anew: with
// the payment that came before the first page, or for another link.
func (j *job) recordPage(ctx context.Context, p ledger.Page) error {
	digest := j.entry.Digest
	for {
		j.at("record page")
		err := j.cfg.Ledger.Update(ctx, j.entry, func(r ledger.Record) (ledger.Record, error) { return r.PublishPage(p) })
		if !errors.Is(err, ledger.ErrChanged) {
			return err
		}
		fresh, err := j.cfg.Ledger.Read(ctx, j.entry.Number)
		if err != nil {
			return err
		}
		j.entry = fresh
		again := fresh.State == ledger.Paid && fresh.Printed == 0 && !p.PaidBeforeIssue
		if again || fresh.Digest != digest || fresh.NextPage() != p.Revision || fresh.State == ledger.Rejected || fresh.State == ledger.Failed {
			return fmt.Errorf("record the page of invoice %q: %w", fresh.Number, ledger.ErrChanged)
		}
	}
}

// reconcile records a page that lies in the archive and is not in the record,
// since somebody paid or cancelled, or a worker died, between the two.
func (j *job) reconcile(ctx context.Context) error {
	e := j.entry
	if e.Link == nil && !e.OnPayPage() || e.Printed >= e.NextPage() || len(e.Payments) == 0 && !e.Settled() || e.State == ledger.Paid && e.Printed == 0 {
		return nil
	}
	drawn, err := j.draw(ctx, false)
	if err != nil {
		return err
	}
	to, err := j.archive(ctx)
	if err != nil {
		return err
	}
	page := j.pageFor(drawn, false)
	there, err := to.Has(ctx, e.Number, page.SHA256)
	if err != nil || !there {
		return err
	}
	if page.UBL, err = j.storeUBL(ctx, false); err != nil {
		return err
	}
	if err := j.recordPage(ctx, page); err != nil {
		return err
	}
	return j.publish(ctx)
}

// relink replaces a recorded link whose time ran out before its page was
// published. Its page may lie in the directory all the same, from before a
// crash; its digest goes into the history so that it is known there.
func (j *job) relink(ctx context.Context) error {
	drawn, err := j.draw(ctx, false)
	if err != nil {
		return err
	}
	digest := digestOf(drawn.data)
	if err := j.update(ctx, func(r ledger.Record) (ledger.Record, error) { return r.KnowPage(digest) }); err != nil {
		return err
	}
	return j.link(ctx, j.act("the link before it expired before it was printed"))
}

// reprint puts a published page back where it is missing or was cut. The same
// record gives the same bytes; should a newer program draw another page, the
// ledger follows.
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
	page := ledger.Page{SHA256: e.SHA256, Bytes: e.PDFBytes, EInvoice: e.EInvoice, UBL: e.UBL}
	if j.cfg.UBL {
		if page.UBL, err = j.storeUBL(ctx, e.PaidBeforeIssue); err != nil {
			return err
		}
	}
	if !there {
		drawn, err := j.draw(ctx, e.PaidBeforeIssue)
		if err != nil {
			return err
		}
		if _, err := j.store(ctx, drawn.data, e.PaidBeforeIssue); err != nil {
			return err
		}
		if page.SHA256, page.Bytes, page.EInvoice = digestOf(drawn.data), int64(len(drawn.data)), drawn.eInvoice; page.SHA256 != e.SHA256 {
			j.log.Warn("PDF drawn again differs from the one issued", "was", e.SHA256, "is", page.SHA256)
		}
	}
	err = j.cfg.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.Restored(page) })
	if errors.Is(err, ledger.ErrRepeated) {
		return nil
	}
	return err
}

// store puts the page into the archive.
func (j *job) store(ctx context.Context, data []byte, paidBeforeIssue bool) (stored archive.Stored, err error) {
	to, err := j.archive(ctx)
	if err != nil {
		return archive.Stored{}, err
	}
	known := j.known(ctx, paidBeforeIssue)
	d := archive.Document{Number: j.entry.Number, Revision: j.entry.NextPage(), Data: data}
	j.at("store page")
	ctx, end := span(ctx, "store")
	defer func() { end(err) }()
	stored, err = to.Put(ctx, d, known)
	if errors.Is(err, archive.ErrForeignFile) {
		if digest := cutCopy(ctx, to, d); digest != "" {
			j.log.Warn("PDF was cut and is written again", "sha256", digest)
			stored, err = to.Put(ctx, d, func(sha256 string) (int, bool) {
				if sha256 == digest {
					return d.Revision, true
				}
				return known(sha256)
			})
		}
	}
	if err != nil {
		return stored, fmt.Errorf("store PDF of invoice %q: %w", j.entry.Number, err)
	}
	return stored, nil
}

// cutCopy returns the digest of what lies in the document's place, if that is
// the beginning of the document: a page of our own that was cut. Otherwise it
// is somebody else's, and the digest is empty.
func cutCopy(ctx context.Context, from archive.Archive, d archive.Document) string {
	file, _, err := from.Open(ctx, d.Number, 0)
	if err != nil {
		return ""
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(len(d.Data))))
	if errors.Join(err, file.Close()) != nil || len(data) == len(d.Data) || !bytes.HasPrefix(d.Data, data) {
		return ""
	}
	return digestOf(data)
}

// known says which revision a file in the archive is. Besides what the record
// has, it knows the page that a crash left behind just before the invoice was
// paid: it was drawn with the link and never recorded.
func (j *job) known(ctx context.Context, paidBeforeIssue bool) archive.Known {
	return func(sha256 string) (revision int, ok bool) {
		if revision, ok := j.entry.KnownPDF(sha256); ok || !paidBeforeIssue || j.entry.Link == nil && !j.entry.OnPayPage() {
			return revision, ok
		}
		drawn, err := j.draw(ctx, false)
		return j.entry.NextPage(), err == nil && digestOf(drawn.data) == sha256
	}
}

// archive is where the invoice's upload wants its PDFs.
func (j *job) archive(ctx context.Context) (archive.Archive, error) {
	if j.spec.ID == "" && j.entry.Batch != "" {
		spec, err := j.uploadOf(ctx, j.entry.Batch) // a renewal knows it from the record
		if err != nil {
			return nil, err
		}
		j.spec = spec
	}
	return j.cfg.Archive(j.spec.Out)
}

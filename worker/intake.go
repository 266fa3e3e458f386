package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/invoice/text"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// request carries a request for an invoice: in, and on to its PDF.
func (j *job) request(ctx context.Context, req *event.Requested) error {
	j.asked, j.ignored = req.Number, req.Unknown
	j.log = j.log.With("invoice", req.Number)
	if err := j.sender(ctx); err != nil {
		return err
	}
	if err := j.check(req); err != nil {
		return err
	}
	done, err := j.accept(ctx)
	if err != nil {
		return err
	}
	if done {
		return j.answerAgain(ctx)
	}
	return j.issue(ctx)
}

// sender finds out whose invoice it is: the seller of the upload that the
// request names, or this worker's own.
func (j *job) sender(ctx context.Context) (err error) {
	if j.ticket.ID == "" {
		if j.Seller == nil {
			return &rejection{message: "request names no upload and this worker has no seller profile", aside: true}
		}
		j.seller, j.sellerDigest = j.Seller, j.ownSeller()
		return nil
	}
	j.sellerDigest = j.ticket.Seller
	j.seller, err = j.sellers.load(ctx, j.sellerDigest)
	return err
}

// check looks for everything that is wrong with the request at once.
func (j *job) check(req *event.Requested) error {
	inv := req.Invoice
	if inv.Currency == "" {
		inv.Currency = j.seller.Currency
	}
	j.inv = inv.Canonical()
	problems := event.FromInvoice(j.inv.Validate())
	if len(problems) == 0 {
		var wrong invoice.Problems
		j.inv.Rounding, wrong = j.inv.CheckClaims(req.Claims, req.AcceptRounding)
		problems = append(problems, event.FromClaims(wrong)...)
		problems = append(problems, event.FromInvoice(pdf.Printable(j.inv))...)
	}
	if len(problems) > 0 {
		return &rejection{problems: problems}
	}
	var err error
	j.totals, err = j.inv.Totals()
	return err
}

// accept brings the ledger to a record of this request that is in hand, or
// finds that it was carried out before.
func (j *job) accept(ctx context.Context) (done bool, err error) {
	digest := j.inv.Digest()
	j.entry, err = j.Ledger.Read(ctx, j.inv.Number)
	if errors.Is(err, ledger.ErrUnknown) {
		j.entry = nil
		return false, j.begin(ctx)
	}
	if err != nil {
		return false, err
	}
	e := j.entry
	switch {
	case e.Digest == digest && carriedOut(&e.Record):
		return true, nil
	case e.Digest == digest && (e.State == ledger.Rejected || e.State == ledger.Failed):
		return false, j.take(ctx, func(r *ledger.Record) { j.fill(r, digest) })
	case e.Digest == digest:
		return false, j.take(ctx, func(r *ledger.Record) {
			if j.d.Sequence() > r.Sequence {
				r.Request, r.Batch, r.Sequence = j.id, j.env.Batch, j.d.Sequence()
			}
		})
	case e.State == ledger.Cancelled && e.Digest == "":
		return false, &rejection{aside: true, message: fmt.Sprintf("invoice %q was cancelled on %s, before it was requested; give it another number to issue it",
			e.Number, e.UpdatedAt.Format("2006-01-02"))}
	case e.Reached():
		return false, j.conflict()
	case j.d.Sequence() < e.Sequence:
		return false, &rejection{aside: true, message: fmt.Sprintf("invoice %q was requested again with other content, which replaces this request", e.Number)}
	}
	if err := j.Ledger.SaveInvoice(ctx, j.inv); err != nil {
		return false, err
	}
	return false, j.take(ctx, func(r *ledger.Record) { j.fill(r, digest) })
}

// carriedOut reports whether nothing is left to do for the record's content.
func carriedOut(r *ledger.Record) bool {
	switch r.State {
	case ledger.Issued, ledger.Lapsed, ledger.Cancelled:
		return true
	case ledger.Paid:
		return r.PDF != "" // otherwise the word "paid" came before the page
	}
	return false
}

// begin writes the first record of a number. The document goes first: whoever
// finds the record finds it.
func (j *job) begin(ctx context.Context) error {
	j.at("save document")
	if err := j.Ledger.SaveInvoice(ctx, j.inv); err != nil {
		return err
	}
	j.at("record accepted")
	r := ledger.Record{Number: j.inv.Number}
	j.fill(&r, j.inv.Digest())
	r.Claim = j.claim()
	entry, err := j.Ledger.Create(ctx, r)
	if err != nil {
		return err
	}
	j.entry = entry
	return nil
}

// fill makes the record one of this request's content.
func (j *job) fill(r *ledger.Record, digest string) {
	if r.Link == nil { // what is linked is printed from the snapshot that it was linked with
		r.Digest, r.Seller = digest, j.sellerDigest
	}
	if r.State == ledger.Paid && !r.Settlement.Covers(j.totals.Payable.Number(), j.inv.Currency) {
		r.State, r.PaidAt = ledger.Accepted, time.Time{} // it was said before that another amount was paid
	}
	if r.State != ledger.Paid {
		r.State = ledger.Accepted
		if r.Link != nil {
			r.State = ledger.Linked // the same content, whose page could not be printed
		}
	}
	r.Kind, r.DueDate = j.inv.Kind, j.inv.DueDate
	r.Currency, r.Total, r.Payable = j.inv.Currency, j.totals.Total.Number(), j.totals.Payable.Number()
	r.Buyer = text.Line(j.inv.Buyer.Name, 60)
	r.Request, r.Batch, r.Sequence = j.id, j.env.Batch, j.d.Sequence()
	r.Error, r.Note, r.Crashes = "", "", 0
	r.AcceptedAt = j.Now().UTC()
}

// conflict refuses other content under a number that is out already, and names
// both.
func (j *job) conflict() error {
	r := &j.entry.Record
	since := r.IssuedAt
	if since.IsZero() {
		since = r.AcceptedAt
	}
	return &rejection{aside: true, message: fmt.Sprintf(
		"invoice number %q belongs to another invoice: %s over %s %s to %q, %s since %s; this one is over %s %s to %q. Give it a number of its own, or send a credit note for the first",
		r.Number, r.Kind, r.Total, r.Currency, r.Buyer, r.State, since.Format("2006-01-02"),
		j.totals.Total.Number(), j.inv.Currency, j.inv.Buyer.Name)}
}

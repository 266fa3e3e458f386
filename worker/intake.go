package worker

import (
	"cmp"
	"context"
	"fmt"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// request carries a request for an invoice: in, and on to its PDF.
func (j *job) request(ctx context.Context, req *event.Requested) error {
	j.asked, j.ignored = req.Number, req.Unknown
	j.log = j.log.With("invoice", req.Number)
	if err := j.findSeller(ctx); err != nil {
		return err
	}
	if err := j.check(req); err != nil {
		return err
	}
	if err := j.lock(j.inv.Number); err != nil {
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

// findSeller finds out whose invoice it is: the seller of the upload that the
// request names, or this worker's own.
func (j *job) findSeller(ctx context.Context) (err error) {
	if j.spec.ID == "" {
		if j.cfg.Seller == nil {
			return &rejection{code: "no-seller", message: "request names no upload and this worker has no seller profile", keepRecord: true}
		}
		j.seller, j.sellerDigest = j.cfg.Seller, j.ownSeller()
		return nil
	}
	j.sellerDigest = j.spec.Seller
	j.seller, err = j.sellers.Load(ctx, j.sellerDigest)
	return err
}

// check looks for everything that is wrong with the request at once.
func (j *job) check(req *event.Requested) error {
	inv := req.Invoice
	j.inv = inv.Canonical()
	problems := event.FromInvoice(j.inv.Validate())
	if len(problems) == 0 {
		var wrong invoice.Problems
		j.inv.Rounding, wrong = j.inv.CheckClaims(req.Claims, req.AcceptRounding)
		problems = append(problems, event.FromClaims(wrong)...)
		problems = append(problems, event.FromInvoice(pdf.Printable(j.inv, j.seller))...)
		refused, warned := j.cfg.Legal.Judge(j.seller, j.inv)
		problems = append(problems, event.FromInvoice(refused)...)
		for _, p := range warned {
			j.warnings = append(j.warnings, p.Code+": "+p.Field+" "+p.Message)
		}
	}
	if len(problems) > 0 {
		return &rejection{problems: problems}
	}
	var err error
	j.totals, err = j.inv.Totals()
	return err
}

// accept brings the ledger to a record of this request that is in progress, or
// finds that it was carried out before. The document goes first: whoever finds
// the record finds it.
func (j *job) accept(ctx context.Context) (done bool, err error) {
	digest := j.inv.Digest()
	if j.entry, err = j.cfg.Ledger.Load(ctx, j.inv.Number); err != nil {
		return false, err
	}
	e := j.entry
	switch {
	case e.Digest == digest && e.Finished():
		return true, nil
	case e.Digest == digest:
		if err := j.reconcile(ctx); err != nil || j.entry.Finished() {
			return j.entry.Finished(), err
		}
	case e.Immutable():
		return false, j.conflict(ctx)
	case e.Digest != "" && j.d.Sequence() < e.Sequence:
		return false, &rejection{code: "replaced", keepRecord: true,
			message: fmt.Sprintf("invoice %q was requested again with other content, which replaces this request", e.Number)}
	default:
		j.at("save document")
		if err := j.cfg.Ledger.SaveInvoice(ctx, j.inv); err != nil {
			return false, err
		}
	}
	a, err := j.acceptance(ctx, digest)
	if err != nil {
		return false, err
	}
	j.at("record accepted")
	err = j.claim(ctx, func(r ledger.Record) (ledger.Record, error) { return r.Accept(a) })
	if err == nil && j.entry.State == ledger.Rejected {
		return false, &rejection{code: string(ledger.ReviewPaidBeforeRequest), keepRecord: true, ofRecord: true, message: j.entry.Error}
	}
	return false, refused(err)
}

func (j *job) acceptance(ctx context.Context, digest string) (ledger.Acceptance, error) {
	a := ledger.Acceptance{
		Request: j.ledgerRequest(), By: j.act(""), Digest: digest, Seller: j.sellerDigest,
		Kind: j.inv.Kind, DueDate: j.inv.DueDate, Buyer: j.inv.Buyer.Name,
		IssueDate: j.inv.IssueDate, Email: j.inv.Buyer.Email, Reference: j.inv.BuyerReference, Language: cmp.Or(j.inv.Language, j.seller.Language),
	}
	var err error
	if a.Total, err = invoice.MoneyOf(j.totals.Total); err != nil {
		return a, err
	}
	if a.Payable, err = invoice.MoneyOf(j.totals.Payable); err != nil {
		return a, err
	}
	a.Environment, err = j.environment.of(ctx)
	return a, err
}

// conflict refuses other content under a number that is out already, names both
// and says where they differ.
func (j *job) conflict(ctx context.Context) error {
	r := &j.entry.Record
	issued, err := j.cfg.Ledger.Invoice(ctx, r)
	if err != nil {
		return err
	}
	problems, err := differences(issued, j.inv)
	if err != nil {
		return err
	}
	since := r.IssuedAt
	if since.IsZero() {
		since = r.AcceptedAt()
	}
	return &rejection{code: "number-taken", keepRecord: true, problems: problems, message: fmt.Sprintf(
		"invoice number %q belongs to another invoice: %s over %s to %q, %s since %s; this one is over %s %s to %q. Give it a number of its own, or send a credit note for the first",
		r.Number, r.Kind, r.Total, r.Buyer, r.State, since.Format("2006-01-02"),
		j.totals.Total.Number(), j.inv.Currency, j.inv.Buyer.Name)}
}

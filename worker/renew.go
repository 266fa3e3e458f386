package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice/text"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// clockTolerance is how early a renewal may be asked for because of clocks that
// differ: so long it waits.
const clockTolerance = 2 * time.Minute

// renew makes a new link for an invoice whose link expired, and the page that
// shows it.
func (j *job) renew(ctx context.Context, req *event.Renew) error {
	j.asked, j.ignored, j.renewing = req.Number, req.Unknown, true
	j.log = j.log.With("invoice", req.Number)
	if err := j.lock(req.Number); err != nil {
		return err
	}
	e, err := j.cfg.Ledger.Read(ctx, req.Number)
	if errors.Is(err, ledger.ErrUnknown) {
		return &rejection{code: "unknown-invoice", keepRecord: true, err: err,
			message: fmt.Sprintf("invoice %q is not in this ledger, so its link cannot be renewed", req.Number)}
	}
	if err != nil {
		return err
	}
	j.entry = e
	if e.Link != nil && e.Link.Request == j.id && e.Printed >= e.Link.Revision {
		return j.answerRenewed(ctx) // a crash kept the answer back
	}
	if e.OnPayPage() && e.PayPage.Request == j.id && e.Printed >= e.NextPage() {
		return j.answerRenewed(ctx)
	}
	if err := j.load(ctx); err != nil {
		return err
	}
	if e.Digest != "" {
		if err := j.reconcile(ctx); err != nil {
			return err
		}
	}
	if req.Replaces > 0 {
		if done, err := j.replaced(ctx, req); done || err != nil {
			return err
		}
	}
	if j.entry.OnPayPage() && j.cfg.Links.PayPage.Base != "" {
		if err := j.beginPayPage(ctx); err != nil {
			return err
		}
	} else if j.entry.Renew == nil || j.entry.NextPage() == j.entry.Renew.From {
		by := j.act(text.Line(firstOf(req.Reason, "the link before it expired"), 200))
		err := j.beginRenewal(ctx, req, by)
		if _, no := errors.AsType[*rejection](err); no && req.Replaces > 0 && j.entry.Held() {
			return j.announce(ctx, event.TypePayment, j.entry.Status()) // a person decides first
		}
		if err != nil {
			return err
		}
		if j.entry.Settled() {
			return j.answerRenewed(ctx)
		}
		if err := j.wayToPay(ctx, by); err != nil {
			return err
		}
	} else if err := j.claim(ctx, keep); err != nil {
		return err
	}
	if err := j.print(ctx); err != nil {
		return err
	}
	return j.answerRenewed(ctx)
}

// load fetches what the invoice was requested with.
func (j *job) load(ctx context.Context) (err error) {
	if j.entry.Digest == "" {
		return nil // refused below: there is no request yet
	}
	if j.inv, err = j.cfg.Ledger.Invoice(ctx, &j.entry.Record); err != nil {
		return err
	}
	if j.totals, err = j.inv.Totals(); err != nil {
		return &permanentError{err}
	}
	j.sellerDigest = j.entry.Seller
	j.seller, err = j.sellers.Load(ctx, j.entry.Seller)
	return err
}

// replaced answers a renewal that names the link to be replaced where nothing
// is to be done: it was replaced, paid or cancelled since, or still lives. One
// that comes a little early, since clocks differ, waits.
func (j *job) replaced(ctx context.Context, req *event.Renew) (done bool, err error) {
	e := j.entry
	j.repeated = true
	switch {
	case e.OnPayPage() && e.Printed >= e.NextPage() && req.Replaces < e.NextPage():
		return true, j.answerRenewed(ctx)
	case e.Link == nil, e.State == ledger.Rejected, e.State == ledger.Failed:
	case e.Settled(), e.State == ledger.Lapsed && !req.Force, e.LinkRevision() > req.Replaces && e.Renew == nil:
		return true, j.answerRenewed(ctx)
	case !req.Force && e.Renew == nil && j.cfg.Now().Before(e.Link.ExpiredBy.Add(-j.cfg.Renewal.Ahead)):
		left := e.Link.ExpiredBy.Add(-j.cfg.Renewal.Ahead).Sub(j.cfg.Now())
		if left <= clockTolerance {
			return true, &laterError{fmt.Errorf("renewal of invoice %q comes %v early: the clocks differ", e.Number, left.Round(time.Millisecond)), left}
		}
		if j.cfg.Renewal.Mode != ledger.RenewOff {
			err = j.setTimer(ctx, &j.entry.Record)
		}
		return true, errors.Join(err, j.publish(ctx))
	}
	j.repeated = false
	return false, nil
}

// beginRenewal checks that there is something to renew, puts the renewal into
// the record, and asks whether the invoice was paid meanwhile. The record says
// afterwards whether it was.
func (j *job) beginRenewal(ctx context.Context, req *event.Renew, by ledger.Act) error {
	begin := func(r ledger.Record) (ledger.Record, error) {
		return r.BeginRenewal(ledger.Renewing{By: by, Force: req.Force, Now: j.cfg.Now(), Ahead: j.cfg.Renewal.Ahead})
	}
	if j.heldElsewhere(j.entry.Claim) {
		return fmt.Errorf("renew invoice %q: %w", j.entry.Number, errBusy)
	}
	if _, err := begin(j.entry.Record); err != nil {
		return refused(err)
	}
	if err := j.allow(); err != nil {
		return err
	}
	j.at("record renewal")
	if err := j.claim(ctx, begin); err != nil {
		return refused(err)
	}
	j.at("ask payments")
	paid, err := j.askPaid(ctx)
	if err != nil || !paid {
		return err
	}
	if j.entry, err = j.cfg.Ledger.Read(ctx, j.entry.Number); err != nil || j.entry.Settled() {
		return err
	}
	_, err = begin(j.entry.Record) // what was paid may need a review first
	return refused(err)
}

// askPaid asks the gateway whether the invoice was paid, and records what it
// says. A gateway that does not answer this question is noted; one that does not
// answer at all is waited for.
func (j *job) askPaid(ctx context.Context) (bool, error) {
	report, paid, err := j.recorder().FromGateway(ctx, settlement.Notice{Number: j.entry.Number, Envelope: j.env})
	if call, ok := errors.AsType[*checkout.Error](err); ok && call.Class() == checkout.ClassInvoice {
		j.note = "payments could not be asked for before this renewal: " + text.Line(err.Error(), 200)
		return false, nil
	}
	if err != nil {
		return false, j.breaker.observe(j.entry.Number, err)
	}
	if !report.Offered {
		j.note = "the gateway offers no payments poll, so this renewal did not ask whether it was paid: " + text.Line(report.Reason, 200)
	}
	return paid, nil
}

// answerRenewed announces the newest link and the one before it.
func (j *job) answerRenewed(ctx context.Context) error {
	s := j.entry.Status()
	if j.entry.State != ledger.Issued || j.entry.NextPage() == 1 {
		return j.announceRecord(ctx, announcedBy(j.entry.State), s)
	}
	before := &ledger.Link{}
	switch {
	case j.entry.OnPayPage() && j.entry.Link != nil:
		before = j.entry.Link
	case !j.entry.OnPayPage() && len(j.entry.Older) > 0:
		before = &j.entry.Older[0]
	}
	s.PreviousLinkID, s.PreviousPaymentLink, s.PreviousExpiresAt = before.ID, before.URL, before.ValidUntil
	if !j.entry.OnPayPage() {
		s.Reason = j.entry.Link.By.Reason
	}
	return j.announceRecord(ctx, event.TypeRenewed, s)
}

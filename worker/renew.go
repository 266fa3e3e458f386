package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// renew makes a new link for an invoice whose link is over, and the page that
// shows it.
func (j *job) renew(ctx context.Context, req *event.Renew) error {
	j.asked, j.ignored, j.renewing = req.Number, req.Unknown, true
	j.log = j.log.With("invoice", req.Number)
	e, err := j.Ledger.Read(ctx, req.Number)
	if errors.Is(err, ledger.ErrUnknown) {
		return &rejection{aside: true, err: err, message: fmt.Sprintf("invoice %q is not in this ledger, so its link cannot be renewed", req.Number)}
	}
	if err != nil {
		return err
	}
	j.entry = e
	if e.Link != nil && e.Link.Request == j.id && e.Printed >= e.Link.Revision {
		return j.answerRenewed(ctx) // a crash kept the answer back
	}
	if err := j.load(ctx); err != nil {
		return err
	}
	if j.byTimer() && (e.State != ledger.Issued || e.Revision() != timerRevision(j.id)) && e.Renew == nil {
		return nil // renewed, paid or cancelled since the timer fired
	}
	if e.Renew == nil || e.Link == nil || e.Link.Revision == e.Renew.From {
		if err := j.beginRenewal(ctx, req); err != nil {
			return err
		}
		if j.repeated {
			return j.answerRenewed(ctx)
		}
		if err := j.link(ctx, e.Renew.Why); err != nil {
			return err
		}
	} else if err := j.take(ctx, func(*ledger.Record) {}); err != nil {
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
	if j.inv, err = j.Ledger.Invoice(ctx, &j.entry.Record); err != nil {
		return err
	}
	if j.totals, err = j.inv.Totals(); err != nil {
		return &permanentError{err}
	}
	j.sellerDigest = j.entry.Seller
	j.seller, err = j.sellers.load(ctx, j.entry.Seller)
	return err
}

// beginRenewal checks that there is something to renew, asks whether it was
// paid meanwhile, and puts the renewal into the record. Where the gateway says
// paid, repeated is set and nothing more is to be done.
func (j *job) beginRenewal(ctx context.Context, req *event.Renew) error {
	e := j.entry
	if j.held(e.Claim) {
		return fmt.Errorf("renew invoice %q: %w", e.Number, errBusy)
	}
	if message := notRenewable(&e.Record, req, j.Now(), j.Renewal.Ahead); message != "" {
		return &rejection{aside: true, message: message}
	}
	why := firstOf(req.Reason, "the link before it was over")
	j.at("record renewal")
	err := j.take(ctx, func(r *ledger.Record) { r.Renew = &ledger.Renewal{From: r.Revision(), Why: text.Line(why, 200)} })
	if err != nil {
		return err
	}
	j.at("ask payments")
	paid, err := j.askPaid(ctx)
	j.repeated = paid
	return err
}

// notRenewable says why the record's link cannot be renewed; "" where it can.
func notRenewable(r *ledger.Record, req *event.Renew, now time.Time, ahead time.Duration) string {
	switch {
	case r.Kind == invoice.KindCreditNote:
		return fmt.Sprintf("%q is a credit note, which has no payment link", r.Number)
	case r.State == ledger.Paid:
		return fmt.Sprintf("invoice %q is paid since %s; it gets no further link", r.Number, r.PaidAt.Format(time.DateOnly))
	case r.State == ledger.Cancelled:
		return fmt.Sprintf("invoice %q is cancelled; it gets no further link", r.Number)
	case r.State == ledger.Rejected, r.State == ledger.Failed:
		return fmt.Sprintf("invoice %q is %s: %s; send the corrected request again", r.Number, r.State, r.Error)
	case r.Link == nil:
		return fmt.Sprintf("invoice %q has no payment link yet (%s); run its request to the end first", r.Number, r.State)
	case !req.Force && now.Before(r.Link.OverFrom.Add(-ahead)):
		return fmt.Sprintf("the link of invoice %q lives until %s; renewing it before makes two links that can be paid. Force it, with the reason, if it died by being opened",
			r.Number, r.Link.ExpiresAt.Format(time.RFC3339))
	}
	return ""
}

// askPaid asks the gateway whether the invoice was paid. A gateway that does
// not offer the question is noted; one that does not answer is waited for.
func (j *job) askPaid(ctx context.Context) (bool, error) {
	report, err := j.Checkout.Payments(ctx, invoice.OrderID(j.entry.Number))
	var call *checkout.Error
	if errors.As(err, &call) && !call.Temporary() && !errors.Is(err, checkout.ErrCredentials) {
		j.note = "payments could not be asked for before this renewal: " + text.Line(err.Error(), 200)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !report.Offered {
		j.note = report.Reason + ", so this renewal did not ask whether it was paid"
		return false, nil
	}
	received := report.Received()
	if len(received) == 0 {
		return false, nil
	}
	for currency, sum := range received {
		w := j.word(j.entry.Number, "settled")
		w.By, w.Amount, w.Currency = "poll", sum.Fixed(), currency
		if _, err := j.settler().Paid(ctx, w); err == nil {
			if j.entry, err = j.Ledger.Read(ctx, j.entry.Number); err != nil {
				return false, err
			}
			return true, nil
		} else if refused := new(RefusedError); !errors.As(err, &refused) {
			return false, err
		}
	}
	return false, &rejection{aside: true, message: fmt.Sprintf("invoice %q is not renewed: the gateway has received another amount than the payable %s %s; please look into it",
		j.entry.Number, j.entry.Payable, j.entry.Currency)}
}

// answerRenewed announces the newest link beside the one before it.
func (j *job) answerRenewed(ctx context.Context) error {
	result := resultOf(&j.entry.Record, j.repeated)
	if j.entry.State != ledger.Issued {
		return j.announce(ctx, announcedBy(j.entry.State), result)
	}
	if len(j.entry.Older) > 0 {
		result.PreviousLink = linkOf(&j.entry.Older[0])
	}
	result.Reason = j.entry.Link.Why
	return j.announce(ctx, event.TypeRenewed, result)
}

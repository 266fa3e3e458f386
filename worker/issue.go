package worker

import (
	"context"
	"errors"
	"fmt"

	"invoicelink/worker/ledger"
)

// issue carries an invoice from where its record stands to its published page.
func (j *job) issue(ctx context.Context) error {
	if j.wantsLink() && j.entry.Link == nil && !j.entry.OnPayPage() {
		if err := j.wayToPay(ctx, j.act("issue")); err != nil {
			return err
		}
	}
	if err := j.print(ctx); err != nil {
		return err
	}
	if err := j.credit(ctx); err != nil {
		return err
	}
	return j.publish(ctx)
}

// wantsLink reports whether the page carries a payment link: not a credit
// note's, not one with nothing to pay, and not one that is settled already.
func (j *job) wantsLink() bool {
	return !j.inv.IsCreditNote() && j.totals.Payable.IsPositive() && !(j.entry.Settled() && j.entry.Link == nil)
}

// answerAgain gives the result of an earlier request again: the page, should
// it have gone, and the event. Nothing is issued.
func (j *job) answerAgain(ctx context.Context) error {
	j.repeated = j.entry.Request != j.id
	if err := j.reconcile(ctx); err != nil {
		return err
	}
	if j.entry.PDF != "" {
		if err := j.reprint(ctx); err != nil {
			return err
		}
		if err := j.credit(ctx); err != nil {
			return err
		}
	}
	return j.publish(ctx)
}

// credit names the invoices that a credit note refers to. One that this ledger
// does not know was issued elsewhere.
func (j *job) credit(ctx context.Context) error {
	if j.inv == nil || !j.inv.IsCreditNote() {
		return nil
	}
	preceding := j.inv.Preceding()
	c := ledger.Credit{Number: j.inv.Number, At: j.cfg.Now().UTC()}
	if len(preceding) == 1 { // of several nobody knows which share is whose
		c.Money = j.entry.Total
	}
	for _, p := range preceding {
		err := ledger.ErrChanged
		for errors.Is(err, ledger.ErrChanged) && ctx.Err() == nil {
			var e *ledger.Entry
			if e, err = j.cfg.Ledger.Read(ctx, p.Number); err != nil {
				break
			}
			err = j.cfg.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) { return r.CreditBy(c) })
		}
		if err != nil && !errors.Is(err, ledger.ErrUnknown) && !errors.Is(err, ledger.ErrRepeated) {
			return fmt.Errorf("note credit note %q on invoice %q: %w", c.Number, p.Number, err)
		}
	}
	return nil
}

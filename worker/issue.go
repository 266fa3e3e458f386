package worker

import (
	"context"
)

// issue carries an invoice from where its record stands to its published page.
func (j *job) issue(ctx context.Context) error {
	if j.wantsLink() && j.entry.Link == nil {
		if err := j.link(ctx, j.act("issue")); err != nil {
			return err
		}
	}
	if err := j.print(ctx); err != nil {
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
	}
	return j.publish(ctx)
}

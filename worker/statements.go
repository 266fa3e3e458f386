package worker

import (
	"context"
	"errors"

	"invoicelink/invoice"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// paid and cancelled record what an event states. The settlement answers it.

func (j *job) paid(ctx context.Context, p *event.Paid) error {
	j.asked, j.ignored = p.Number, p.Unknown
	money, err := j.recorder().Money(ctx, p.Number, string(p.Amount), p.Currency)
	if wrong, ok := errors.AsType[*invoice.MoneyError](err); ok {
		return &rejection{keepRecord: true, err: err,
			problems: event.Problems{{Path: "$." + wrong.Part, Value: wrong.Value, Code: "amount", Message: wrong.Message + hint(wrong)}}}
	}
	if err != nil {
		return err
	}
	n := j.notice(p.Number, "paid")
	n.At, n.Money, n.Reference = p.PaidAt, money, p.Reference
	return j.settled(j.recorder().Paid(ctx, n))
}

func hint(e *invoice.MoneyError) string {
	if e.Hint == "" {
		return ""
	}
	return "; " + e.Hint
}

func (j *job) cancelled(ctx context.Context, p *event.Cancelled) error {
	j.asked, j.ignored = p.Number, p.Unknown
	n := j.notice(p.Number, "cancelled")
	n.Reason = p.Reason
	return j.settled(j.recorder().Cancelled(ctx, n))
}

func (j *job) notice(number, verb string) settlement.Notice {
	source, actor := j.sender()
	if source == ledger.SourceUpload || source == ledger.SourceTimer { // neither states anything
		source = ledger.SourceEvent
	}
	return settlement.Notice{Number: number, Source: source, Actor: actor, EventID: j.eventID(verb), RequestID: j.id, Envelope: j.env}
}

// settled notes the outcome; what the ledger refuses is a rejection.
func (j *job) settled(out settlement.Outcome, err error) error {
	j.repeated = out.Repeated
	return refused(err)
}

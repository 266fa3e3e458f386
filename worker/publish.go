package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"invoicelink/worker/announce"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// publish announces where the invoice stands.
func (j *job) publish(ctx context.Context) error {
	return j.announceRecord(ctx, announcedBy(j.entry.State), j.entry.Status())
}

// announceRecord announces a status of the record. Should somebody have paid or
// cancelled while the event was on its way, the later truth follows, so that
// the last event is what the record says.
func (j *job) announceRecord(ctx context.Context, kind event.Type, s event.Status) error {
	if err := j.announce(ctx, kind, s); err != nil {
		return err
	}
	fresh, err := j.cfg.Ledger.Read(ctx, j.entry.Number)
	if err != nil || fresh.State == j.entry.State && len(fresh.Payments) == len(j.entry.Payments) || !fresh.Settled() && len(fresh.Payments) == 0 {
		return err
	}
	j.entry = fresh
	if kind = event.TypePayment; fresh.Settled() {
		kind = event.TypeSettled
	}
	return j.announce(ctx, kind, fresh.Status())
}

func announcedBy(s ledger.State) event.Type {
	switch s {
	case ledger.Paid, ledger.Cancelled:
		return event.TypeSettled
	case ledger.Lapsed:
		return event.TypeLapsed
	case ledger.Rejected:
		return event.TypeRejected
	case ledger.Failed:
		return event.TypeFailed
	case ledger.Accepted, ledger.Session, ledger.Linked, ledger.Issued:
	}
	return event.TypeIssued
}

// announce publishes one event that answers the request. Its id follows from
// the request's place in the stream, so that a repetition after a crash is the
// same event.
func (j *job) announce(ctx context.Context, kind event.Type, s event.Status) error {
	s.RequestID, s.Batch, s.Ignored, s.Repeated = j.id, j.env.Batch, j.ignored, j.repeated
	s.Warnings = append(s.Warnings, j.warnings...)
	if s.PDF != "" {
		if j.cfg.Bucket != "" {
			s.PDFBucket, s.PDFObject = j.cfg.Bucket, s.PDF
		}
		if j.cfg.Bucket == "" || j.cfg.SingleWorker { // on a cluster the directory may be another machine's
			s.PDFDirectory = j.spec.Out
		}
	}
	j.at("publish event")
	env := j.env
	env.ID = j.eventID(announce.Verb(kind))
	ctx, end := span(ctx, "publish "+announce.Verb(kind))
	publish := j.publisher().Publish
	if j.d.Attempt() > 1 { // an earlier one may have published it, long ago if no worker ran since
		publish = j.publisher().PublishOnce
	}
	err := publish(ctx, env, kind, s)
	end(err)
	return err
}

// eventID names an answer to the request.
func (j *job) eventID(verb string) string {
	return fmt.Sprintf("%d-%x-%s", j.d.Sequence(), j.d.Published().UnixNano(), verb)
}

// conclude writes down that a request failed or was refused, and announces it.
func (j *job) conclude(ctx context.Context, disp disposition, cause error) error {
	wrong, _ := errors.AsType[*rejection](cause)
	s := event.Status{Number: j.number(), State: string(disp.state)}
	if wrong == nil || !wrong.keepRecord {
		if err := j.writeEnd(ctx, disp, cause); err != nil {
			return err
		}
		if j.entry != nil && j.entry.Known() {
			s = j.entry.Status()
		}
	} else if wrong.ofRecord {
		s = j.entry.Status()
	}
	if err := j.unclaim(ctx); err != nil {
		return err
	}
	s.Error, s.Code = cause.Error(), "given-up"
	if wrong != nil {
		s.Code, s.Problems = cmp.Or(wrong.code, "invalid-request"), wrong.problems
	}
	s.DeadLetter = j.d.DeadLetterID()
	j.repeated = false
	return j.announce(ctx, announcedBy(disp.state), s)
}

// writeEnd puts the end into the record. A record that somebody settled
// meanwhile stays what it is, and so does one that has its page already; a
// renewal that failed is tried again later.
func (j *job) writeEnd(ctx context.Context, disp disposition, cause error) error {
	if j.entry == nil || !j.entry.Known() {
		return j.writeRejected(ctx, disp.state, cause.Error())
	}
	transition := j.ending(disp.state, cause.Error())
	for range 5 {
		err := j.cfg.Ledger.Update(ctx, j.entry, transition)
		if err == nil && j.renewing && j.entry.Link != nil && j.entry.State == ledger.Issued && j.cfg.Renewal.Mode == ledger.RenewAuto {
			return j.setTimer(ctx, &j.entry.Record)
		}
		if !errors.Is(err, ledger.ErrChanged) {
			return err
		}
		if j.entry, err = j.cfg.Ledger.Read(ctx, j.entry.Number); err != nil {
			return err
		}
	}
	return fmt.Errorf("conclude invoice %q: %w", j.entry.Number, ledger.ErrChanged)
}

func (j *job) ending(state ledger.State, reason string) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		if state == ledger.Rejected {
			return r.Reject(j.ledgerRequest(), reason)
		}
		var retryAt time.Time
		if j.renewing && r.Link != nil {
			retryAt = retryRenewalAt(r.Link.ExpiredBy, j.cfg.Now())
		}
		return r.Fail(j.ledgerRequest(), reason, retryAt)
	}
}

// retryRenewalAt is when a renewal that failed is tried again: the waits double
// from an hour to a day.
func retryRenewalAt(expired, now time.Time) time.Time {
	return now.Add(min(max(now.Sub(expired), time.Hour), 24*time.Hour)).UTC()
}

// writeRejected makes a record of a request that was refused before it had
// one, where its number can be one. A record of that number that is there is
// about other content and stays.
func (j *job) writeRejected(ctx context.Context, state ledger.State, reason string) error {
	if ledger.CheckNumber(j.asked) != nil {
		return nil
	}
	e, err := j.cfg.Ledger.Load(ctx, j.asked)
	if err != nil {
		return err
	}
	if e.Known() && (e.State != ledger.Rejected && e.State != ledger.Failed || e.Immutable() || e.Sequence > j.d.Sequence()) {
		return nil
	}
	err = j.cfg.Ledger.Update(ctx, e, func(r ledger.Record) (ledger.Record, error) {
		if j.inv != nil {
			r = r.About(j.inv)
		}
		return j.ending(state, reason)(r)
	})
	if err == nil {
		j.entry = e
	}
	return err
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"invoicelink/invoice"
	"invoicelink/invoice/text"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// publish announces where the invoice stands.
func (j *job) publish(ctx context.Context) error {
	return j.announce(ctx, announcedBy(j.entry.State), resultOf(&j.entry.Record, j.repeated))
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
	}
	return event.TypeIssued
}

// announce publishes one event about the request in hand. Its id follows from
// the request's place in the stream, so that a repetition after a crash is the
// same event.
func (j *job) announce(ctx context.Context, kind event.Type, result event.Result) error {
	result.RequestID, result.Batch, result.Ignored = j.id, j.env.Batch, j.ignored
	if result.PDF != nil {
		if j.Bucket != "" {
			result.PDF.Bucket, result.PDF.Object = j.Bucket, result.PDF.Name
		}
		result.PDF.Bytes = j.bytes
		if j.Bucket == "" || j.Exclusive { // on a cluster the directory may be another machine's
			result.PDF.Directory = j.ticket.Out
		}
	}
	j.at("publish event")
	env := j.env
	env.ID = j.eventID(verb(kind))
	return emit(ctx, j.Broker, env, kind, j.Source, j.Now(), result)
}

// eventID names an answer to the request in hand.
func (j *job) eventID(verb string) string {
	return fmt.Sprintf("%d-%x-%s", j.d.Sequence(), j.d.Published().UnixNano(), verb)
}

// verb is the last part of an event's subject: issued, renewed …
func verb(kind event.Type) string {
	return strings.Split(event.OutSubject(kind, ""), ".")[1]
}

// resultOf tells what the record says.
func resultOf(r *ledger.Record, repeated bool) event.Result {
	result := event.Result{
		Number: r.Number, Key: invoice.Key(r.Number), Kind: r.Kind, State: string(r.State), Revision: r.Printed,
		Digest: r.Digest, SessionID: r.SessionID, Currency: r.Currency, Total: r.Total, Payable: r.Payable,
		Repeated: repeated, Error: r.Error,
	}
	if r.Link != nil {
		result.Link = linkOf(r.Link)
		result.QR = &event.QR{Source: r.Link.Source, Note: r.Link.Note}
		result.Environment = r.Link.Environment
	}
	if r.Note != "" {
		result.Warnings = append(result.Warnings, r.Note)
	}
	if r.PDF != "" {
		result.PDF = &event.PDF{Name: r.PDF, SHA256: r.SHA256}
	}
	return result
}

func linkOf(l *ledger.Link) *event.Link {
	return &event.Link{ID: l.ID, URL: l.URL, CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt, ActivationMinutes: l.OnceOpened}
}

// conclude writes down that a request came to nothing, and announces it.
func (j *job) conclude(ctx context.Context, v verdict, cause error) error {
	state := v.state
	var wrong *rejection
	errors.As(cause, &wrong)
	aside := wrong != nil && wrong.aside
	kind := announcedBy(state)
	result := event.Result{Number: j.number(), State: string(state), Error: cause.Error()}
	if wrong != nil {
		result.Problems = wrong.problems
	}
	if !aside {
		if err := j.writeEnd(ctx, v, cause); err != nil {
			return err
		}
		if j.entry != nil {
			problems := result.Problems
			result = resultOf(&j.entry.Record, false)
			result.Error, result.Problems = cause.Error(), problems
		}
	}
	result.DeadLetter = j.d.LetterID()
	return j.announce(ctx, kind, result)
}

// writeEnd puts the end into the record. A record that somebody settled
// meanwhile stays what it is, and so does one that has its page already; only
// a renewal that can never succeed lets it lapse.
func (j *job) writeEnd(ctx context.Context, v verdict, cause error) error {
	reason := text.Line(cause.Error(), 600)
	if j.entry == nil {
		return j.writeRejected(ctx, v.state, reason)
	}
	for range 5 {
		err := j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) {
			switch {
			case r.Settled():
			case r.Printed == 0:
				r.State = v.state
			case j.renewing && !v.aged:
				r.State = ledger.Lapsed // what cannot be renewed gets no further link
			}
			r.Error, r.Claim, r.Renew = reason, nil, nil
			if r.Request == "" || r.Sequence <= j.d.Sequence() {
				r.Request, r.Batch, r.Sequence = j.id, j.env.Batch, j.d.Sequence()
			}
		})
		if !errors.Is(err, ledger.ErrChanged) {
			return err
		}
		if j.entry, err = j.Ledger.Read(ctx, j.entry.Number); err != nil {
			return err
		}
	}
	return fmt.Errorf("conclude invoice %q: %w", j.entry.Number, ledger.ErrChanged)
}

// writeRejected makes a record of a request that was refused before it had
// one, where its number can be one. A record of that number that is there is
// about other content and stays.
func (j *job) writeRejected(ctx context.Context, state ledger.State, reason string) error {
	probe := invoice.Invoice{Number: j.asked}
	for _, p := range probe.Validate() {
		if p.Field == "number" {
			return nil
		}
	}
	r := ledger.Record{Number: j.asked, State: state, Error: reason, Request: j.id, Batch: j.env.Batch, Sequence: j.d.Sequence()}
	if j.inv != nil {
		r.Kind, r.Currency, r.DueDate, r.Buyer = j.inv.Kind, text.Line(j.inv.Currency, 3), j.inv.DueDate, text.Line(j.inv.Buyer.Name, 60)
	}
	_, err := j.Ledger.Create(ctx, r)
	if !errors.Is(err, ledger.ErrChanged) {
		return err
	}
	e, err := j.Ledger.Read(ctx, j.asked)
	if err != nil {
		return err
	}
	if (e.State != ledger.Rejected && e.State != ledger.Failed) || e.Reached() || e.Sequence > r.Sequence {
		return nil
	}
	j.entry = e
	return j.Ledger.Update(ctx, e, func(old *ledger.Record) {
		old.State, old.Error, old.Request, old.Batch, old.Sequence = r.State, r.Error, r.Request, r.Batch, r.Sequence
	})
}

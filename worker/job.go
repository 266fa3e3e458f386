package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
)

// job is one delivery in hand and what is known of it so far.
type job struct {
	*Worker
	d     *broker.Delivery
	log   *slog.Logger
	token string // of the claim

	env          event.Envelope
	id           string // the request's id
	asked        string // the number that the request names
	entry        *ledger.Entry
	inv          *invoice.Invoice
	totals       *invoice.Totals
	seller       *invoice.Seller
	sellerDigest string
	ticket       ledger.Ticket
	ignored      []string

	bytes    int64 // of the page
	renewing bool  // the request is for a new link
	repeated bool  // an answer to a request that was carried out before
	note     string
}

// crashError is a panic of our own code, caught so that one invoice cannot
// take the others down.
type crashError struct {
	value any
	stack []byte
}

func (e *crashError) Error() string { return fmt.Sprintf("worker crashed: %v", e.value) }

// attempt decodes the delivery and carries it as far as it goes.
func (j *job) attempt(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			crash := &crashError{v, debug.Stack()}
			j.log.Error("worker crashed", "panic", v, "stack", string(crash.stack))
			err = j.crashed(ctx, crash)
		}
	}()
	env, payload, err := event.Decode(event.Message{Subject: j.d.Subject(), Header: j.d.Header(), Data: j.d.Data()},
		event.DecodeOptions{Strict: j.Strict})
	j.env = env
	j.id = env.ID
	if j.id == "" { // bare JSON: its place in the stream names it
		j.id = "request-" + strconv.FormatUint(j.d.Sequence(), 10)
	}
	foreign := j.findUpload(ctx)
	if err != nil {
		var unreadable *event.DecodeError
		if errors.As(err, &unreadable) {
			j.asked = unreadable.Number
			return &rejection{problems: unreadable.Problems, err: err, aside: true}
		}
		return err
	}
	if foreign != nil {
		j.asked = numberIn(payload)
		return foreign
	}
	// Somebody else may change the record at any moment; then the job looks
	// again where it stands.
	for range 5 {
		switch p := payload.(type) {
		case *event.Requested:
			err = j.request(ctx, p)
		case *event.Renew:
			err = j.renew(ctx, p)
		case *event.Paid:
			err = j.paid(ctx, p)
		case *event.Cancelled:
			err = j.cancelled(ctx, p)
		default:
			err = &permanentError{fmt.Errorf("no step for a %T", payload)}
		}
		if !errors.Is(err, ledger.ErrChanged) {
			return err
		}
	}
	return err
}

// numberIn is the invoice number that a request names.
func numberIn(payload any) string {
	switch p := payload.(type) {
	case *event.Requested:
		return p.Number
	case *event.Renew:
		return p.Number
	case *event.Paid:
		return p.Number
	case *event.Cancelled:
		return p.Number
	}
	return ""
}

// crashed counts a crash against the invoice and gives it up after too many.
func (j *job) crashed(ctx context.Context, crash *crashError) error {
	if j.entry == nil {
		if j.d.Attempt() >= maxCrashes {
			return &permanentError{crash}
		}
		return crash
	}
	if err := j.Ledger.Update(ctx, j.entry, func(r *ledger.Record) { r.Crashes++; r.Claim = nil }); err != nil {
		return errors.Join(crash, err)
	}
	if j.entry.Crashes >= maxCrashes {
		return &permanentError{fmt.Errorf("%w; given up after %d times", crash, j.entry.Crashes)}
	}
	return crash
}

func (j *job) number() string {
	if j.entry != nil {
		return j.entry.Number
	}
	return j.asked
}

func (j *job) state() ledger.State {
	if j.entry != nil {
		return j.entry.State
	}
	return ""
}

// age is the time since the request was first taken; a renewal is a request of
// its own.
func (j *job) age() time.Duration {
	if !j.renewing && j.entry != nil && !j.entry.AcceptedAt.IsZero() {
		return j.Now().Sub(j.entry.AcceptedAt)
	}
	return j.Now().Sub(j.d.Published())
}

// end writes down what became of the job and ends its delivery.
func (j *job) end(ctx context.Context, v verdict, err error) error {
	j.logFate(v, err)
	switch v.fate {
	case fateDone:
		j.at("acknowledge")
		return j.d.Done(ctx)
	case fateRetry:
		return errors.Join(j.unclaim(ctx), j.d.Retry(v.after))
	case fateRelease, fateStop:
		return errors.Join(j.unclaim(ctx), j.d.Release())
	case fateBury:
		return j.refuse(ctx, v, err)
	}
	return fmt.Errorf("end request: no such fate: %q", v.fate)
}

// at tells that the next step is about to be made.
func (j *job) at(step string) {
	if j.reached != nil {
		j.reached(step)
	}
}

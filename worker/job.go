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

// job is one delivery in progress and what is known of it so far.
type job struct {
	*Worker
	d      *broker.Delivery
	log    *slog.Logger
	token  string // of the claim
	locked string // the number that no other attempt of this worker issues or renews

	env          event.Envelope
	id           string // the request's id
	asked        string // the number that the request names
	entry        *ledger.Entry
	inv          *invoice.Invoice
	totals       *invoice.Totals
	seller       *invoice.Seller
	sellerDigest string
	spec         ledger.BatchSpec
	ignored      []string

	mayCall  bool // the breaker lets this attempt call the API
	renewing bool // the request is for a new link
	repeated bool // an answer to a request that was carried out before
	note     string
	warnings []string // legal rules that the invoice breaks, if these only warn
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
		event.DecodeOptions{Strict: j.cfg.Strict})
	j.env = env
	j.id = env.ID
	if j.id == "" { // bare JSON: its place in the stream names it
		j.id = "request-" + strconv.FormatUint(j.d.Sequence(), 10)
	}
	if event.OwnEvent(env, j.d.Data()) {
		return &rejection{code: "own-event", keepRecord: true, silent: true,
			message: "the request is an event that this program has published: look for a consumer, source or bridge that sends events to " + j.d.Subject()}
	}
	foreign := j.findUpload(ctx)
	if foreign == nil {
		foreign = j.outsideNumbers(payload)
	}
	if err != nil {
		if unreadable, ok := errors.AsType[*event.DecodeError](err); ok {
			j.asked = unreadable.Number
			return &rejection{problems: unreadable.Problems, err: err, keepRecord: true}
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

// allow asks the breaker, once per attempt, whether the API may be called.
func (j *job) allow() error {
	if j.mayCall {
		return nil
	}
	err := j.breaker.allow()
	j.mayCall = err == nil
	return err
}

// lock keeps other attempts of this worker off the invoice until this one ends.
func (j *job) lock(number string) error {
	if j.locked == number {
		return nil
	}
	if _, busy := j.numbers.LoadOrStore(number, true); busy {
		return fmt.Errorf("work on invoice %q: %w", number, errBusy)
	}
	j.locked = number
	return nil
}

func (j *job) unlock() {
	if j.locked != "" {
		j.numbers.Delete(j.locked)
	}
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
	if j.entry == nil || !j.entry.Known() {
		if j.d.Attempt() >= maxCrashes {
			return &permanentError{crash}
		}
		return crash
	}
	if err := j.cfg.Ledger.Update(ctx, j.entry, ledger.Record.Crashed); err != nil {
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
	if !j.renewing && j.entry != nil && !j.entry.AcceptedAt().IsZero() {
		return j.cfg.Now().Sub(j.entry.AcceptedAt())
	}
	return j.cfg.Now().Sub(j.d.Published())
}

// ledgerRequest names the delivery in the record.
func (j *job) ledgerRequest() ledger.Request {
	return ledger.Request{ID: j.id, Batch: j.env.Batch, Sequence: j.d.Sequence()}
}

// end writes down how the job ended and ends its delivery.
func (j *job) end(ctx context.Context, disp disposition, err error) error {
	j.logEnd(disp, err)
	switch disp.action {
	case ActionDone:
		if err := j.unclaim(ctx); err != nil {
			return err
		}
		j.at("acknowledge")
		return j.d.Done(ctx)
	case ActionRetry:
		return errors.Join(j.unclaim(ctx), j.d.Retry(disp.after))
	case ActionRequeue, ActionAbort:
		return errors.Join(j.unclaim(ctx), j.d.Release())
	case ActionDeadLetter:
		return j.refuse(ctx, disp, err)
	}
	return fmt.Errorf("end request: no such action: %q", disp.action)
}

// at says that the next step is about to be made.
func (j *job) at(step string) {
	if j.reached != nil {
		j.reached(step)
	}
}

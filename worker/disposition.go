package worker

import (
	"errors"
	"math/rand/v2"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/announce"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// Action is what is done with a delivery.
type Action string

// The actions.
const (
	ActionDone       Action = "done"       // acknowledge
	ActionRetry      Action = "retry"      // again after a delay
	ActionRequeue    Action = "requeue"    // again at once, elsewhere; costs no attempt
	ActionDeadLetter Action = "deadLetter" // keep as a dead letter, then acknowledge
	ActionAbort      Action = "abort"      // requeue, and stop the worker
)

// disposition is what is done with a delivery, and what goes with it.
type disposition struct {
	action Action
	after  time.Duration // ActionRetry
	state  ledger.State  // ActionDeadLetter: Rejected or Failed
	pause  time.Duration // what the API asked everybody to wait
}

// maxCrashes is how often a worker may die with an invoice before the invoice
// is taken for the reason.
const maxCrashes = 5

// decide turns the end of an attempt into the disposition of its delivery.
// attempt counts deliveries from 1, age is the time since the request was first
// taken, cause the reason why the work's context ended, if it did.
//
// Temporary and systemic trouble ends by age, an invoice's own at once.
// Stopping is not failing.
func decide(err error, attempt int, age, giveUp time.Duration, cause error) disposition {
	_, rejected := errors.AsType[*rejection](err)
	call, isCall := errors.AsType[*checkout.Error](err)
	later, waits := errors.AsType[*laterError](err)
	switch {
	case err == nil:
		return disposition{action: ActionDone}
	case rejected:
		return disposition{action: ActionDeadLetter, state: ledger.Rejected}
	case errors.Is(err, checkout.ErrCredentials):
		return disposition{action: ActionAbort}
	case errors.Is(cause, errStopped):
		return disposition{action: ActionRequeue}
	case errors.Is(err, errBusy), errors.Is(err, ledger.ErrChanged):
		return disposition{action: ActionRetry, after: jitter(time.Second)}
	case permanent(err):
		return disposition{action: ActionDeadLetter, state: ledger.Failed}
	case isCall && call.Class() == checkout.ClassInvoice && !waits:
		return disposition{action: ActionDeadLetter, state: ledger.Failed}
	}
	d := disposition{action: ActionRetry, after: backoff(attempt)}
	if waits {
		d.after = max(d.after, later.after)
	}
	if isCall && call.RetryAfter > 0 {
		d.pause = call.RetryAfter
		d.after = max(d.after, call.RetryAfter)
	}
	if age > giveUp {
		return disposition{action: ActionDeadLetter, state: ledger.Failed, pause: d.pause}
	}
	return d
}

// laterError marks trouble that is not the invoice's own, or a step whose time
// has not come: the request waits.
type laterError struct {
	err   error
	after time.Duration
}

func (e *laterError) Error() string { return e.err.Error() }
func (e *laterError) Unwrap() error { return e.err }

// backoff is 1, 2, 4 … 60 seconds, give or take a fifth so that what failed
// together does not come back together.
func backoff(attempt int) time.Duration {
	return jitter(min(time.Second<<min(max(attempt, 1)-1, 6), time.Minute))
}

func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// permanentError marks a trouble that trying again cannot end.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

func permanent(err error) bool {
	_, marked := errors.AsType[*permanentError](err)
	_, unwritable := errors.AsType[*announce.EncodeError](err)
	return marked || unwritable ||
		errors.Is(err, archive.ErrForeignFile) || errors.Is(err, archive.ErrDocument) || errors.Is(err, archive.ErrDiffers)
}

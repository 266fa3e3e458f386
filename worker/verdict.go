package worker

import (
	"errors"
	"math/rand/v2"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
)

// fate is what becomes of a delivery.
type fate string

const (
	fateDone    fate = "done"    // acknowledge
	fateRetry   fate = "retry"   // again after a delay
	fateRelease fate = "release" // again at once, elsewhere; costs no attempt
	fateBury    fate = "bury"    // dead letter, then acknowledge
	fateStop    fate = "stop"    // release, and stop the worker
)

// verdict is the fate of a delivery and what goes with it.
type verdict struct {
	fate  fate
	after time.Duration // fateRetry
	state ledger.State  // fateBury: Rejected or Failed
	aged  bool          // fateBury: the trouble was temporary, but too old
	pause time.Duration // what the API asked everybody to wait
}

// maxCrashes is how often an invoice may bring a worker down before it is
// taken for the reason.
const maxCrashes = 5

// decide turns the end of an attempt into the fate of its delivery. attempt
// counts deliveries from 1, age is the time since the request was first taken,
// cause the reason why the work's context ended, if it did.
//
// Temporary troubles end by age, permanent ones at once. Stopping is not
// failing.
func decide(err error, attempt int, age, giveUp time.Duration, cause error) verdict {
	var wrong *rejection
	var call *checkout.Error
	switch {
	case err == nil:
		return verdict{fate: fateDone}
	case errors.As(err, &wrong):
		return verdict{fate: fateBury, state: ledger.Rejected}
	case errors.Is(err, checkout.ErrCredentials):
		return verdict{fate: fateStop}
	case errors.Is(cause, errStopped):
		return verdict{fate: fateRelease}
	case errors.Is(err, errBusy), errors.Is(err, ledger.ErrChanged):
		return verdict{fate: fateRetry, after: jitter(time.Second)}
	case errors.As(err, &call) && !call.Temporary(), permanent(err):
		return verdict{fate: fateBury, state: ledger.Failed}
	}
	v := verdict{fate: fateRetry, after: backoff(attempt)}
	if call != nil && call.RetryAfter > 0 {
		v.pause = call.RetryAfter
		v.after = max(v.after, call.RetryAfter)
	}
	if age > giveUp {
		return verdict{fate: fateBury, state: ledger.Failed, aged: true, pause: v.pause}
	}
	return v
}

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
	var p *permanentError
	return errors.As(err, &p) || errors.Is(err, archive.ErrForeignFile) || errors.Is(err, archive.ErrDocument) || errors.Is(err, archive.ErrDiffers)
}

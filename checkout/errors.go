package checkout

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ErrCredentials means that the user name and password are not accepted:
// authenticate answered 401 or 403, or a call answered 401 twice, the second
// time to a token that had just been issued. Every further call would end the
// same way, so a caller stops at once.
var ErrCredentials = errors.New("checkout credentials are refused; correct the user name and password")

// Kind says what stopped a call. The values are stable, short and fit for the
// label of a metric.
type Kind string

const (
	// KindRequest: the request was refused here, before anything was sent.
	KindRequest Kind = "request"
	// KindStopped: the caller's context ended, or [Config.Wait] refused.
	KindStopped Kind = "stopped"
	// KindConnect: no connection came about, or it ended before a byte of the
	// request was written.
	KindConnect Kind = "connect"
	// KindTimeout: [Config.Timeout] passed, or connecting took too long.
	KindTimeout Kind = "timeout"
	// KindCut: the connection ended after the request was sent and before the
	// whole answer was here.
	KindCut Kind = "cut"
	// KindStatus: the answer's status is not 2xx.
	KindStatus Kind = "status"
	// KindRedirect: the answer is a redirect, which is never followed.
	KindRedirect Kind = "redirect"
	// KindUnreadable: a 2xx answer that is cut off, too long, not the
	// documented format, or lacks what is needed.
	KindUnreadable Kind = "unreadable"
	// KindRefused: a 2xx answer whose link must not be printed: plain HTTP, a
	// user in it, too long.
	KindRefused Kind = "refused"
	// KindCredentials: see [ErrCredentials].
	KindCredentials Kind = "credentials"
)

// Error is how every call of a [Client] fails.
type Error struct {
	// Op is the operation in words: "authenticate", "create session",
	// "create link" or "ask for payments". A call that needs a new token and
	// gets none ends in the error of authenticate, and its own request was
	// not sent.
	Op string
	// Method and URL of the request; the URL without user, query and
	// fragment. Both are empty for KindRequest.
	Method, URL string
	// Status of the answer, 0 where there is none.
	Status int
	// RetryAfter is what the server asked for, 0 if it asked for nothing; at
	// most [MaxRetryAfter].
	RetryAfter time.Duration
	// Sent tells that the request may have reached the server, so that what
	// it asked for may exist. It is false only where it surely did not.
	Sent bool
	// Kind says what stopped the call.
	Kind Kind
	// Message is an excerpt of the answer's body, cleaned, without secrets,
	// at most 300 characters.
	Message string
	// Err is the cause, if any.
	Err error
}

// Error tells what was called where, what came back, and what to do next where
// that is certain.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.URL != "" {
		fmt.Fprintf(&b, ": %s %s", e.Method, e.URL)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": the server says %q", e.Message)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ": try again in %v", e.RetryAfter)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// Unwrap returns the cause, so that errors.Is finds [ErrCredentials],
// context.Canceled and the like.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same call can succeed later: connection
// errors, time-outs, answers 408, 425, 429 and 5xx except 501, an answer that
// was successful but cannot be read, and a call stopped by its caller.
func (e *Error) Temporary() bool {
	switch e.Kind {
	case KindStopped, KindConnect, KindTimeout, KindCut, KindUnreadable:
		return true
	case KindStatus:
		switch e.Status {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
			return true
		case http.StatusNotImplemented:
			return false
		}
		return e.Status >= 500
	}
	return false
}

// Gone reports whether the API says that the session of the call does not
// exist, or no longer: 404 or 410 to a call on a session. A base URL with a
// wrong path answers 404 as well; authenticate fails first then.
func (e *Error) Gone() bool {
	return e.Op == opLink && e.Kind == KindStatus &&
		(e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// refuse is a request that is wrong by itself.
func refuse(op string, err error) *Error {
	return &Error{Op: op, Kind: KindRequest, Err: err}
}

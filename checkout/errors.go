package checkout

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ErrCredentials means that authenticate itself refused the user name and
// password: 401, or 403 that is no page of a firewall. Every further call would
// end the same way, so a caller stops at once. No other call ends in it: a 401
// to a token that was just issued says nothing about the password.
var ErrCredentials = errors.New("checkout credentials are refused; correct the user name and password")

// Kind says what stopped a call. The values are stable, short and fit for the
// label of a metric.
type Kind string

const (
	// KindRequest: the request was refused here, before anything was sent.
	KindRequest Kind = "request"
	// KindStopped: the caller's context ended, or [Config.RateLimit] refused.
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
	// KindEcho: a 2xx answer that repeats another order than was sent, see
	// [EchoError].
	KindEcho Kind = "echo"
	// KindCredentials: see [ErrCredentials].
	KindCredentials Kind = "credentials"
)

// Class says whose trouble an error is, and so what to do about it.
type Class string

const (
	// ClassTemporary: the same call can succeed later, without anybody doing
	// anything.
	ClassTemporary Class = "temporary"
	// ClassInvoice: the API, or this package, refuses this one request; others
	// may pass. The same refusal of several invoices in a row is systemic
	// nevertheless, which only the caller can see.
	ClassInvoice Class = "invoice"
	// ClassSystemic: the way to the API or the account is in trouble, not the
	// invoice: a firewall's page, a route that does not exist, an account
	// without the right. Calls should pause; nothing should be given up for
	// one such answer.
	ClassSystemic Class = "systemic"
	// ClassCredentials: see [ErrCredentials].
	ClassCredentials Class = "credentials"
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
	// Status of the answer, 0 if there is none.
	Status int
	// RetryAfter is what the server asked for, 0 if it asked for nothing; at
	// most an hour.
	RetryAfter time.Duration
	// Sent means that the request may have reached the server, so that what
	// it asked for may exist. It is false only if it surely did not.
	Sent bool
	// Kind says what stopped the call.
	Kind Kind
	// Message is an excerpt of the answer's body, cleaned, without secrets,
	// at most 300 characters.
	Message string
	// FromAPI means that an answer that is not 2xx is the API's own, and not
	// that of a firewall or proxy before it, see [Config.ErrorBodies].
	FromAPI bool
	// Err is the cause, if any.
	Err error

	body BodyKind // of an answer that is not 2xx
}

// Error says what was called, what came back, and what to do next if that is
// certain.
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

// Class says whose trouble it is:
//
//   - temporary: connection errors, time-outs, a call stopped by its caller, a
//     successful answer that cannot be read, 408, 425, 429, 5xx except 501, and
//     401 to a token that had just been issued;
//   - invoice: a request refused before it was sent, a link that must not be
//     printed, an echo of another order, a session that is gone (see
//     [Error.Gone]), and any other 4xx that is the API's own;
//   - systemic: 4xx of somebody else, 403, 404 and 405 (the routes are known to
//     exist), 501, and redirects;
//   - credentials: see [ErrCredentials].
func (e *Error) Class() Class {
	switch e.Kind {
	case KindStopped, KindConnect, KindTimeout, KindCut, KindUnreadable:
		return ClassTemporary
	case KindRequest, KindRefused, KindEcho:
		return ClassInvoice
	case KindRedirect:
		return ClassSystemic
	case KindCredentials:
		return ClassCredentials
	case KindStatus:
	}
	switch {
	case e.Status == http.StatusNotImplemented:
		return ClassSystemic
	case e.Status >= 500 || temporaryStatuses[e.Status]:
		return ClassTemporary
	case e.Gone():
		return ClassInvoice
	case !e.FromAPI || systemicStatuses[e.Status]:
		return ClassSystemic
	}
	return ClassInvoice
}

var (
	temporaryStatuses = map[int]bool{http.StatusRequestTimeout: true, http.StatusTooEarly: true,
		http.StatusTooManyRequests: true, http.StatusUnauthorized: true}
	systemicStatuses = map[int]bool{http.StatusForbidden: true, http.StatusNotFound: true, http.StatusMethodNotAllowed: true}
)

// Temporary reports whether the same call can succeed later without anybody
// doing anything: [Error.Class] is [ClassTemporary].
func (e *Error) Temporary() bool { return e.Class() == ClassTemporary }

// Gone reports whether the API says that the session of the call does not
// exist, or no longer: 404 or 410 to a call on a session, unless it is a page
// with markup that is not the API's own.
func (e *Error) Gone() bool {
	return e.Op == opLink && e.Kind == KindStatus && (e.FromAPI || e.body != BodyMarkup) &&
		(e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// refuse is a request that is wrong by itself.
func refuse(op string, err error) *Error {
	return &Error{Op: op, Kind: KindRequest, Err: err}
}

package checkout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"invoicelink/worker/ctxtime"
)

// The operations, as they appear in errors and reports.
const (
	opAuthenticate = "authenticate"
	opSession      = "create session"
	opLink         = "create link"
	opPayments     = "ask for payments"
)

const (
	maxAnswer     = 1 << 20 // bytes of an answer, after decompression
	maxLinkAnswer = 4 << 20 // a link's answer holds an image
	quickPause    = 200 * time.Millisecond
	// quickLimit is the longest Retry-After that is waited for here; a longer
	// one is the caller's to wait for, who can do other work meanwhile.
	quickLimit = 2 * time.Second
)

// request is one call to make, with as many HTTP attempts as the rules allow.
type request struct {
	op, method string
	url        *url.URL
	basic      bool // Basic credentials instead of a token
	body       []byte
	accept     string
	limit      int64
}

// answer is a 2xx answer, read to its end.
type answer struct {
	req            request
	status         int
	body           []byte
	sent, answered time.Time
}

// unreadable is the error of a 2xx answer that does not hold what it should.
func (a *answer) unreadable(err error) *Error {
	return &Error{Op: a.req.op, Method: a.req.method, URL: plainURL(a.req.url), Status: a.status,
		Sent: true, Kind: KindUnreadable, Err: err}
}

// call makes the request: once, once more with a new token after a 401, and
// once more if nothing was sent or the server asks for a short wait.
func (c *Client) call(ctx context.Context, r request) (*answer, error) {
	renewed, again := false, false
	for {
		a, bearer, err := c.attempt(ctx, r)
		if err == nil {
			return a, nil
		}
		e, ok := errors.AsType[*Error](err)
		switch {
		case !ok || e.Op != r.op:
			return nil, err
		case bearer != "" && e.Status == http.StatusUnauthorized && !renewed:
			renewed = true
			c.dropToken(bearer)
			continue
		case bearer != "" && e.Status == http.StatusUnauthorized:
			// A fresh token was refused as well. The password is right, or
			// there would be no token.
			c.dropToken(bearer)
			return nil, e
		case credentialsRefused(r, e):
			e.Kind, e.Err = KindCredentials, ErrCredentials
			return nil, e
		case again || !quick(e):
			return nil, e
		}
		again = true
		if err := ctxtime.Sleep(ctx, max(e.RetryAfter, quickPause)); err != nil {
			return nil, e
		}
	}
}

// credentialsRefused: see [ErrCredentials].
func credentialsRefused(r request, e *Error) bool {
	if r.op != opAuthenticate || e.Kind != KindStatus {
		return false
	}
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden && (e.FromAPI || e.body != BodyMarkup)
}

// quick reports whether a second try at once is right.
func quick(e *Error) bool {
	switch e.Kind {
	case KindConnect:
		return !e.Sent
	case KindStatus:
		return (e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable) &&
			e.RetryAfter > 0 && e.RetryAfter <= quickLimit
	}
	return false
}

// attempt is one HTTP attempt. It returns the token that was used.
func (c *Client) attempt(ctx context.Context, r request) (*answer, string, error) {
	if c.cfg.RateLimit != nil {
		if err := c.cfg.RateLimit(ctx); err != nil {
			return nil, "", &Error{Op: r.op, Kind: KindStopped, Err: fmt.Errorf("wait for the turn to call: %w", err)}
		}
	}
	var bearer string
	if !r.basic {
		// After RateLimit, which may have taken longer than a token lives.
		var err error
		if bearer, err = c.token(ctx); err != nil {
			return nil, "", err
		}
	}
	began := time.Now()
	a, err := c.exchange(ctx, r, bearer)
	if c.cfg.OnCall != nil {
		done := Call{Op: r.op, Duration: time.Since(began)}
		if e, ok := errors.AsType[*Error](err); ok {
			done.Status, done.Kind, done.Class, done.RetryAfter = e.Status, e.Kind, e.Class(), e.RetryAfter
		} else {
			done.Status = a.status
		}
		c.cfg.OnCall(done)
	}
	return a, bearer, err
}

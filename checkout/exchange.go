package checkout

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// exchange sends the request and reads the answer within [Config.Timeout].
func (c *Client) exchange(parent context.Context, r request, bearer string) (*answer, error) {
	ctx, cancel := context.WithTimeout(parent, c.cfg.Timeout)
	defer cancel()
	var trace sendTrace
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace.hooks()), r.method, r.url.String(), nil)
	if err != nil {
		return nil, refuse(r.op, errors.New("build the request: its URL cannot be parsed"))
	}
	if r.body != nil {
		req.Body = io.NopCloser(bytes.NewReader(r.body))
		req.ContentLength = int64(len(r.body))
		// Without a way to rewind the body the transport cannot repeat the
		// request on a new connection; whether to repeat is decided by call.
		req.GetBody = nil
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", cmp.Or(r.accept, "application/json"))
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if r.basic {
		req.SetBasicAuth(c.cfg.Username, c.cfg.Password)
	} else {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	fail := func(status int, kind Kind, err error) *Error {
		e := &Error{Op: r.op, Method: r.method, URL: plainURL(r.url), Status: status, Kind: kind, Sent: true, Err: err}
		switch {
		case parent.Err() != nil:
			e.Kind, e.Err = KindStopped, context.Cause(parent)
		case ctx.Err() != nil:
			e.Kind, e.Err = KindTimeout, fmt.Errorf("no complete answer within %v", c.cfg.Timeout)
		case isTimeout(err):
			e.Kind = KindTimeout // of dialling or of the handshake
		}
		return e
	}
	sent := c.now()
	res, err := c.http.Do(req)
	if err != nil {
		e := fail(0, KindCut, stripURL(err))
		e.Sent = trace.maybeSent(err)
		if !e.Sent && e.Kind == KindCut {
			e.Kind = KindConnect
		}
		return nil, e
	}
	defer res.Body.Close()
	c.clock.note(res.Header, sent, c.now())
	if v := res.Header.Get(sandboxHeader); v != "" && v != "0" {
		c.sandbox.Store(true)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, c.statusError(r, res, bearer)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, r.limit+1))
	if err != nil {
		return nil, fail(res.StatusCode, KindCut, fmt.Errorf("read the answer: %w", stripURL(err)))
	}
	a := &answer{req: r, status: res.StatusCode, body: body, sent: sent, answered: c.now()}
	if int64(len(body)) > r.limit {
		return nil, a.unreadable(fmt.Errorf("read the answer: it is longer than %d bytes", r.limit))
	}
	return a, nil
}

// sendTrace learns from the transport whether a request was written.
type sendTrace struct{ asked, wrote atomic.Bool }

func (t *sendTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:      func(string) { t.asked.Store(true) },
		WroteHeaders: func() { t.wrote.Store(true) },
	}
}

// maybeSent is false only if surely nothing was sent: dialling failed, or
// a transport that reports its steps never came to writing the header.
func (t *sendTrace) maybeSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return false
	}
	return !t.asked.Load() || t.wrote.Load()
}

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}

// stripURL removes the layer in which net/http repeats the URL with its query.
func stripURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// plainURL is the URL as it may be shown.
func plainURL(u *url.URL) string {
	shown := *u
	shown.User, shown.RawQuery, shown.Fragment = nil, "", ""
	return shown.String()
}

package checkout

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// credentialsPause is how long a refusal of the credentials is remembered: a
// pool of workers that notices one after the other must not knock a dozen
// times with the same wrong password, since gateways lock accounts for that.
const credentialsPause = 5 * time.Second

// token is a bearer token with the time from which it must not be used.
type token struct {
	text  string
	renew time.Time
}

// tokens shares one token among all goroutines. Renewal is one call however
// many wait for it, and it belongs to no single caller: a caller who gives up
// takes nothing away from the others.
type tokens struct {
	mu      sync.Mutex
	current token
	flight  *flight
	refused *Error    // the last refusal of the credentials
	until   time.Time // how long it counts
}

// flight is one authenticate call under way.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	token   token
	err     error
}

// Authenticate makes sure that a token is at hand and calls the API only if
// none is alive. It serves to fail early on a wrong password, in which case
// the error is [ErrCredentials], and to find out whether the API can be reached.
func (c *Client) Authenticate(ctx context.Context) error {
	_, err := c.token(ctx)
	return err
}

// token returns a living token, from memory or from the API.
func (c *Client) token(ctx context.Context) (string, error) {
	t := &c.tokens
	t.mu.Lock()
	now := c.now()
	if t.current.text != "" && now.Before(t.current.renew) {
		defer t.mu.Unlock()
		return t.current.text, nil
	}
	if t.refused != nil && now.Before(t.until) {
		defer t.mu.Unlock()
		return "", t.refused
	}
	f := t.flight
	if f == nil {
		// The values of the first caller's context are kept for tracing, its
		// cancellation is not. The call ends when nobody waits any more.
		shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel}
		t.flight = f
		go c.fly(shared, f)
	}
	f.waiting++
	t.mu.Unlock()

	select {
	case <-f.done:
		return f.token.text, f.err
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		if f.waiting--; f.waiting == 0 {
			f.cancel()
			if t.flight == f {
				t.flight = nil // the next caller starts afresh
			}
		}
		return "", &Error{Op: opAuthenticate, Kind: KindStopped, Err: context.Cause(ctx)}
	}
}

// fly makes the call and shares its outcome.
func (c *Client) fly(ctx context.Context, f *flight) {
	defer f.cancel()
	f.token, f.err = c.authenticate(ctx)
	t := &c.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.flight == f {
		t.flight = nil
	}
	if f.err == nil {
		t.current, t.refused = f.token, nil
	} else if e, ok := errors.AsType[*Error](f.err); ok && e.Kind == KindCredentials {
		t.refused, t.until = e, c.now().Add(credentialsPause)
	}
	close(f.done)
}

// dropToken forgets the token that was refused, and only that one: another
// goroutine may have brought a newer one already.
func (c *Client) dropToken(text string) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if c.tokens.current.text == text {
		c.tokens.current = token{}
	}
}

// authenticate exchanges user name and password for a token.
func (c *Client) authenticate(ctx context.Context) (token, error) {
	a, err := c.call(ctx, request{
		op: opAuthenticate, method: http.MethodPost,
		url:   c.endpoint("checkout", "v1", "api", "authenticate"),
		basic: true, body: []byte("{}"), limit: maxAnswer,
	})
	if err != nil {
		return token{}, err
	}
	var wire struct {
		Token string `json:"token"`
	}
	if err := decodeJSON(a.body, &wire); err != nil {
		return token{}, a.unreadable(err)
	}
	if err := checkToken(wire.Token); err != nil {
		return token{}, a.unreadable(err)
	}
	claims := jwtClaims(wire.Token)
	if env := claimEnvironment(claims); env != EnvironmentUnknown {
		c.claimed.Store(env)
	}
	life := tokenLife(claims)
	return token{text: wire.Token, renew: a.answered.Add(life - renewMargin(life))}, nil
}

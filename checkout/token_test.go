package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/checkout"
)

// clock is a time that tests move.
type clock struct{ offset atomic.Int64 }

var clockZero = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (c *clock) now() time.Time          { return clockZero.Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// TestTokenLife: exp − iat from the moment of receipt, less the margin. The
// server's clock is 25 years off throughout.
func TestTokenLife(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		life, renewed time.Duration
		token         string
	}{
		{life: 30 * time.Minute, renewed: 29 * time.Minute},
		{life: time.Hour, renewed: 59 * time.Minute},
		{life: 100 * time.Second, renewed: 90 * time.Second},
		{life: 400 * 24 * time.Hour, renewed: 24*time.Hour - time.Minute},
		{token: "opaque", renewed: 4*time.Minute + 30*time.Second},
		{token: "a.b.c", renewed: 4*time.Minute + 30*time.Second},
		{token: "e30." + b64url([]byte(`{"exp":99999999999}`)) + ".x", renewed: 4*time.Minute + 30*time.Second},
		{token: "e30." + b64url([]byte(`{"exp":100,"iat":200}`)) + ".x", renewed: 4*time.Minute + 30*time.Second},
		{token: "e30." + b64url([]byte(`{"exp":"x","iat":[]}`)) + ".x", renewed: 4*time.Minute + 30*time.Second},
	} {
		t.Run(fmt.Sprintf("%v %.10s", c.life, c.token), func(t *testing.T) {
			t.Parallel()
			a, clk := newAPI(t), &clock{}
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/authenticate", func(w http.ResponseWriter, _ *http.Request) {
				token := c.token
				if token == "" {
					token = jwt(c.life, 1, nil)
				}
				a.auths.Add(1)
				w.WriteHeader(http.StatusCreated)
				fmt.Fprintf(w, `{"token":%q}`, token)
			})
			client := a.client(t, func(cfg *checkout.Config) { cfg.Now = clk.now })
			for _, step := range []struct {
				wait time.Duration
				want int64 // authenticate calls so far
			}{{0, 1}, {c.renewed - time.Second, 1}, {time.Second, 2}} {
				clk.advance(step.wait)
				if err := client.Authenticate(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := a.auths.Load(); got != step.want {
					t.Errorf("after %v more: got %d calls, want %d", step.wait, got, step.want)
				}
			}
		})
	}
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"empty": ``, "no token": `{}`, "empty token": `{"token":""}`, "number": `{"token":5}`, "space": `{"token":"a b"}`, "header": `{"token":"a\r\nX-Evil: 1"}`, "long": `{"token":"` + strings.Repeat("x", 20<<10) + `"}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/authenticate", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			err := a.client(t, nil).Authenticate(t.Context())
			if e, ok := errors.AsType[*checkout.Error](err); !ok || e.Kind != checkout.KindUnreadable || !e.Temporary() {
				t.Errorf("got %v, want an unreadable answer, temporary", err)
			}
		})
	}
}

// TestTokenEndsForFifty: the server stops accepting the token while fifty
// goroutines use it. They end in one new token and fifty links.
func TestTokenEndsForFifty(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	var accepted atomic.Value
	accepted.Store(`"jti":"1"`)
	var gate sync.WaitGroup
	gate.Add(50)
	var refused atomic.Int64
	a.link(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(tokenText(r), `"jti":"1"`) {
			gate.Done()
			gate.Wait() // all fifty hold the old token
			refused.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, goodLink)
	})
	c := a.client(t, nil)
	if err := c.Authenticate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := c.CreateLink(t.Context(), "s", aLink); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if a.auths.Load() != 2 || refused.Load() != 50 || a.links.Load() != 100 {
		t.Errorf("%d authenticate calls, %d refusals, %d link calls; want 2, 50, 100", a.auths.Load(), refused.Load(), a.links.Load())
	}
}

// TestOneFlightSurvivesItsCaller: the caller who happened to start the call
// gives up, the others get the token.
func TestOneFlightSurvivesItsCaller(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	started, release := make(chan struct{}), make(chan struct{})
	a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/authenticate", func(w http.ResponseWriter, _ *http.Request) {
		if a.auths.Add(1) == 1 {
			close(started)
		}
		<-release
		fmt.Fprintf(w, `{"token":%q}`, jwt(time.Hour, 1, nil))
	})
	c := a.client(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { first <- c.Authenticate(ctx) }()
	<-started
	others := make(chan error)
	for range 10 {
		go func() { others <- c.Authenticate(t.Context()) }()
	}
	// One of the ten is surely waiting once the first has been let go: those
	// that come later start a call of their own, which also succeeds.
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first got %v", err)
	}
	close(release)
	for range 10 {
		if err := <-others; err != nil {
			t.Errorf("another got %v", err)
		}
	}
	if n := a.auths.Load(); n > 2 {
		t.Errorf("%d authenticate calls", n)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			a, clk := newAPI(t), &clock{}
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/authenticate", func(w http.ResponseWriter, r *http.Request) {
				a.auths.Add(1)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "no "+r.Header.Get("Authorization")+" hush-hush")
			})
			c := a.client(t, func(cfg *checkout.Config) { cfg.Now = clk.now })
			var all sync.WaitGroup
			for range 25 {
				all.Go(func() {
					e := failure(t, c, "s")
					if !errors.Is(e, checkout.ErrCredentials) || e.Class() != checkout.ClassCredentials || e.Op != "authenticate" || e.Status != status {
						t.Errorf("got %+v, want refused credentials", e)
					}
				})
			}
			all.Wait()
			if got := a.auths.Load(); got != 1 {
				t.Errorf("got the password tried %d times, want once", got)
			}
			clk.advance(time.Minute)
			if err := c.Authenticate(t.Context()); !errors.Is(err, checkout.ErrCredentials) || a.auths.Load() != 2 {
				t.Errorf("a minute later: got %v after %d calls, want refused credentials after 2", err, a.auths.Load())
			}
		})
	}
}

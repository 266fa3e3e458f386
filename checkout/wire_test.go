package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/checkout"
)

// TestOneLinkPerIdleConnection: a server that closes each connection as soon
// as it has answered makes the next request meet a dead connection now and
// then. Whatever comes of it, no link call is sent twice unasked.
func TestOneLinkPerIdleConnection(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	a.link(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, goodLink)
		_ = http.NewResponseController(w).Flush()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	c := a.client(t, nil)
	const n = 100
	asked := int64(0)
	for range n {
		_, err := c.CreateLink(t.Context(), "s", aLink)
		e, failed := errors.AsType[*checkout.Error](err)
		if !failed || e.Sent {
			asked++
		}
	}
	if got := a.links.Load(); got > asked {
		t.Errorf("%d link calls arrived for %d that were sent", got, asked)
	}
}

// TestCutAfterLink: the server takes the request and dies on a connection that
// was used before, the case in which net/http would repeat an idempotent
// request. The link exists once.
func TestCutAfterLink(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	a.link(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	a.Config.ErrorLog = nil
	c := a.client(t, nil)
	if err := c.Authenticate(t.Context()); err != nil { // the connection is reused
		t.Fatal(err)
	}
	e := failure(t, c, "s")
	if a.links.Load() != 1 || !e.Sent || e.Kind != checkout.KindCut || !e.Temporary() {
		t.Errorf("%d link calls, error %+v", a.links.Load(), e)
	}
}

func TestNothingSentIsTriedTwice(t *testing.T) {
	t.Parallel()
	var dials atomic.Int64
	c, err := checkout.New(checkout.Config{BaseURL: "http://127.0.0.1:1", Username: "anna", Password: "hush-hush",
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials.Add(1)
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		}}})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Authenticate(t.Context())
	e, ok := errors.AsType[*checkout.Error](err)
	if !ok || e.Sent || e.Kind != checkout.KindConnect || !e.Temporary() || dials.Load() != 2 {
		t.Errorf("%d dials, error %#v", dials.Load(), e)
	}
}

func TestRedirectIsNamedNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was called with %v", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			a := newAPI(t).auth(time.Hour).link(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL+"/steal?token=1", status)
			})
			e := failure(t, a.client(t, nil), "s")
			if e.Kind != checkout.KindRedirect || e.Class() != checkout.ClassSystemic || !strings.Contains(e.Error(), elsewhere.URL) || strings.Contains(e.Error(), "token=1") {
				t.Errorf("got %v, want a redirect, systemic, with the host and no query", e)
			}
		})
	}
}

func TestHugeAndSlowBodies(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	megabytes, taken := 0, make(chan struct{})
	a.link(func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "huge" {
			defer close(taken)
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for range 300 { // 300 MB, of which little may be taken
				if _, err := w.Write(chunk); err != nil {
					return
				}
				megabytes++
			}
			return
		}
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	e := failure(t, a.client(t, nil), "huge")
	if e.Kind != checkout.KindUnreadable || !strings.Contains(e.Error(), "longer than 4194304 bytes") {
		t.Errorf("huge: got %v", e)
	}
	if <-taken; megabytes > 50 { // buffers of the kernel included
		t.Errorf("huge: %d MB were taken", megabytes)
	}
	e = failure(t, a.client(t, func(cfg *checkout.Config) { cfg.Timeout = 100 * time.Millisecond }), "slow")
	if e.Kind != checkout.KindTimeout || !e.Temporary() || !e.Sent {
		t.Errorf("slow: got %v", e)
	}
}

func TestStoppedByCaller(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{})
	a := newAPI(t).auth(time.Hour).link(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(reached)
		<-r.Context().Done()
	})
	stop := errors.New("the worker stops")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-reached; cancel(stop) }()
	_, err := a.client(t, nil).CreateLink(ctx, "s", aLink)
	e, ok := errors.AsType[*checkout.Error](err)
	if !ok || e.Kind != checkout.KindStopped || !errors.Is(err, stop) || !e.Sent || !e.Temporary() {
		t.Errorf("got %#v", e)
	}
}

func TestRateLimitAndOnCall(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour).link(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, goodLink) })
	var mu sync.Mutex
	var seen []string
	waits := 0
	c := a.client(t, func(cfg *checkout.Config) {
		cfg.RateLimit = func(context.Context) error { waits++; return nil }
		cfg.OnCall = func(call checkout.Call) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprintf("%s %d %q", call.Op, call.Status, call.Kind))
			if call.Duration <= 0 || call.Duration > time.Minute {
				t.Errorf("duration is %v", call.Duration)
			}
		}
	})
	if _, err := c.CreateLink(t.Context(), "s", aLink); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, ", "); waits != 2 || got != `authenticate 200 "", create link 200 ""` {
		t.Errorf("%d waits, seen %s", waits, got)
	}
	full := errors.New("over the limit")
	c = a.client(t, func(cfg *checkout.Config) { cfg.RateLimit = func(context.Context) error { return full } })
	if e := failure(t, c, "s"); e.Kind != checkout.KindStopped || !errors.Is(e, full) || e.Sent || a.links.Load() != 1 {
		t.Errorf("got %+v", e)
	}
}

// TestRetryAfter: the server's word on waiting, in both forms; a short one is
// waited for, once.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		status int
		want   time.Duration
		calls  int
	}{
		{"", 429, 0, 1}, {"0", 429, 0, 1}, {"1", 429, time.Second, 2}, {"2", 503, 2 * time.Second, 2}, {"3", 429, 3 * time.Second, 1},
		{"1", 500, time.Second, 1}, {"-5", 429, 0, 1}, {"soon", 429, 0, 1}, {"999999999999999999999", 429, time.Hour, 1},
		{"Sun, 01 Mar 2026 12:00:02 GMT", 429, 2 * time.Second, 2}, {"Sun, 01 Mar 2026 12:10:00 GMT", 503, 10 * time.Minute, 1},
		{"Sun, 01 Mar 2020 12:00:00 GMT", 429, 0, 1}, {"Sun, 01 Mar 2099 12:00:00 GMT", 429, time.Hour, 1},
	} {
		t.Run(fmt.Sprint(c.status, " ", c.header), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c1, err := checkout.New(checkout.Config{BaseURL: "https://gateway.example", Username: "anna", Password: "hush-hush",
					Now: func() time.Time { return now },
					Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						calls++
						rec := httptest.NewRecorder()
						rec.Header().Set("Retry-After", c.header)
						rec.WriteHeader(c.status)
						return rec.Result(), nil
					})})
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				e, ok := errors.AsType[*checkout.Error](c1.Authenticate(t.Context()))
				if !ok || e.RetryAfter != c.want || calls != c.calls {
					t.Errorf("got Retry-After %v in %d calls, want %v in %d", e.RetryAfter, calls, c.want, c.calls)
				}
				if waited, want := time.Since(began), time.Duration(c.calls-1)*c.want; waited != want {
					t.Errorf("got a wait of %v, want %v", waited, want)
				}
			})
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestConfigReportsEverything(t *testing.T) {
	t.Parallel()
	_, err := checkout.New(checkout.Config{BaseURL: "http://gate.example", Username: "an:na", Password: "secret\n", Timeout: -1})
	for _, part := range []string{"not HTTPS", "colon", "password contains control", "negative"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v lacks %q", err, part)
		}
	}
	for base, good := range map[string]bool{
		"": false, "gate.example": false, "ftp://gate.example": false, "https://": false, "https://u:topsecret@gate.example": false,
		"https://gate.example?x=topsecret": false, "https://gate.example#topsecret": false, "https://gate.example/a/": true, "http://127.0.0.1:80/x": true,
		"http://localhost": true, "http://[::1]:9": true, "http://10.0.0.1": false, "http://127.0.0.1.example": false, "https://g\x00ate": false,
	} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			_, err := checkout.New(checkout.Config{BaseURL: base, Username: "anna", Password: "hush-hush"})
			if (err == nil) != good || err != nil && strings.Contains(err.Error(), "topsecret") {
				t.Errorf("got %v, want it accepted: %v", err, good)
			}
		})
	}
	c, err := checkout.New(checkout.Config{BaseURL: "http://10.0.0.1", AllowHTTP: true, Username: "anna", Password: "hush-hush"})
	if err != nil || strings.Contains(fmt.Sprintf("%v %+v %#v %s", c, c, c, c), "hush") {
		t.Errorf("got %v, and printing a client must not tell: %+v", err, c)
	}
}

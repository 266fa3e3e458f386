package checkout_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"invoicelink/checkout"
)

// prefix is the path that every test server has its API under, so that a
// forgotten prefix fails at once.
const prefix = "/gate/way"

// api is a server that answers as each test says.
type api struct {
	*httptest.Server
	mux   *http.ServeMux
	auths atomic.Int64
	links atomic.Int64
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{mux: http.NewServeMux()}
	a.Server = httptest.NewServer(a.mux)
	t.Cleanup(a.Close)
	return a
}

// auth serves tokens of the given life, counting.
func (a *api) auth(life time.Duration) *api {
	a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/authenticate", func(w http.ResponseWriter, r *http.Request) {
		n := a.auths.Add(1)
		if u, p, ok := r.BasicAuth(); !ok || u != "anna" || p != "hush-hush" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"token":%q,"more":[1]}`, jwt(life, n, nil))
	})
	return a
}

// link answers link calls with the handler.
func (a *api) link(h http.HandlerFunc) *api {
	a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/session/{id}/link", func(w http.ResponseWriter, r *http.Request) {
		a.links.Add(1)
		h(w, r)
	})
	return a
}

func jwt(life time.Duration, n int64, more map[string]any) string {
	issued := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC) // a server clock far off
	claims := map[string]any{"iat": issued.Unix(), "exp": issued.Add(life).Unix(), "jti": fmt.Sprint(n)}
	for k, v := range more {
		claims[k] = v
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return "e30." + b64url(raw) + ".c2ln"
}

func (a *api) client(t *testing.T, change func(*checkout.Config)) *checkout.Client {
	t.Helper()
	cfg := checkout.Config{BaseURL: a.URL + prefix, Username: "anna", Password: "hush-hush"}
	if change != nil {
		change(&cfg)
	}
	c, err := checkout.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var aLink = checkout.LinkRequest{Size: 500, Validity: 14 * 24 * time.Hour, ActivationTTL: time.Hour}

const goodLink = `{"id":"5f3e","paymentLink":"https://pay.example/5f3e","qrCode":"aGk=","unknown":{"x":1}}`

// failure calls for a link and returns the error it must end in.
func failure(t *testing.T, c *checkout.Client, session string) *checkout.Error {
	t.Helper()
	_, err := c.CreateLink(t.Context(), session, aLink)
	e, ok := errors.AsType[*checkout.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *checkout.Error", err)
	}
	if strings.Contains(e.Error(), "hush") || strings.Contains(e.Error(), "c2ln") {
		t.Errorf("error tells a secret: %v", e)
	}
	return e
}

func TestLinkOnTheWire(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	a.link(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if got, want := string(body), `{"size":500,"validityTime":20160,"activationTime":60}`; got != want {
			t.Errorf("body is %s, want %s", got, want)
		}
		if r.URL.EscapedPath() != prefix+"/checkout/v1/api/session/a%2Fb%3Fc%20d/link" {
			t.Errorf("path is %s", r.URL.EscapedPath())
		}
		if r.Header.Get("Idempotency-Key") != "" || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer e30.") ||
			r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("header is %v", r.Header)
		}
		w.WriteHeader(http.StatusAccepted) // any 2xx is a success
		_, _ = io.WriteString(w, `{"id":42,"paymentLink":"https://pay.example/42","qrCode":null}`)
	})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := a.client(t, func(cfg *checkout.Config) {
		cfg.Now = func() time.Time { now = now.Add(time.Second); return now }
	})
	l, err := c.CreateLink(t.Context(), "a/b?c d", checkout.LinkRequest{Size: 500, Validity: 336*time.Hour + 59*time.Second, ActivationTTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if l.ID != "42" || l.URL != "https://pay.example/42" || l.QRCode != "" || l.SessionID != "a/b?c d" || l.Validity != 336*time.Hour {
		t.Errorf("got %+v", l)
	}
	if !l.AnsweredAt.After(l.RequestedAt) || l.ValidUntil() != l.RequestedAt.Add(l.Validity) || l.ExpiredBy() != l.AnsweredAt.Add(l.Validity) {
		t.Errorf("deadlines are wrong: %+v", l)
	}
}

func TestStatusDecides(t *testing.T) {
	t.Parallel()
	const html, plain, json = "html", "plain", "json"
	for _, c := range []struct {
		status int
		body   string
		class  checkout.Class
		gone   bool
		calls  int64
	}{
		{400, html, checkout.ClassSystemic, false, 1}, {400, plain, checkout.ClassSystemic, false, 1}, {400, json, checkout.ClassInvoice, false, 1},
		{401, html, checkout.ClassTemporary, false, 2}, {401, json, checkout.ClassTemporary, false, 2},
		{403, html, checkout.ClassSystemic, false, 1}, {403, json, checkout.ClassSystemic, false, 1},
		{404, html, checkout.ClassSystemic, false, 1}, {404, plain, checkout.ClassInvoice, true, 1}, {404, json, checkout.ClassInvoice, true, 1},
		{405, html, checkout.ClassSystemic, false, 1}, {405, json, checkout.ClassSystemic, false, 1},
		{408, html, checkout.ClassTemporary, false, 1}, {409, html, checkout.ClassSystemic, false, 1}, {409, json, checkout.ClassInvoice, false, 1},
		{410, html, checkout.ClassSystemic, false, 1}, {410, json, checkout.ClassInvoice, true, 1},
		{422, html, checkout.ClassSystemic, false, 1}, {422, json, checkout.ClassInvoice, false, 1}, {425, html, checkout.ClassTemporary, false, 1},
		{429, html, checkout.ClassTemporary, false, 1}, {429, json, checkout.ClassTemporary, false, 1}, {500, html, checkout.ClassTemporary, false, 1},
		{501, html, checkout.ClassSystemic, false, 1}, {502, html, checkout.ClassTemporary, false, 1}, {503, html, checkout.ClassTemporary, false, 1},
		{504, plain, checkout.ClassTemporary, false, 1}, {599, json, checkout.ClassTemporary, false, 1},
	} {
		t.Run(fmt.Sprint(c.status, " ", c.body), func(t *testing.T) {
			t.Parallel()
			a := newAPI(t).auth(time.Hour).link(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(c.status)
				// A careless server that mirrors the request.
				text := fmt.Sprintf("%s %s", r.Header.Get("Authorization"), strings.Repeat("long ", 500))
				switch c.body {
				case html:
					fmt.Fprintf(w, "<html><style>x{}</style><h1>no\x00\x1b[2J</h1> %s</html>", text)
				case plain:
					fmt.Fprintf(w, "no %s", text)
				case json:
					fmt.Fprintf(w, `{"error":%q}`, text)
				}
			})
			e := failure(t, a.client(t, nil), "s")
			if e.Status != c.status || e.Class() != c.class || e.Gone() != c.gone || !e.Sent {
				t.Errorf("got %+v: class %s, gone %v; want class %s, gone %v", e, e.Class(), e.Gone(), c.class, c.gone)
			}
			if e.Temporary() != (c.class == checkout.ClassTemporary) || errors.Is(e, checkout.ErrCredentials) {
				t.Errorf("got temporary %v, error %v", e.Temporary(), e)
			}
			if a.links.Load() != c.calls {
				t.Errorf("got %d link calls, want %d", a.links.Load(), c.calls)
			}
			if len([]rune(e.Message)) > 300 || strings.ContainsAny(e.Message, "\x00\x1b<") || c.body != json && !strings.HasPrefix(e.Message, "no") || strings.Contains(e.Message, "c2ln") {
				t.Errorf("message is %q", e.Message)
			}
			if e.URL != a.URL+prefix+"/checkout/v1/api/session/s/link" {
				t.Errorf("URL is %s", e.URL)
			}
		})
	}
}

func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty":            ``,
		"cut":              `{"id":"1","paymentLink":"https://pay.exam`,
		"HTML":             `<html>`,
		"list":             `[]`,
		"null":             `null`,
		"two values":       goodLink + goodLink,
		"no id":            `{"paymentLink":"https://pay.example/1"}`,
		"null id":          `{"id":null,"paymentLink":"https://pay.example/1"}`,
		"id is a list":     `{"id":["1"],"paymentLink":"https://pay.example/1"}`,
		"id is long":       `{"id":"` + strings.Repeat("x", 300) + `","paymentLink":"https://pay.example/1"}`,
		"no link":          `{"id":"1"}`,
		"empty link":       `{"id":"1","paymentLink":""}`,
		"link is a number": `{"id":"1","paymentLink":5}`,
		"space in link":    `{"id":"1","paymentLink":"https://pay.example/1 2"}`,
		"line end in link": `{"id":"1","paymentLink":"https://pay.example/1\n"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t).auth(time.Hour).link(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			e := failure(t, a.client(t, nil), "s")
			if e.Kind != checkout.KindUnreadable || !e.Temporary() || !e.Sent || e.Gone() || e.Status != 200 {
				t.Errorf("got %+v", e)
			}
			if a.links.Load() != 1 {
				t.Errorf("%d link calls, want 1", a.links.Load())
			}
		})
	}
}

// TestLinksThatAreNotPrinted: the answer is whole, and asking again would make
// another link like it.
func TestLinksThatAreNotPrinted(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]string{
		"plain HTTP":   "http://pay.example/1",
		"script":       "javascript:alert(1)",
		"relative":     "/pay/1",
		"user in link": "https://bank.example@evil.example/1",
		"no host":      "https:///1",
		"long link":    "https://pay.example/" + strings.Repeat("x", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t).auth(time.Hour).link(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"id":"1","paymentLink":%q}`, link)
			})
			local := a.client(t, nil)
			remote := a.client(t, func(c *checkout.Config) {
				there := strings.TrimPrefix(a.URL, "http://")
				c.BaseURL = strings.Replace(c.BaseURL, a.URL, "https://api.example", 1)
				c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					r = r.Clone(r.Context())
					r.URL.Scheme, r.URL.Host = "http", there
					return http.DefaultTransport.RoundTrip(r)
				})
			})
			e := failure(t, remote, "s")
			if e.Kind != checkout.KindRefused || e.Temporary() || !e.Sent {
				t.Errorf("got %+v", e)
			}
			// An API on this machine may hand out plain links.
			_, err := local.CreateLink(t.Context(), "s", checkout.LinkRequest{Size: 500, Validity: time.Hour, ActivationTTL: time.Hour})
			if (err == nil) != (name == "plain HTTP") {
				t.Errorf("from an API on loopback: %v", err)
			}
		})
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	c := a.client(t, func(cfg *checkout.Config) {
		cfg.RateLimit = func(context.Context) error { t.Error("something was sent"); return nil }
	})
	day := 24 * time.Hour
	for name, err := range map[string]error{
		"no session":       second(c.CreateLink(t.Context(), "", aLink)),
		"dots":             second(c.CreateLink(t.Context(), "..", aLink)),
		"long session":     second(c.CreateLink(t.Context(), strings.Repeat("s", 201), aLink)),
		"line end":         second(c.CreateLink(t.Context(), "a\nb", aLink)),
		"no size":          second(c.CreateLink(t.Context(), "s", checkout.LinkRequest{Validity: day, ActivationTTL: day})),
		"short":            second(c.CreateLink(t.Context(), "s", checkout.LinkRequest{Size: 500, Validity: 59 * time.Second, ActivationTTL: day})),
		"no activation":    second(c.CreateLink(t.Context(), "s", checkout.LinkRequest{Size: 500, Validity: day})),
		"bad page":         second(c.CreateLink(t.Context(), "s", checkout.LinkRequest{PageURL: "ftp://x", Size: 500, Validity: day, ActivationTTL: day})),
		"no order":         second(c.CreateSession(t.Context(), checkout.SessionRequest{})),
		"no payment order": second(c.Payments(t.Context(), "2026/0042")),
	} {
		t.Run(name, func(t *testing.T) {
			e, ok := errors.AsType[*checkout.Error](err)
			if !ok || e.Kind != checkout.KindRequest || e.Sent || e.Class() != checkout.ClassInvoice {
				t.Errorf("got %v, want it refused before it is sent", err)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

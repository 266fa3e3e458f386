package probe_test

import (
	"encoding/base64"
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

	qrcode "github.com/skip2/go-qrcode"

	"invoicelink/checkout"
	"invoicelink/checkout/probe"
)

// gateway is another way to understand the documentation than the sandbox's:
// text refusals, unknown sessions as 400, links on another host, codes as data
// URIs with 8 bits, two links a session and no more, no echo, a token that
// names its environment otherwise.
type gateway struct {
	claims  map[string]any
	serial  atomic.Int64
	calls   atomic.Int64
	perLink map[string]int
	t       *testing.T
}

func (g *gateway) start() *httptest.Server {
	mux := http.NewServeMux()
	refuse := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-RateLimit-Remaining", "41")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
	allowed := func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer e30.") {
			return true
		}
		refuse(w, http.StatusUnauthorized, "who are you")
		return false
	}
	mux.HandleFunc("POST /checkout/v1/api/authenticate", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, "JSON please")
			return
		}
		raw, err := json.Marshal(g.claims)
		if err != nil {
			g.t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":"e30.%s.c2ln","expires":"soon"}`, base64.RawURLEncoding.EncodeToString(raw))
	})
	mux.HandleFunc("POST /checkout/v1/api/session", func(w http.ResponseWriter, r *http.Request) {
		g.calls.Add(1)
		if !allowed(w, r) {
			return
		}
		var body struct {
			Order struct {
				Amount struct{ Value json.Number }
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Order.Amount.Value == "" {
			refuse(w, http.StatusUnprocessableEntity, "amount?")
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sessionId":%d}`, 5000+g.serial.Add(1))
	})
	mux.HandleFunc("POST /checkout/v1/api/session/{id}/link", func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r) {
			return
		}
		id := r.PathValue("id")
		if strings.Contains(id, "-") {
			refuse(w, http.StatusBadRequest, "no such session")
			return
		}
		if g.perLink[id]++; g.perLink[id] > 2 {
			refuse(w, http.StatusConflict, "enough")
			return
		}
		n := g.serial.Add(1)
		link := fmt.Sprintf("https://checkout.example.net/pay?l=%d&s=%s", n, id)
		png, err := qrcode.Encode(link, qrcode.Medium, 200)
		if err != nil {
			g.t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, `{"id":"L%d","paymentLink":%q,"qrCode":"data:image/png;base64,%s","expiresAt":"2026-12-24T00:00:00Z"}`, n, link, base64.StdEncoding.EncodeToString(png))
	})
	mux.HandleFunc("GET /merchant/API/payments", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden, "not for you") })
	server := httptest.NewServer(mux)
	g.t.Cleanup(server.Close)
	return server
}

func (g *gateway) config(server *httptest.Server) probe.Config {
	return probe.Config{Checkout: checkout.Config{BaseURL: server.URL, Username: "anna", Password: "hush-hush"}}
}

func newGateway(t *testing.T, claims map[string]any) *gateway {
	return &gateway{claims: claims, perLink: map[string]int{}, t: t}
}

// TestAnotherGateway: nothing of the sandbox's ways is taken for granted.
func TestAnotherGateway(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{"env": "TEST", "iat": 1000, "exp": 2800})
	r := run(t, g.config(g.start()))
	for question, want := range map[string]string{
		"authenticate answers":            "201 with members expires, token",
		"authenticate with nothing":       "refused: 415 Unsupported Media Type, body text",
		"life of a token":                 "30m0s",
		"environment in the token":        "test",
		"a session is answered with":      "201, members sessionId",
		"shape of a session id":           "a JSON number of 4 digits",
		"echo of the order":               "nothing is repeated",
		"a link is answered with":         "202, members expiresAt, id, paymentLink, qrCode",
		"success codes":                   "201 for a session, 202 for a link",
		"shape of a link id":              "a text of",
		"shape of a link":                 "https on another host, checkout.example.net",
		"end or state in the answer":      "undocumented members: expiresAt",
		"how the image is written":        "data-uri",
		"image":                           "200 × 200 pixels; 500 were asked for",
		"what it holds":                   "exactly the payment link",
		"quiet zone":                      "4 modules",
		"a second link on the session":    "another id and URL",
		"effect of the field url":         "refused",
		"a link on an unknown session":    "400 Bad Request, body text, which the client does not take for a session that is gone",
		"no amount":                       "422 Unprocessable Entity, body text",
		"an unknown currency":             "accepted (201)",
		"how the API writes its refusals": "[text]",
		"told from a firewall's page":     "yes",
		"payments of an order":            "the account may not ask the gateway for payments (403)",
		"rate limit":                      "X-Ratelimit-Remaining",
	} {
		t.Run(question, func(t *testing.T) {
			if got := answer(t, r, question); !strings.Contains(got.Answer, want) {
				t.Errorf("got %+v, want %q", got, want)
			}
		})
	}
	if got := answer(t, r, "capture"); !got.Open {
		t.Errorf("got %+v, want it open", got)
	}
	// What the report says about refusals makes the client judge them rightly.
	cfg := g.config(g.start()).Checkout
	for _, known := range []bool{false, true} {
		if known {
			cfg.ErrorBodies = r.Client.ErrorBodies
		}
		c, err := checkout.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.CreateLink(t.Context(), "no-such-session", checkout.LinkRequest{Size: 500, Validity: time.Hour, ActivationTTL: time.Hour})
		e, ok := errors.AsType[*checkout.Error](err)
		if want := map[bool]checkout.Class{false: checkout.ClassSystemic, true: checkout.ClassInvoice}[known]; !ok || e.Class() != want {
			t.Errorf("with the report %v: got %v, want %s", known, err, want)
		}
	}
}

// TestOnlyTestAccounts: a live account is refused after authenticate, whatever
// else is said, and an unknown one unless somebody vouches for it.
func TestOnlyTestAccounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		claims map[string]any
		assume bool
		probed bool
	}{
		{"live", map[string]any{"environment": "live"}, false, false},
		{"live, assumed", map[string]any{"environment": "production"}, true, false},
		{"unknown", map[string]any{"sub": "x"}, false, false},
		{"unknown, assumed", map[string]any{"sub": "x"}, true, true},
		{"test", map[string]any{"environment": "test"}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, c.claims)
			cfg := g.config(g.start())
			cfg.AssumeTest = c.assume
			r, err := probe.Run(t.Context(), cfg)
			if (err == nil) != c.probed || err != nil && !errors.Is(err, probe.ErrNotTest) {
				t.Fatalf("got %v, want it probed: %v", err, c.probed)
			}
			if called := g.calls.Load() > 0; called != c.probed {
				t.Errorf("got sessions made: %v, want %v", called, c.probed)
			}
			if c.probed && r.Environment != checkout.EnvironmentTest {
				t.Errorf("got environment %q, want test", r.Environment)
			}
		})
	}
}

// TestUnreachable: without a session nothing can be asked.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	_, err := probe.Run(t.Context(), probe.Config{Checkout: checkout.Config{BaseURL: server.URL, Username: "anna", Password: "hush-hush"}})
	if e, ok := errors.AsType[*checkout.Error](err); !ok || e.Status != http.StatusNotFound || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v, want a 404", err)
	}
}

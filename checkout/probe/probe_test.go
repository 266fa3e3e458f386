package probe_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/probe"
	"invoicelink/checkout/sandbox"
)

const prefix = "/some/prefix"

// open starts a sandbox behind a real server.
func open(t *testing.T, w sandbox.Switches) (*sandbox.Server, probe.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s, err := sandbox.Open(sandbox.Config{Prefix: prefix, Switches: w, PublicURL: "http://" + server.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s
	server.Start()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return s, probe.Config{Checkout: checkout.Config{BaseURL: server.URL + prefix, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword}}
}

func run(t *testing.T, cfg probe.Config) *probe.Report {
	t.Helper()
	r, err := probe.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answer finds one by its question.
func answer(t *testing.T, r *probe.Report, question string) probe.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Question == question {
			return f
		}
	}
	t.Fatalf("nobody asked %q", question)
	return probe.Finding{}
}

// TestSwitchesAreFoundOut: a sandbox that was switched some way is probed, and
// the report switches another one the same way. The margin of the long link's
// code leaves whole pixels for each module.
func TestSwitchesAreFoundOut(t *testing.T) {
	t.Parallel()
	plain := sandbox.Switches{SuccessStatus: 200, IDShape: "uuid", LinkShape: "path", LinkTarget: "provider", QRForm: "base64", QRImage: "png", QRMargin: 4, TokenLife: time.Hour}
	for name, change := range map[string]func(*sandbox.Switches){
		"plain":           func(*sandbox.Switches) {},
		"created":         func(w *sandbox.Switches) { w.SuccessStatus = 201 },
		"number":          func(w *sandbox.Switches) { w.IDShape = "number" },
		"short":           func(w *sandbox.Switches) { w.IDShape = "short" },
		"query":           func(w *sandbox.Switches) { w.LinkShape = "query" },
		"long":            func(w *sandbox.Switches) { w.LinkShape, w.QRMargin = "long", 14 },
		"page":            func(w *sandbox.Switches) { w.LinkTarget = "page" },
		"data URI":        func(w *sandbox.Switches) { w.QRForm = "data-uri" },
		"wrapped":         func(w *sandbox.Switches) { w.QRForm = "wrapped" },
		"base64url":       func(w *sandbox.Switches) { w.QRForm, w.QRImage = "base64url", "png-gray" },
		"gray":            func(w *sandbox.Switches) { w.QRImage = "png-gray" },
		"16 bit":          func(w *sandbox.Switches) { w.QRImage = "png-gray16" },
		"palette":         func(w *sandbox.Switches) { w.QRImage = "png-palette" },
		"RGB":             func(w *sandbox.Switches) { w.QRImage = "png-rgb" },
		"RGBA":            func(w *sandbox.Switches) { w.QRImage = "png-rgba" },
		"transparent":     func(w *sandbox.Switches) { w.QRImage = "png-transparent" },
		"JPEG":            func(w *sandbox.Switches) { w.QRImage = "jpeg" },
		"no quiet zone":   func(w *sandbox.Switches) { w.QRMargin = -1 },
		"quiet zone of 2": func(w *sandbox.Switches) { w.QRMargin = 2 },
		"half an hour":    func(w *sandbox.Switches) { w.TokenLife = 30 * time.Minute },
		"opaque token":    func(w *sandbox.Switches) { w.TokenForm, w.TokenLife = "opaque", 0 },
		"no iat":          func(w *sandbox.Switches) { w.TokenForm, w.TokenLife = "no-iat", 0 },
		"no exp":          func(w *sandbox.Switches) { w.TokenForm, w.TokenLife = "no-exp", 0 },
		"no poll":         func(w *sandbox.Switches) { w.PollStatus = 501 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := plain
			change(&want)
			s, cfg := open(t, want)
			got := run(t, cfg)
			if got.Sandbox != want {
				t.Errorf("got %+v, want %+v", got.Sandbox, want)
			}
			if got.Environment != checkout.EnvironmentSandbox || len(got.Client.ErrorBodies) != 1 || got.Client.ErrorBodies[0] != checkout.BodyJSON {
				t.Errorf("got environment %q, error bodies %q", got.Environment, got.Client.ErrorBodies)
			}
			for _, l := range s.Links() {
				if !l.Opened.IsZero() {
					t.Errorf("link %s was opened", l.ID)
				}
			}
			if n := len(s.Payments()); n != 0 {
				t.Errorf("got %d payments, want none", n)
			}
			// The report in its JSON form makes another sandbox alike.
			raw, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			again, err := probe.ReadReport(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sandbox.Open(sandbox.Config{Switches: again.Sandbox}); err != nil || again.Sandbox != want {
				t.Errorf("got %+v read back, %v; want %+v", again.Sandbox, err, want)
			}
		})
	}
}

// TestFindings: the answers about the sandbox in words.
func TestFindings(t *testing.T) {
	t.Parallel()
	_, cfg := open(t, sandbox.Switches{LinkTarget: "page"})
	r := run(t, cfg)
	for question, want := range map[string]string{
		"authenticate answers":           "200 with members token",
		"authenticate with a form":       "accepted (200)",
		"token":                          "a JWT with claims environment, exp, iat, jti, sub",
		"environment in the token":       "test",
		"shape of a session id":          "a UUID",
		"echo of the order":              "order.amount.value 1.00",
		"capture":                        `asked for auto it repeats "auto", for manual "manual"`,
		"the same order id again":        "another session",
		"a link on an unknown session":   "404 Not Found, body json with error, which the client takes for a session that is gone",
		"end or state in the answer":     "none, as documented",
		"image":                          "png, 500 × 500 pixels; 500 were asked for",
		"what it holds":                  "exactly the payment link",
		"a second link on the session":   "another id and URL",
		"effect of the field url":        "the link leads to our page, added is parameter id with the link's id; its code holds the link",
		"validity of 0":                  "refused: 400 Bad Request, body json with details, error",
		"nothing but defaults":           "accepted (200)",
		"lines that do not add up":       "400 Bad Request",
		"a description of 60 characters": "400 Bad Request",
		"a wrong token":                  "401 Unauthorized",
		"GET of a link call":             "405 Method Not Allowed, body text",
		"payments of an order":           "answered (200)",
	} {
		t.Run(question, func(t *testing.T) {
			if got := answer(t, r, question); !strings.Contains(got.Answer, want) || got.Open {
				t.Errorf("got %+v, want %q", got, want)
			}
		})
	}
	for _, question := range []string{"clock that opening starts", "does a second link end the first", "life of a session", "wrong password", "rate limit"} {
		if got := answer(t, r, question); !got.Open || got.Answer == "" {
			t.Errorf("got %+v, want it open with the reason", got)
		}
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"\nAccount\n", "\nCode\n", "  shape of a session id              a UUID\n", "? clock that opening starts          not observable"} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("the text lacks %q:\n%s", line, text.String())
		}
	}
	if strings.Contains(text.String(), "eyJ") || strings.Contains(text.String(), r.Session.ID) {
		t.Errorf("the text holds a token or a session:\n%s", text.String())
	}
}

// TestLifeOfASession: a later probe tries the session of an earlier one.
func TestLifeOfASession(t *testing.T) {
	t.Parallel()
	s, cfg := open(t, sandbox.Switches{SessionLife: 5 * time.Hour})
	first := run(t, cfg)
	first.Session.CreatedAt = first.Session.CreatedAt.Add(-3 * time.Hour) // as if it were made then
	cfg.Previous = first
	if got := answer(t, run(t, cfg), "life of a session"); got.Open || got.Answer != "at least 3h0m0s" {
		t.Errorf("got %+v, want at least 3h", got)
	}
	if err := s.Advance(6 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, run(t, cfg), "life of a session"); !strings.Contains(got.Answer, "refused: 410 Gone") {
		t.Errorf("got %+v, want 410", got)
	}
	first.Gateway = "https://another.example"
	if got := answer(t, run(t, cfg), "life of a session"); !got.Open || !strings.Contains(got.Answer, "another gateway") {
		t.Errorf("got %+v, want it open", got)
	}
}

func TestReadReportRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "no JSON": "hello", "no report": "{}", "a list": "[]",
		"unknown switch": `{"madeAt":"2026-01-01T00:00:00Z","gateway":"https://x","sandbox":{"qrFrom":"base64"}}`, "long": strings.Repeat(" ", 2<<20)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r, err := probe.ReadReport(strings.NewReader(text)); err == nil {
				t.Errorf("got %+v, want an error", r)
			}
		})
	}
}

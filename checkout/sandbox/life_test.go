package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
)

// TestTwoClocks: a link dies at its validity, or by activation after it was
// first opened, whichever comes first.
func TestTwoClocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		switches   sandbox.Switches
		validity   time.Duration
		activation time.Duration
		steps      string // v visit, m a minute passes, n a new link is made
		want       string // state after each step
	}{
		{"never opened", sandbox.Switches{}, 3 * time.Minute, 9 * time.Minute, "mmm", "waiting waiting expired"},
		{"opened", sandbox.Switches{}, 9 * time.Minute, 2 * time.Minute, "mvmm", "waiting active active expired"},
		{"opened again", sandbox.Switches{}, 9 * time.Minute, 2 * time.Minute, "vmvm", "active active active expired"},
		{"opening restarts", sandbox.Switches{ReopenRestarts: true}, 9 * time.Minute, 2 * time.Minute, "vmvmm", "active active active active expired"},
		{"validity wins", sandbox.Switches{ReopenRestarts: true}, 2 * time.Minute, 9 * time.Minute, "vmvm", "active active active expired"},
		{"new next to old", sandbox.Switches{}, 9 * time.Minute, 9 * time.Minute, "n", "waiting"},
		{"new ends old", sandbox.Switches{NewLinkEndsOld: true}, 9 * time.Minute, 9 * time.Minute, "mn", "waiting expired"},
		{"late visit", sandbox.Switches{}, time.Minute, 9 * time.Minute, "mvv", "expired expired expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{Switches: c.switches, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
			cl := client(t, base, nil)
			session, err := cl.CreateSession(t.Context(), order("o-1"))
			if err != nil {
				t.Fatal(err)
			}
			request := checkout.LinkRequest{Size: 100, Validity: c.validity, ActivationTTL: c.activation}
			l, err := cl.CreateLink(t.Context(), session.ID, request)
			if err != nil {
				t.Fatal(err)
			}
			var states []string
			for _, step := range c.steps {
				switch step {
				case 'v':
					_, err = s.Visit(l.URL)
				case 'm':
					err = s.Advance(time.Minute)
				case 'n':
					_, err = cl.CreateLink(t.Context(), session.ID, request)
				}
				if err != nil {
					t.Fatal(err)
				}
				states = append(states, s.Links()[0].State)
			}
			if got := strings.Join(states, " "); got != c.want {
				t.Errorf("states are %s, want %s", got, c.want)
			}
			if states[len(states)-1] == "expired" {
				if _, err := s.Pay(l.ID); !errors.Is(err, sandbox.ErrClosed) {
					t.Errorf("an expired link was paid: %v", err)
				}
			}
		})
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{Switches: sandbox.Switches{SessionLife: time.Hour, TokenLife: 20 * time.Hour}})
	c := client(t, base, nil)
	session, err := c.CreateSession(t.Context(), order("o-1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateLink(t.Context(), session.ID, fortnight)
	if e, ok := errors.AsType[*checkout.Error](err); !ok || !e.Gone() || e.Status != 410 {
		t.Errorf("got %v", err)
	}
	_, err = c.CreateLink(t.Context(), "no-such-session", fortnight)
	if e, ok := errors.AsType[*checkout.Error](err); !ok || !e.Gone() || e.Status != 404 {
		t.Errorf("got %v", err)
	}
}

// TestCallbacks: signed by each secret, tried until they are answered, and the
// client's own code reads them.
func TestCallbacks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		secrets := [][]byte{[]byte("old"), []byte("new")}
		var got []checkout.Callback
		tries := 0
		listener := roundTrip(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			if tries++; tries < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return w.Result(), nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			for _, secret := range secrets {
				if err := checkout.VerifySignature([][]byte{secret}, r.Header.Get(checkout.SignatureHeader), body, time.Now(), time.Minute); err != nil {
					t.Error(err)
				}
			}
			if err := checkout.VerifySignature([][]byte{[]byte("other")}, r.Header.Get(checkout.SignatureHeader), body, time.Now(), 0); !errors.Is(err, checkout.ErrSignature) {
				t.Errorf("another secret is good: %v", err)
			}
			c, err := checkout.ParseCallback(r.Header.Get("Content-Type"), body)
			if err != nil {
				t.Error(err)
			}
			got = append(got, c)
			return w.Result(), nil
		})
		s, err := sandbox.Open(sandbox.Config{Prefix: prefix, CallbackSecrets: secrets, CallbackTransport: listener})
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, "https://sandbox.invalid", func(cfg *checkout.Config) { cfg.Transport = s.RoundTripper() })
		request := order("o-1")
		request.Callbacks = &checkout.Callbacks{Notification: "https://shop.example/callbacks/payment"}
		session, err := c.CreateSession(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.CreateLink(t.Context(), session.ID, fortnight)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Decline(l.URL); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // of the bubble
		synctest.Wait()
		if _, err := s.PayOther(l.URL, "10", "EUR"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(got) != 2 || tries != 4 {
			t.Fatalf("%d callbacks in %d tries", len(got), tries)
		}
		if got[0].Outcome() != checkout.OutcomeRejected || got[0].Info["invoice"] != "2026/0042" || got[0].OrderID != "o-1" {
			t.Errorf("first: %+v", got[0])
		}
		if got[1].Outcome() != checkout.OutcomePaid || got[1].Amount != (invoice.Money{Amount: "10", Currency: "EUR"}) ||
			got[1].Captured != got[1].Amount {
			t.Errorf("second: %+v", got[1])
		}
		for _, p := range s.Payments() {
			if !p.Notified {
				t.Errorf("payment %+v is not notified", p)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// listener is a shop that passes on the notifications that it gets.
func listener(t *testing.T, got chan<- checkout.Callback) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		note, err := checkout.ParseCallback(r.Header.Get("Content-Type"), body)
		if err != nil {
			t.Error(err)
		}
		got <- note
		return httptest.NewRecorder().Result(), nil
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestPage walks through the pay page as a browser would.
func TestPage(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"path", "query", "long"} {
		server := httptest.NewUnstartedServer(nil)
		base := "http://" + server.Listener.Addr().String()
		s, err := sandbox.Open(sandbox.Config{Prefix: prefix, PublicURL: base, Switches: sandbox.Switches{LinkShape: shape}})
		if err != nil {
			t.Fatal(err)
		}
		server.Config.Handler = s
		server.Start()
		t.Cleanup(func() { _ = s.Close(); server.Close() })
		c := client(t, base, nil)
		session, err := c.CreateSession(t.Context(), order("o-1"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.CreateLink(t.Context(), session.ID, fortnight)
		if err != nil {
			t.Fatal(err)
		}
		see(t, http.MethodHead, l.URL, 200)
		if state := s.Links()[0].State; state != "waiting" {
			t.Errorf("%s: after HEAD the link is %s", shape, state)
		}
		see(t, http.MethodGet, l.URL, 200, "SANDBOX", "1250.50 DKK", "active", "<button>Pay")
		secret := s.Links()[0].Secret
		see(t, http.MethodPost, base+"/pay/"+secret+"/decline", 200, "declined", "<button>Pay")
		see(t, http.MethodPost, base+"/pay/"+secret+"/pay", 200, "Paid")
		see(t, http.MethodPost, base+"/pay/"+secret+"/pay", 200, "Paid")
		see(t, http.MethodGet, base+"/pay/nonsense", 404, "no link like this")
		see(t, http.MethodGet, base+"/pay", 404)
		if p := s.Payments(); len(p) != 2 || p[0].Succeeded || !p[1].Succeeded {
			t.Errorf("%s: payments are %+v", shape, p)
		}
		l, err = c.CreateLink(t.Context(), session.ID, fortnight)
		if err != nil {
			t.Fatal(err)
		}
		see(t, http.MethodGet, l.URL, 200, "Paid")
	}
}

func see(t *testing.T, method, url string, status int, parts ...string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status || res.Header.Get(sandbox.Header) != "1" {
		t.Errorf("%s %s: status %d, want %d; header %v", method, url, res.StatusCode, status, res.Header)
	}
	for _, part := range parts {
		if !strings.Contains(string(body), part) {
			t.Errorf("%s %s: page lacks %q:\n%s", method, url, part, body)
		}
	}
}

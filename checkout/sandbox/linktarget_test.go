package sandbox_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// TestLinkTarget: whether a link whose request named a url leads there is not
// documented, so both are imitated.
func TestLinkTarget(t *testing.T) {
	t.Parallel()
	const page = "https://pay.example.com/I/TOKEN?lang=da"
	for _, c := range []struct {
		target, page string
		want         string
	}{
		{"", page, sandbox.DefaultPublicURL + "/pay/SECRET"},
		{"provider", page, sandbox.DefaultPublicURL + "/pay/SECRET"},
		{"page", page, "https://pay.example.com/I/TOKEN?id=ID&lang=da"},
		{"page", "", sandbox.DefaultPublicURL + "/pay/SECRET"},
	} {
		t.Run(c.target+" "+c.page, func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{Switches: sandbox.Switches{LinkTarget: c.target}})
			cl := client(t, base, nil)
			session, err := cl.CreateSession(t.Context(), order("o-1"))
			if err != nil {
				t.Fatal(err)
			}
			request := fortnight
			request.PageURL = c.page
			l, err := cl.CreateLink(t.Context(), session.ID, request)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := checkout.ReadQR(l.QRCode, l.URL); err != nil {
				t.Error(err)
			}
			if want := strings.NewReplacer("ID", l.ID, "SECRET", s.Links()[0].Secret).Replace(c.want); l.URL != want {
				t.Errorf("got link %s, want %s", l.URL, want)
			}
			if _, err := s.Pay(l.URL); err != nil {
				t.Errorf("pay by the link's URL: %v", err)
			}
		})
	}
}

// TestLatency: each call waits, and a client that gives up is let go.
func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.Open(sandbox.Config{Prefix: prefix, Switches: sandbox.Switches{Latency: 100 * time.Millisecond}})
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, "https://sandbox.invalid", func(cfg *checkout.Config) { cfg.Transport = s.RoundTripper() })
		began := time.Now()
		session, err := c.CreateSession(t.Context(), order("o-1"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateLink(t.Context(), session.ID, fortnight); err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(began), 300*time.Millisecond; got != want {
			t.Errorf("authenticate, session and link took %v, want %v", got, want)
		}
		if err := s.SetSwitches(sandbox.Switches{Latency: 30 * time.Second}); err != nil {
			t.Fatal(err)
		}
		hasty := client(t, "https://sandbox.invalid", func(cfg *checkout.Config) {
			cfg.Transport, cfg.Timeout = s.RoundTripper(), time.Second
		})
		began = time.Now()
		if err := hasty.Authenticate(t.Context()); err == nil || time.Since(began) != time.Second {
			t.Errorf("got %v after %v, want a time-out after 1s", err, time.Since(began))
		}
		if err := s.SetSwitches(sandbox.Switches{Latency: time.Hour}); err == nil {
			t.Error("a latency of an hour was accepted")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

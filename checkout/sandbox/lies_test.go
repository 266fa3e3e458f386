package sandbox_test

import (
	"errors"
	"net/http"
	"testing"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// TestAnswersOfAnotherInvoice: what a cache in front of the API would answer.
func TestAnswersOfAnotherInvoice(t *testing.T) {
	t.Parallel()
	// made makes a session and a link for one order.
	made := func(t *testing.T, c *checkout.Client, id string) (checkout.Session, checkout.Link, error) {
		session, err := c.CreateSession(t.Context(), order(id))
		if err != nil {
			return session, checkout.Link{}, err
		}
		l, err := c.CreateLink(t.Context(), session.ID, fortnight)
		return session, l, err
	}
	for _, c := range []struct {
		kind                               sandbox.FaultKind
		sameSession, sameLinkID, sameURL   bool
		wrongEcho                          bool
		sessionsAfterwards, linksAfterward int
	}{
		{sandbox.FaultWrongEcho, false, false, false, true, 2, 1},
		{sandbox.FaultRepeatSession, true, false, false, false, 2, 2},
		{sandbox.FaultRepeatLink, false, true, true, false, 2, 1},
		{sandbox.FaultRepeatLinkID, false, true, false, false, 2, 2},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{})
			cl := client(t, base, nil)
			session1, link1, err := made(t, cl, "o-1")
			if err != nil {
				t.Fatal(err)
			}
			if err := s.SetFaults(sandbox.Fault{Kind: c.kind}); err != nil {
				t.Fatal(err)
			}
			session2, link2, err := made(t, cl, "o-2")
			if e, ok := errors.AsType[*checkout.EchoError](err); ok != c.wrongEcho || ok && (e.Answered != "XXX" || e.Sent != "DKK") {
				t.Fatalf("got %v, want an echo error: %v", err, c.wrongEcho)
			} else if err != nil && !ok {
				t.Fatal(err)
			}
			if !c.wrongEcho {
				if (session1.ID == session2.ID) != c.sameSession || (link1.ID == link2.ID) != c.sameLinkID || (link1.URL == link2.URL) != c.sameURL {
					t.Errorf("got sessions %s and %s, links %s %s and %s %s", session1.ID, session2.ID, link1.ID, link1.URL, link2.ID, link2.URL)
				}
				// The code fits the URL: nothing else than the URL and id shows the lie.
				if _, err := checkout.ReadQR(link2.QRCode, link2.URL); err != nil {
					t.Error(err)
				}
			}
			if n := len(s.Sessions()); n != c.sessionsAfterwards {
				t.Errorf("got %d sessions, want %d", n, c.sessionsAfterwards)
			}
			if n := len(s.Links()); n != c.linksAfterward {
				t.Errorf("got %d links, want %d", n, c.linksAfterward)
			}
		})
	}
}

// TestFirewall: a page of HTML with 403 is systemic trouble on every call, and
// never a matter of the password.
func TestFirewall(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{})
	session, err := client(t, base, nil).CreateSession(t.Context(), order("o-1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range []string{sandbox.OpAuthenticate, sandbox.OpSession, sandbox.OpLink, sandbox.OpPayments} {
		t.Run(op, func(t *testing.T) {
			if err := s.SetFaults(sandbox.Fault{Kind: sandbox.FaultFirewall, Op: op}); err != nil {
				t.Fatal(err)
			}
			c := client(t, base, nil)
			_, err := c.CreateSession(t.Context(), order("o-2"))
			if op == sandbox.OpLink {
				_, err = c.CreateLink(t.Context(), session.ID, fortnight)
			} else if op == sandbox.OpPayments {
				_, err = c.Payments(t.Context(), "o-1")
			}
			e, ok := errors.AsType[*checkout.Error](err)
			if !ok || e.Status != http.StatusForbidden || e.Class() != checkout.ClassSystemic || errors.Is(err, checkout.ErrCredentials) {
				t.Fatalf("got %v, want systemic trouble", err)
			}
			if want := "403 Forbidden Request blocked"; e.Message != want {
				t.Errorf("got message %q, want %q", e.Message, want)
			}
		})
	}
}

// TestVoidTokens: tokens that the API gives and then does not accept, at one
// call in three: some calls meet two in a row. That is no wrong password.
func TestVoidTokens(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{Faults: []sandbox.Fault{{Kind: sandbox.FaultToken, Probability: 0.3, Seed: 5}}})
	c := client(t, base, nil)
	refused := 0
	for range 60 {
		_, err := c.CreateSession(t.Context(), order("o-1"))
		if e, ok := errors.AsType[*checkout.Error](err); ok {
			refused++
			if e.Status != http.StatusUnauthorized || !e.Temporary() || errors.Is(err, checkout.ErrCredentials) {
				t.Errorf("got %v, class %s; want a temporary 401", err, e.Class())
			}
		}
	}
	if made := len(s.Sessions()); refused == 0 || made != 60-refused {
		t.Errorf("got %d refusals and %d sessions of 60 calls", refused, made)
	}
}

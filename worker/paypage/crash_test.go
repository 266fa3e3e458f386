package paypage_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// alive counts the links of an invoice that can be paid now.
func (s *shop) alive(number string) (n int) {
	now := s.Clock.Now()
	for _, l := range s.Sandbox.Links() {
		if l.OrderID == number && now.Before(l.Created.Add(time.Duration(l.Validity)*time.Minute)) {
			n++
		}
	}
	return n
}

// A server dies before each step. Others go on: never two links live, and the
// invoice can be paid once what may have been made has ended.
func TestKilledBetweenSteps(t *testing.T) {
	t.Parallel()
	for i, step := range paypage.Steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s := open(t, nil)
			number := fmt.Sprint("K-", i)
			token := s.issue(sample(number, "en"))
			dying, url := s.serve()
			dying.EndAt(step)
			if res, err := client.Post(url+"/I/"+token, "", nil); err == nil {
				res.Body.Close()
				t.Fatalf("the killed server answered %d", res.StatusCode)
			}
			reserved := s.Record(number).PayPage.Attempt != nil
			s.Clock.Advance(2 * time.Minute) // what was in progress counts as cut short
			s.get(token).want(t, 200)
			second := s.press(token)
			if n := s.alive(number); n > 1 {
				t.Fatalf("%d links live, want at most 1", n)
			}
			if reserved == (second.location != "/I/"+token) {
				t.Errorf("reserved %t, and the next visitor is led to %s", reserved, second.location)
			}
			if reserved {
				s.get(token).want(t, 200, "Paying online is paused")
				s.Clock.Advance(61 * time.Minute)
				second = s.press(token)
			}
			if n := s.alive(number); n != 1 || second.status != http.StatusSeeOther {
				t.Fatalf("%d links live, led to %s; want 1", n, second.location)
			}
			if _, err := s.Sandbox.Pay(second.location); err != nil {
				t.Errorf("pay: %v", err)
			}
		})
	}
}

// Two servers die one after the other, each before any step: never two links
// live, and one in the end. The short form takes each step once as the first and
// once as the second.
func TestKilledTwice(t *testing.T) {
	t.Parallel()
	for i, first := range paypage.Steps {
		for j, second := range paypage.Steps {
			if !tool.IsLong() && j != (i*3+2)%len(paypage.Steps) {
				continue
			}
			t.Run(first+"/"+second, func(t *testing.T) {
				t.Parallel()
				s := open(t, nil)
				token := s.issue(sample("K-1", "en"))
				for _, step := range []string{first, second} {
					dying, url := s.serve()
					dying.EndAt(step)
					if res, err := client.Post(url+"/I/"+token, "", nil); err == nil {
						res.Body.Close()
						t.Fatalf("the server answered %d and was to die before %q", res.StatusCode, step)
					}
					if n := s.alive("K-1"); n > 1 {
						t.Fatalf("%d links live, want at most 1", n)
					}
					// What was in progress counts as cut short; what may have been made
					// has ended.
					s.Clock.Advance(63 * time.Minute)
				}
				last := s.press(token)
				if n := s.alive("K-1"); n != 1 || last.status != http.StatusSeeOther {
					t.Fatalf("%d links live, led to %s; want 1", n, last.location)
				}
				if _, err := s.Sandbox.Pay(last.location); err != nil {
					t.Errorf("pay: %v", err)
				}
			})
		}
	}
}

// Faults of the gateway: what surely made no link can be tried again at once;
// where nobody knows, the next link waits for the end of what may exist.
func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault sandbox.Fault
		held  bool // no second link within the hour
	}{
		{"poll away", sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpPayments}, false},
		{"credentials refused", sandbox.Fault{Kind: sandbox.FaultCredentials, Op: sandbox.OpAuthenticate}, false},
		{"session refused", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 409, Op: sandbox.OpSession}, false},
		{"session cut", sandbox.Fault{Kind: sandbox.FaultCut, Op: sandbox.OpSession, AfterEffect: true}, false},
		{"link refused", sandbox.Fault{Kind: sandbox.FaultStatus, Status: 409, Op: sandbox.OpLink}, false},
		{"rate limit", sandbox.Fault{Kind: sandbox.FaultRateLimit, Op: sandbox.OpLink}, false},
		{"firewall", sandbox.Fault{Kind: sandbox.FaultFirewall, Op: sandbox.OpLink}, false},
		{"link made, 503", sandbox.Fault{Kind: sandbox.FaultServerError, Op: sandbox.OpLink, AfterEffect: true}, true},
		{"link made, cut", sandbox.Fault{Kind: sandbox.FaultCut, Op: sandbox.OpLink, AfterEffect: true}, true},
		{"link made, half an answer", sandbox.Fault{Kind: sandbox.FaultTruncate, Op: sandbox.OpLink}, true},
		{"another invoice's link", sandbox.Fault{Kind: sandbox.FaultRepeatLink, Op: sandbox.OpLink}, true},
		{"another invoice's session", sandbox.Fault{Kind: sandbox.FaultRepeatSession, Op: sandbox.OpSession}, false},
		{"no QR code", sandbox.Fault{Kind: sandbox.FaultNoQR, Op: sandbox.OpLink, Next: 1}, false}, // nobody prints it
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, nil)
			s.press(s.issue(sample("G-0", "en")))
			token := s.issue(sample("G-1", "en"))
			s.Clock.Advance(time.Hour) // tokens of the API end as well
			testkit.Must(t, s.Sandbox.SetFaults(c.fault))
			first := s.press(token)
			if c.fault.Kind != sandbox.FaultNoQR {
				first.want(t, http.StatusServiceUnavailable, "Paying online does not work", "DE75", "Try again")
			}
			testkit.Must(t, s.Sandbox.SetFaults())
			s.Clock.Advance(time.Minute) // refused credentials are not tried again at once
			second := s.press(token)
			if got := second.location == "/I/"+token; got != c.held {
				t.Errorf("the next visitor is led to %s; held %t, want %t", second.location, got, c.held)
			}
			if c.held {
				s.Clock.Advance(62 * time.Minute)
				second = s.press(token)
			}
			if n := s.alive("G-1"); n != 1 {
				t.Errorf("%d links live, want 1", n)
			}
			if p, err := s.Sandbox.Pay(second.location); err != nil || p.OrderID != "G-1" {
				t.Errorf("pay: %v, %v", p, err)
			}
			if made := s.Record("G-1").PayPage.Made; made > 2 {
				t.Errorf("%d attempts are counted, want at most 2", made)
			}
		})
	}
}

// A session of ours that the API has lost is replaced; one that the sender
// opened never is.
func TestSessionsThatAreGone(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	testkit.Must(t, s.Sandbox.SetSwitches(sandbox.Switches{SessionLife: 24 * time.Hour}))
	token := s.issue(sample("A-1", "en"))
	s.press(token)
	s.Clock.Advance(30 * 24 * time.Hour)
	if a := s.press(token); a.status != http.StatusSeeOther || len(s.Sandbox.Sessions()) != 2 || s.alive("A-1") != 1 {
		t.Errorf("got %d with %d sessions and %d links", a.status, len(s.Sandbox.Sessions()), s.alive("A-1"))
	}
	brought := sample("A-2", "en")
	brought.SessionID = "11111111-2222-4333-8444-555555555555"
	other := s.issue(brought)
	s.press(other).want(t, http.StatusServiceUnavailable, "DE75")
	if n := len(s.Sandbox.Sessions()); n != 2 {
		t.Errorf("%d sessions, want 2", n)
	}
	if r := s.Record("A-2"); r.PayPage.Made != 0 || r.PayState(s.Clock.Now()) != ledger.PayOpen {
		t.Errorf("the attempt costs %d and leaves the page %s", r.PayPage.Made, r.PayState(s.Clock.Now()))
	}
}

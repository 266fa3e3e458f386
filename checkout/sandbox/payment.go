package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrClosed means that a link can no longer be paid: it has expired, or its
// session is paid already. It also means that nothing is left to capture.
var ErrClosed = errors.New("link cannot be paid any more")

// Pay pretends that a customer opened the link and paid it in full. link is
// the payment link or the link's id.
func (s *Server) Pay(link string) (Payment, error) { return s.pay(link, true, "", "") }

// PayOther is Pay with another amount (major units) and currency than asked.
func (s *Server) PayOther(link string, amount json.Number, currency string) (Payment, error) {
	if !decimalForm.MatchString(amount.String()) {
		return Payment{}, fmt.Errorf("pay a link: %.40q is not a plain decimal number", amount)
	}
	return s.pay(link, true, twoDecimals(decimal(amount)), currency)
}

// Decline pretends that the customer's payment was refused. The link stays.
func (s *Server) Decline(link string) (Payment, error) { return s.pay(link, false, "", "") }

// Visit pretends that somebody opened the link, which may start its second
// clock, and returns it with the state it then has.
func (s *Server) Visit(link string) (Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.find(link)
	if err != nil {
		return Link{}, err
	}
	return s.open(l)
}

// find needs the lock.
func (s *Server) find(link string) (*Link, error) {
	if l := s.state.links.get(link); l != nil {
		return l, nil
	}
	if u, err := url.Parse(link); err == nil {
		secret := u.Query().Get("link")
		if _, rest, found := strings.Cut(u.Path, "/pay/"); found && secret == "" {
			secret, _, _ = strings.Cut(rest, "/")
		}
		if l := s.state.bySecret(secret); l != nil {
			return l, nil
		}
		if l := s.state.links.get(u.Query().Get("id")); l != nil && l.URL == link {
			return l, nil
		}
	}
	return nil, fmt.Errorf("find the link %.120q: the sandbox issued none like it", link)
}

// payState is the state as the pay page has it; it needs the lock.
func (s *Server) payState(l *Link, now time.Time) string {
	if s.switches.PayAgain {
		return linkClock(l, now)
	}
	return s.state.linkState(l, now)
}

// open starts the second clock if that is due; it needs the lock.
func (s *Server) open(l *Link) (Link, error) {
	now := s.now()
	state := s.payState(l, now)
	if state == "waiting" || state == "active" && s.switches.ReopenRestarts {
		if err := s.record(&event{Opened: &opening{l.ID, now}}); err != nil {
			return Link{}, err
		}
		l.Opened = now
		state = s.payState(l, now)
	}
	shown := *l
	shown.State = state
	return shown, nil
}

// pay opens the link, records the payment and sends callbacks.
func (s *Server) pay(link string, succeeds bool, amount json.Number, code string) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.find(link)
	if err != nil {
		return Payment{}, err
	}
	if shown, err := s.open(l); err != nil {
		return Payment{}, err
	} else if shown.State != "active" {
		return Payment{}, fmt.Errorf("pay the link %s: it is %s: %w", l.ID, shown.State, ErrClosed)
	}
	session := s.state.sessions.get(l.SessionID)
	s.state.serial++
	p := &Payment{TransactionID: strconv.FormatInt(70000+s.state.serial, 10), ID: newUUID(),
		SessionID: session.ID, LinkID: l.ID, OrderID: session.OrderID, Amount: session.Amount, Currency: session.Currency,
		Succeeded: succeeds, Captured: "0.00", At: s.now()}
	if amount != "" {
		p.Amount, p.Currency = amount, code
	}
	if succeeds && session.Capture {
		p.Captured = p.Amount
	}
	if err := s.record(&event{Payment: p}); err != nil {
		return Payment{}, err
	}
	s.notify(*p, session)
	return *p, nil
}

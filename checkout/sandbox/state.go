package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// Session is a session that was issued. Its JSON form is what the control API
// lists and what the journal keeps.
type Session struct {
	// ID as in the answer.
	ID string `json:"id"`
	// Created by the sandbox's clock, UTC.
	Created time.Time `json:"created"`
	// Expires is zero for a session that stays.
	Expires time.Time `json:"expires,omitzero"`
	// OrderID as asked for; payments are found by it.
	OrderID string `json:"orderId"`
	// Amount in major units with two decimals, Currency in ISO 4217 letters.
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"` // see Amount
	// Request is the body as it was sent, also of an update.
	Request json.RawMessage `json:"request"`
	// Updates counts the PUTs.
	Updates int `json:"updates,omitempty"`
	// Info is the transaction info, which callbacks hand back.
	Info map[string]string `json:"info,omitempty"`
	// Capture takes the money at once (configuration.autoCapture).
	Capture bool `json:"capture,omitempty"`
	// Callbacks are the addresses of success, failure and notification.
	Callbacks []string `json:"callbacks,omitempty"`
}

// Link is a payment link that was issued.
type Link struct {
	// ID as in the answer.
	ID string `json:"id"`
	// SessionID and OrderID of the session that it is on.
	SessionID string `json:"sessionId"`
	OrderID   string `json:"orderId"` // see SessionID
	// URL is the payment link.
	URL string `json:"url"`
	// QR is what its code really holds: URL but for a fault, and empty without
	// a readable code.
	QR string `json:"qr"`
	// Secret is the part of the URL by which the pay page finds the link.
	Secret string `json:"secret"`
	// Created by the sandbox's clock, UTC.
	Created time.Time `json:"created"`
	// Opened is when somebody opened it first, zero if nobody did.
	Opened time.Time `json:"opened,omitzero"`
	// Validity is how long it can be reached, in minutes.
	Validity int64 `json:"validity"`
	// Activation is how long it stays active once opened, in minutes.
	Activation int64 `json:"activation"`
	// PageURL is the url asked for, empty for none.
	PageURL string `json:"pageUrl,omitempty"`
	// Size of the image in pixels.
	Size int `json:"size"`
	// Ended is when a newer link ended this one, if the switch says so.
	Ended time.Time `json:"ended,omitzero"`
	// AfterPayment marks a link made on a session that was already paid.
	AfterPayment bool `json:"afterPayment,omitempty"`
	// State is filled in for lists: waiting, active, expired or paid.
	State string `json:"state,omitempty"`
}

// Until is when the link ends by what is known now: created + validity, or
// opened + activation if that is earlier.
func (l Link) Until() time.Time {
	end := l.Created.Add(time.Duration(l.Validity) * time.Minute)
	if !l.Opened.IsZero() {
		if t := l.Opened.Add(time.Duration(l.Activation) * time.Minute); t.Before(end) {
			end = t
		}
	}
	if !l.Ended.IsZero() && l.Ended.Before(end) {
		end = l.Ended
	}
	return end
}

// Payment is a pretended payment, or a refusal of one.
type Payment struct {
	// TransactionID names it in callbacks and in the poll.
	TransactionID string `json:"transactionId"`
	// ID is the payment's own, a UUID.
	ID string `json:"id"`
	// SessionID, LinkID and OrderID say what was paid by which link.
	SessionID string `json:"sessionId"`
	LinkID    string `json:"linkId"`  // see SessionID
	OrderID   string `json:"orderId"` // see SessionID
	// Amount in major units with two decimals, Currency in ISO 4217 letters.
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"` // see Amount
	// Succeeded means that Amount was reserved, and not declined.
	Succeeded bool `json:"succeeded"`
	// Captured is how much of Amount was taken, with two decimals.
	Captured json.Number `json:"captured"`
	// At is when it was paid, by the sandbox's clock, UTC.
	At time.Time `json:"at"`
	// Notified means that every callback was answered with 200.
	Notified bool `json:"notified"`
}

// state is everything that survives the process.
type state struct {
	sessions     *table[Session]
	links        *table[Link]
	secrets      names               // numbers of links
	lastLink     []int32             // the number of a session's newest link, by the session's; -1 for none
	linkBefore   []int32             // the number of the link before it on its session, by the link's; -1 for none
	afterPayment int                 // links that were made on paid sessions
	payments     map[string]*Payment // by transaction id
	paymentOrder []string            // transaction ids in the order of making
	byOrder      map[string][]string // order id → transaction ids
	paidSessions map[string]bool
	offset       time.Duration
	serial       int64
}

func newState() *state {
	return &state{sessions: newTable(func(s *Session) string { return s.ID }), links: newTable(func(l *Link) string { return l.ID }),
		secrets: newNames(), payments: map[string]*Payment{}, byOrder: map[string][]string{}, paidSessions: map[string]bool{}}
}

// bySecret is the link whose pay page has that secret, nil if there is none.
func (st *state) bySecret(secret string) *Link {
	for n := range st.secrets.candidates(secret) {
		if l := st.links.at(n); l.Secret == secret {
			return l
		}
	}
	return nil
}

// event is one line of the journal. Exactly one field but Serial is set.
type event struct {
	Session  *Session       `json:"session,omitempty"` // new, or replaced by a PUT
	Link     *Link          `json:"link,omitempty"`
	Opened   *opening       `json:"opened,omitempty"`
	Payment  *Payment       `json:"payment,omitempty"`
	Captured *capturing     `json:"captured,omitempty"`
	Notified string         `json:"notified,omitempty"` // transaction id
	Offset   *time.Duration `json:"offset,omitempty"`   // nanoseconds
	Serial   int64          `json:"serial,omitempty"`
}

type opening struct {
	Link string    `json:"link"`
	At   time.Time `json:"at"`
}

type capturing struct {
	Transaction string      `json:"transaction"`
	Total       json.Number `json:"total"` // captured so far, this time included
}

// apply changes the state. It is the only place that does, for what comes from
// a call and for what comes from the journal alike.
func (st *state) apply(e *event) error {
	st.serial = max(st.serial, e.Serial)
	switch {
	case e.Session != nil:
		n, err := st.sessions.put(e.Session)
		if n == len(st.lastLink) && err == nil {
			st.lastLink = append(st.lastLink, -1)
		}
		return err
	case e.Link != nil:
		return st.applyLink(*e.Link)
	case e.Opened != nil:
		l := st.links.get(e.Opened.Link)
		if l == nil {
			return fmt.Errorf("opened link %s is unknown", e.Opened.Link)
		}
		l.Opened = e.Opened.At
		_, err := st.links.put(l)
		return err
	case e.Payment != nil:
		p := e.Payment
		st.payments[p.TransactionID] = p
		st.paymentOrder = append(st.paymentOrder, p.TransactionID)
		st.byOrder[p.OrderID] = append(st.byOrder[p.OrderID], p.TransactionID)
		if p.Succeeded {
			st.paidSessions[p.SessionID] = true
		}
	case e.Captured != nil:
		p := st.payments[e.Captured.Transaction]
		if p == nil {
			return fmt.Errorf("captured transaction %s is unknown", e.Captured.Transaction)
		}
		p.Captured = e.Captured.Total
	case e.Notified != "":
		if p := st.payments[e.Notified]; p != nil {
			p.Notified = true
		}
	case e.Offset != nil:
		st.offset = *e.Offset
	default:
		return fmt.Errorf("event says nothing that this version knows")
	}
	return nil
}

func (st *state) applyLink(l Link) error {
	session, _, known := st.sessions.find(l.SessionID)
	if !known {
		return fmt.Errorf("link %s belongs to no known session", l.ID)
	}
	before := st.lastLink[session]
	if ended := l.Ended; !ended.IsZero() { // those before it
		for n := before; n >= 0; n = st.linkBefore[n] {
			if old := st.links.at(int(n)); old.Ended.IsZero() {
				old.Ended = ended
				if _, err := st.links.put(old); err != nil {
					return err
				}
			}
		}
	}
	l.Ended = time.Time{}
	n, err := st.links.put(&l)
	if err != nil {
		return err
	}
	if n < len(st.linkBefore) {
		return fmt.Errorf("link %s was issued before", l.ID)
	}
	st.secrets.add(l.Secret, n)
	st.linkBefore = append(st.linkBefore, before)
	st.lastLink[session] = int32(n)
	if l.AfterPayment {
		st.afterPayment++
	}
	return nil
}

// linkState is one of waiting, active, expired and paid.
func (st *state) linkState(l *Link, now time.Time) string {
	if st.paidSessions[l.SessionID] {
		return "paid"
	}
	return linkClock(l, now)
}

// linkClock is one of waiting, active and expired.
func linkClock(l *Link, now time.Time) string {
	switch {
	case !now.Before(l.Until()):
		return "expired"
	case l.Opened.IsZero():
		return "waiting"
	}
	return "active"
}

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
	sessions map[string]*Session
	links    map[string]*Link
	secrets  map[string]*Link
	payments map[string]*Payment // by transaction id
	// The order in which things were issued.
	sessionOrder, linkOrder, paymentOrder []string
	bySession                             map[string][]string // session id → link ids
	byOrder                               map[string][]string // order id → transaction ids
	offset                                time.Duration
	serial                                int64
}

func newState() *state {
	return &state{sessions: map[string]*Session{}, links: map[string]*Link{}, secrets: map[string]*Link{},
		payments: map[string]*Payment{}, bySession: map[string][]string{}, byOrder: map[string][]string{}}
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
		if _, known := st.sessions[e.Session.ID]; !known {
			st.sessionOrder = append(st.sessionOrder, e.Session.ID)
		}
		st.sessions[e.Session.ID] = e.Session
	case e.Link != nil:
		if st.sessions[e.Link.SessionID] == nil {
			return fmt.Errorf("link %s belongs to no known session", e.Link.ID)
		}
		if !e.Link.Ended.IsZero() {
			for _, id := range st.bySession[e.Link.SessionID] {
				if old := st.links[id]; old.Ended.IsZero() {
					old.Ended = e.Link.Ended
				}
			}
		}
		kept := *e.Link
		kept.Ended = time.Time{}
		st.links[kept.ID], st.secrets[kept.Secret] = &kept, &kept
		st.linkOrder = append(st.linkOrder, kept.ID)
		st.bySession[kept.SessionID] = append(st.bySession[kept.SessionID], kept.ID)
	case e.Opened != nil:
		l := st.links[e.Opened.Link]
		if l == nil {
			return fmt.Errorf("opened link %s is unknown", e.Opened.Link)
		}
		l.Opened = e.Opened.At
	case e.Payment != nil:
		p := e.Payment
		st.payments[p.TransactionID] = p
		st.paymentOrder = append(st.paymentOrder, p.TransactionID)
		st.byOrder[p.OrderID] = append(st.byOrder[p.OrderID], p.TransactionID)
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

// paid reports whether a session has a successful payment.
func (st *state) paid(sessionID string) bool {
	s := st.sessions[sessionID]
	if s == nil {
		return false
	}
	for _, id := range st.byOrder[s.OrderID] {
		if p := st.payments[id]; p.SessionID == sessionID && p.Succeeded {
			return true
		}
	}
	return false
}

// linkState is one of waiting, active, expired and paid.
func (st *state) linkState(l *Link, now time.Time) string {
	if st.paid(l.SessionID) {
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

package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// Session is a session that was issued. Its JSON form is what the control API
// lists and what the journal keeps.
type Session struct {
	ID string `json:"id"`
	// Created by the sandbox's clock, UTC.
	Created time.Time `json:"created"`
	// Expires is zero for a session that stays.
	Expires   time.Time         `json:"expires,omitzero"`
	OrderID   string            `json:"orderId"`
	Amount    json.Number       `json:"amount"` // major units, two decimals
	Currency  string            `json:"currency"`
	Request   json.RawMessage   `json:"request"` // as it was sent
	Updates   int               `json:"updates,omitempty"`
	Info      map[string]string `json:"info,omitempty"`
	Capture   bool              `json:"capture,omitempty"`
	Callbacks []string          `json:"callbacks,omitempty"` // success first, then failure, then notification
}

// Link is a payment link that was issued.
type Link struct {
	ID        string `json:"id"`
	SessionID string `json:"sessionId"`
	OrderID   string `json:"orderId"`
	// URL is the payment link, QR what its code really holds: the same but
	// for a fault, and empty without a readable code.
	URL string `json:"url"`
	QR  string `json:"qr"`
	// Secret is the part of the URL by which the pay page finds the link.
	Secret string `json:"secret"`
	// Created and Opened by the sandbox's clock, UTC; Opened is zero for a
	// link nobody opened.
	Created time.Time `json:"created"`
	Opened  time.Time `json:"opened,omitzero"`
	// Validity and Activation in minutes, PageURL and Size as asked for.
	Validity   int64  `json:"validity"`
	Activation int64  `json:"activation"`
	PageURL    string `json:"pageUrl,omitempty"`
	Size       int    `json:"size"`
	// Ended is when a newer link ended this one, if the switch says so.
	Ended time.Time `json:"ended,omitzero"`
	// AfterPayment marks a link made on a session that was already paid.
	AfterPayment bool `json:"afterPayment,omitempty"`
	// State is filled in for lists: waiting, active, expired or paid.
	State string `json:"state,omitempty"`
}

// Until is when the link is over by what is known now: created + validity, or
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
	TransactionID string      `json:"transactionId"`
	ID            string      `json:"id"`
	SessionID     string      `json:"sessionId"`
	LinkID        string      `json:"linkId"`
	OrderID       string      `json:"orderId"`
	Amount        json.Number `json:"amount"`
	Currency      string      `json:"currency"`
	// Succeeded means that Amount was reserved; Captured is how much of it was
	// taken, in the same currency. Both have two decimals.
	Succeeded bool        `json:"succeeded"`
	Captured  json.Number `json:"captured"`
	At        time.Time   `json:"at"`
	// Notified tells that every callback was answered with 200.
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

// paid tells whether a session has a successful payment.
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

package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// createSession is POST …/session.
func (s *Server) createSession(r *http.Request, f *Fault) *reply {
	if refused := s.bearer(r); refused != nil {
		return refused
	}
	body, raw, refused := readSession(r)
	if refused != nil {
		return refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &Session{ID: s.newID(), Created: s.now()}
	if life := s.switches.SessionLife; life > 0 {
		made.Expires = made.Created.Add(life)
	}
	made.fill(body, raw)
	answered := s.lie(made, f)
	if err := s.record(&event{Session: made}); err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot keep the session")
	}
	return s.echo(answered)
}

// lie is the session to answer with instead of the one that was made; it needs
// the lock.
func (s *Server) lie(made *Session, f *Fault) *Session {
	if f == nil {
		return made
	}
	answered := *made
	switch before := s.state.sessions.len(); {
	case f.Kind == FaultRepeatSession && before > 0:
		answered.ID = s.state.sessions.at(before - 1).ID
	case f.Kind == FaultWrongEcho:
		answered.Request = json.RawMessage(`{"order":{"orderId":` + strconv.Quote(made.OrderID) + `,"amount":{"value":1.00,"currency":"XXX"}}}`)
	}
	return &answered
}

// updateSession is PUT …/session/{id}. The order's name stays what it was:
// payments are found by it.
func (s *Server) updateSession(r *http.Request, _ *Fault) *reply {
	if refused := s.bearer(r); refused != nil {
		return refused
	}
	body, raw, refused := readSession(r)
	if refused != nil {
		return refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, refused := s.session(r.PathValue("id"))
	if refused != nil {
		return refused
	}
	if body.Order.OrderID != old.OrderID {
		return refusal(http.StatusConflict, "session %s belongs to order %s", old.ID, old.OrderID)
	}
	made := &Session{ID: old.ID, Created: old.Created, Expires: old.Expires, Updates: old.Updates + 1}
	made.fill(body, raw)
	if err := s.record(&event{Session: made}); err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot keep the session")
	}
	return s.echo(made)
}

func readSession(r *http.Request) (*sessionBody, []byte, *reply) {
	var body sessionBody
	raw, refused := readJSON(r, &body)
	if refused != nil {
		return nil, nil, refused
	}
	if details := body.check(); len(details) > 0 {
		return nil, nil, jsonReply(http.StatusBadRequest, problem{"order is not acceptable", details})
	}
	return &body, raw, nil
}

func (made *Session) fill(b *sessionBody, raw []byte) {
	made.OrderID, made.Info = b.Order.OrderID, b.Order.Info
	made.Amount, made.Currency = twoDecimals(b.Order.Amount.Value), b.Order.Amount.Currency
	made.Request, made.Callbacks = raw, b.Callbacks.urls()
	made.Capture = b.Configuration != nil && b.Configuration.AutoCapture
}

// echo answers with the session's id and what was sent; it needs the lock.
func (s *Server) echo(made *Session) *reply {
	answer := map[string]json.RawMessage{}
	if err := json.Unmarshal(made.Request, &answer); err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot echo the session")
	}
	answer["sessionId"] = s.idJSON(made.ID)
	return jsonReply(s.success(), answer)
}

// session finds a living session; it needs the lock.
func (s *Server) session(id string) (*Session, *reply) {
	found := s.state.sessions.get(id)
	if found == nil {
		return nil, refusal(http.StatusNotFound, "session is unknown")
	}
	if !found.Expires.IsZero() && !s.now().Before(found.Expires) {
		return nil, refusal(http.StatusGone, "session has expired")
	}
	return found, nil
}

// adopt keeps a session that somebody else is said to have opened, if the switch
// says so; it needs the lock. Only what looks like a session id of the API, a
// UUID, is taken. Its amount is known to nobody here.
func (s *Server) adopt(id string) *reply {
	if !s.switches.AdoptSessions || s.state.sessions.get(id) != nil || !uuidForm.MatchString(id) {
		return nil
	}
	made := &Session{ID: id, OrderID: "adopted-" + id, Amount: "0.00", Currency: "XXX", Created: s.now()}
	if err := s.record(&event{Session: made}); err != nil {
		return refusal(http.StatusInternalServerError, "sandbox cannot keep the session")
	}
	return nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// newID makes an id of the shape that the switches ask for; it needs the lock.
func (s *Server) newID() string {
	s.state.serial++
	switch s.switches.IDShape {
	case "number":
		return strconv.FormatInt(100000+s.state.serial, 10)
	case "short":
		return strings.ToLower(rand.Text()[:5]) + strconv.FormatInt(s.state.serial, 36)
	}
	return newUUID()
}

// newUUID is a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// idJSON writes an id as text, or as a number if that is the shape.
func (s *Server) idJSON(id string) json.RawMessage {
	if s.switches.IDShape == "number" {
		return json.RawMessage(id)
	}
	return json.RawMessage(strconv.Quote(id))
}

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// controlRoutes is the API for tests and for trying things out:
//
//	GET  /sandbox/sessions, /sandbox/links, /sandbox/payments, /sandbox/stats
//	GET  /sandbox/faults    PUT replaces the list, POST adds to it, DELETE clears it
//	GET  /sandbox/switches  PUT replaces them
//	GET  /sandbox/clock     POST {"advance":"2h"} or {"set":"2026-01-31T12:00:00Z"}
//	POST /sandbox/pay       {"link":…, "decline":true} or {"link":…, "amount":"1.00", "currency":"EUR"}
//	POST /sandbox/open      {"link":…}
//	POST /sandbox/capture   {"transaction":…} or {"transaction":…, "amount":"1.00"}
//	POST /sandbox/notify    {"transaction":…}
//
// It answers to this machine, or to the API's own credentials.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	handle := func(pattern string, serve func(*http.Request) *reply) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if !s.trusted(r) {
				unauthorized("Basic").send(w)
				return
			}
			serve(r).send(w)
		})
	}
	list := func(pattern string, get func() any) {
		handle(pattern, func(*http.Request) *reply { return jsonReply(http.StatusOK, get()) })
	}
	list("GET /sandbox/sessions", func() any { return s.Sessions() })
	list("GET /sandbox/links", func() any { return s.Links() })
	list("GET /sandbox/payments", func() any { return s.Payments() })
	list("GET /sandbox/stats", func() any { return s.Stats() })
	list("GET /sandbox/faults", func() any { return s.faults() })
	list("GET /sandbox/switches", func() any { s.mu.Lock(); defer s.mu.Unlock(); return s.switches })
	list("GET /sandbox/clock", s.clock)
	handle("PUT /sandbox/faults", func(r *http.Request) *reply { return s.putFaults(r, nil) })
	handle("POST /sandbox/faults", func(r *http.Request) *reply { return s.putFaults(r, s.faults()) })
	handle("DELETE /sandbox/faults", func(*http.Request) *reply { return outcome(s.SetFaults(), []Fault{}) })
	handle("PUT /sandbox/switches", s.putSwitches)
	handle("POST /sandbox/clock", s.moveClock)
	handle("POST /sandbox/pay", s.payByCall)
	handle("POST /sandbox/open", s.openByCall)
	handle("POST /sandbox/capture", s.captureByCall)
	handle("POST /sandbox/notify", s.notifyByCall)
}

// inProcess marks a call that came through [Server.RoundTripper].
type inProcess struct{}

// trusted lets in a caller on this machine who also calls this machine by its
// own name, so that a web page cannot reach it by a name that it made resolve
// here; and anybody with the credentials.
func (s *Server) trusted(r *http.Request) bool {
	if r.Context().Value(inProcess{}) != nil || s.basic(r) {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

// outcome answers with what was done, or why it was not.
func outcome(err error, v any) *reply {
	switch {
	case errors.Is(err, ErrClosed):
		return refusal(http.StatusConflict, "%v", err)
	case err != nil:
		return refusal(http.StatusBadRequest, "%v", err)
	}
	return jsonReply(http.StatusOK, v)
}

func (s *Server) faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Fault, len(s.scripts))
	for i, f := range s.scripts {
		list[i] = f.Fault
		if f.Next > 0 {
			list[i].Next = f.Next - f.struck
		}
	}
	return list
}

// putFaults adds to those that are left; a fault whose calls are used up is
// dropped.
func (s *Server) putFaults(r *http.Request, left []Fault) *reply {
	var more []Fault
	if _, refused := readJSON(r, &more); refused != nil {
		return refused
	}
	s.mu.Lock()
	var all []Fault
	for i, f := range left {
		if i < len(s.scripts) && (s.scripts[i].Next == 0 || f.Next > 0) {
			all = append(all, f)
		}
	}
	s.mu.Unlock()
	all = append(all, more...)
	return outcome(s.SetFaults(all...), all)
}

func (s *Server) putSwitches(r *http.Request) *reply {
	var w Switches
	if _, refused := readJSON(r, &w); refused != nil {
		return refused
	}
	return outcome(s.SetSwitches(w), w)
}

func (s *Server) clock() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]string{"now": s.now().Format(time.RFC3339Nano), "offset": s.state.offset.String()}
}

func (s *Server) moveClock(r *http.Request) *reply {
	var body struct {
		Advance string    `json:"advance"`
		Set     time.Time `json:"set"`
	}
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	var by time.Duration
	switch {
	case body.Advance != "" && body.Set.IsZero():
		if err := readDuration("advance", body.Advance, &by); err != nil {
			return outcome(err, nil)
		}
	case body.Advance == "" && !body.Set.IsZero():
		by = body.Set.Sub(s.Now())
	default:
		return refusal(http.StatusBadRequest, "one of advance and set is needed")
	}
	if err := s.Advance(by); err != nil {
		return refusal(http.StatusInternalServerError, "%v", err)
	}
	return jsonReply(http.StatusOK, s.clock())
}

func (s *Server) payByCall(r *http.Request) *reply {
	var body struct {
		Link     string      `json:"link"`
		Decline  bool        `json:"decline"`
		Amount   json.Number `json:"amount"`
		Currency string      `json:"currency"`
	}
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	var p Payment
	var err error
	switch {
	case body.Decline:
		p, err = s.Decline(body.Link)
	case body.Amount != "":
		p, err = s.PayOther(body.Link, body.Amount, body.Currency)
	default:
		p, err = s.Pay(body.Link)
	}
	return outcome(err, p)
}

func (s *Server) openByCall(r *http.Request) *reply {
	var body struct {
		Link string `json:"link"`
	}
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	l, err := s.Visit(body.Link)
	return outcome(err, l)
}

func (s *Server) captureByCall(r *http.Request) *reply {
	var body struct {
		Transaction string      `json:"transaction"`
		Amount      json.Number `json:"amount"`
	}
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	p, err := s.Capture(body.Transaction, body.Amount)
	return outcome(err, p)
}

func (s *Server) notifyByCall(r *http.Request) *reply {
	var body struct {
		Transaction string `json:"transaction"`
	}
	if _, refused := readJSON(r, &body); refused != nil {
		return refused
	}
	p, err := s.Notify(body.Transaction)
	return outcome(err, p)
}

func withInProcess(ctx context.Context) context.Context {
	return context.WithValue(ctx, inProcess{}, true)
}

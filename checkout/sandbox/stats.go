package sandbox

import (
	"maps"
	"time"
)

// Stats count what was asked and issued since the process began.
type Stats struct {
	// Calls that came in, by operation.
	Calls map[string]int `json:"calls"`
	// OK are those that did their work, by operation.
	OK map[string]int `json:"ok"`
	// Faults are those that were broken by the script, by operation.
	Faults map[string]int `json:"faults"`
	// Refused counts answers that were not 2xx without any fault, by status.
	Refused map[int]int `json:"refused"`
	// Tokens that were issued.
	Tokens int `json:"tokens"`
	// Sessions, Links and Payments are what the state holds, also from
	// earlier processes.
	Sessions int `json:"sessions"`
	Links    int `json:"links"`    // see Sessions
	Payments int `json:"payments"` // see Sessions
	// LinksAfterPayment are links that were made on paid sessions.
	LinksAfterPayment int `json:"linksAfterPayment"`
	// Callbacks that were answered with 200.
	Callbacks int `json:"callbacks"`
	// CallbackRetries are attempts that were not.
	CallbackRetries int `json:"callbackRetries"`
}

func newStats() Stats {
	return Stats{Calls: map[string]int{}, OK: map[string]int{}, Faults: map[string]int{}, Refused: map[int]int{}}
}

// begin counts a call and returns the fault that strikes it, if any, and how
// long to wait first.
func (s *Server) begin(op string) (*Fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Calls[op]++
	for _, f := range s.scripts {
		if f.strikes(op) {
			s.stats.Faults[op]++
			struck := f.Fault
			return &struck, s.switches.Latency
		}
	}
	return nil, s.switches.Latency
}

// end counts how a call ended.
func (s *Server) end(op string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if status >= 200 && status <= 299 {
		s.stats.OK[op]++
	} else {
		s.stats.Refused[status]++
	}
}

// Stats returns the counts of this moment.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Calls, st.OK, st.Faults = maps.Clone(st.Calls), maps.Clone(st.OK), maps.Clone(st.Faults)
	st.Refused = maps.Clone(st.Refused)
	st.Sessions, st.Links, st.Payments = s.state.sessions.len(), s.state.links.len(), len(s.state.payments)
	st.LinksAfterPayment = s.state.afterPayment
	return st
}

// Sessions lists every session in the order of issue.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.sessions.list()
}

// Links lists every link in the order of issue, each with its present state.
func (s *Server) Links() []Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, now := s.state.links.list(), s.now()
	for i := range list {
		list[i].State = s.state.linkState(&list[i], now)
	}
	return list
}

// Payments lists every pretended payment and refusal in the order of making.
func (s *Server) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Payment, 0, len(s.state.paymentOrder))
	for _, id := range s.state.paymentOrder {
		list = append(list, *s.state.payments[id])
	}
	return list
}

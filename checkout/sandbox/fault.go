package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// FaultKind is a way to break.
type FaultKind string

// The kinds of [Fault]. Those that need a QR code, a token, an echo or something
// that was issued before strike only calls that have one.
const (
	FaultRateLimit   FaultKind = "rate-limit"   // 429, with Retry-After if RetryAfter is set
	FaultServerError FaultKind = "server-error" // Status, or 503; with Retry-After if RetryAfter is set
	FaultStatus      FaultKind = "status"       // any other Status, such as 404, 409 or 410
	FaultRedirect    FaultKind = "redirect"     // 307 to another host
	FaultSlow        FaultKind = "slow"         // answers after Delay
	FaultHang        FaultKind = "hang"         // never answers
	FaultCut         FaultKind = "cut"          // ends the connection without an answer
	FaultTruncate    FaultKind = "truncate"     // a complete answer of half a JSON text
	FaultCutBody     FaultKind = "cut-body"     // ends the connection in the middle of the answer's body
	FaultWrongQR     FaultKind = "wrong-qr"     // the QR code holds another link
	FaultNoQR        FaultKind = "no-qr"        // there is no QR code in the answer
	FaultBadQR       FaultKind = "bad-qr"       // an image without a readable QR code
	FaultToken       FaultKind = "token"        // 401, and the presented token is revoked
	FaultCredentials FaultKind = "credentials"  // authenticate answers 401
	FaultFirewall    FaultKind = "firewall"     // 403 with an HTML page

	// What a cache, or a gateway that mixes things up, would do.
	FaultWrongEcho     FaultKind = "wrong-echo"     // a session's answer repeats 1.00 XXX instead of its amount
	FaultRepeatSession FaultKind = "repeat-session" // a session is made, and the id of the one before it is answered
	FaultRepeatLink    FaultKind = "repeat-link"    // no link is made, and the one before it is answered again, whoever's it is
	FaultRepeatLinkID  FaultKind = "repeat-link-id" // a link is made, and answered with the id of the one before it
)

// The operations that a fault can be for.
const (
	OpAuthenticate = "authenticate"
	OpSession      = "session" // POST and PUT
	OpLink         = "link"
	OpPayments     = "payments"
)

// Fault breaks some calls. At most one of Next, Every and Probability says
// which; with none of them all are broken. The first fault of the list that
// strikes decides a call. In JSON durations are texts such as "1.5s".
type Fault struct {
	// Kind says how the call is broken.
	Kind FaultKind `json:"kind"`
	// Op is the operation; empty means every operation.
	Op string `json:"op,omitempty"`
	// Next breaks the next n calls of the operation and then no more.
	Next int `json:"next,omitempty"`
	// Every breaks every k-th call of the operation.
	Every int `json:"every,omitempty"`
	// Probability breaks each call with this probability, 0 to 1.
	Probability float64 `json:"probability,omitempty"`
	// Seed begins the random generator: the same seed breaks the same calls.
	Seed uint64 `json:"seed,omitempty"`
	// Status is the answer's status for server-error and status.
	Status int `json:"status,omitempty"`
	// RetryAfter is the header's value, in whole seconds.
	RetryAfter time.Duration `json:"-"`
	// RetryDate writes it as a date by the sandbox's clock instead.
	RetryDate bool `json:"retryDate,omitempty"`
	// Delay of slow.
	Delay time.Duration `json:"-"`
	// AfterEffect lets the call do its work first, so that a link exists
	// that nobody knows of. It is for the kinds that answer without
	// one: rate-limit, server-error, status, firewall, redirect, slow, hang and cut.
	AfterEffect bool `json:"afterEffect,omitempty"`
}

type faultJSON struct {
	*faultAlias
	RetryAfter string `json:"retryAfter,omitempty"`
	Delay      string `json:"delay,omitempty"`
}

type faultAlias Fault

// MarshalJSON writes durations as text.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultJSON{(*faultAlias)(&f), durationText(f.RetryAfter), durationText(f.Delay)})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses unknown names.
func (f *Fault) UnmarshalJSON(raw []byte) error {
	var got Fault
	w := faultJSON{faultAlias: (*faultAlias)(&got)}
	if err := strictJSON(raw, &w); err != nil {
		return err
	}
	if err := errors.Join(readDuration("retryAfter", w.RetryAfter, &got.RetryAfter), readDuration("delay", w.Delay, &got.Delay)); err != nil {
		return err
	}
	*f = got
	return nil
}

var faultKinds = []FaultKind{FaultRateLimit, FaultServerError, FaultStatus, FaultRedirect, FaultSlow, FaultHang, FaultCut,
	FaultTruncate, FaultCutBody, FaultWrongQR, FaultNoQR, FaultBadQR, FaultToken, FaultCredentials, FaultFirewall,
	FaultWrongEcho, FaultRepeatSession, FaultRepeatLink, FaultRepeatLinkID}

func (f *Fault) check() error {
	var problems []error
	if !slices.Contains(faultKinds, f.Kind) {
		problems = append(problems, fmt.Errorf("kind is %q; it can be %q", f.Kind, faultKinds))
	}
	if f.Op != "" && !slices.Contains(operations, f.Op) {
		problems = append(problems, fmt.Errorf("op is %q; it can be empty or %q", f.Op, operations))
	}
	chosen := 0
	for _, set := range []bool{f.Next != 0, f.Every != 0, f.Probability != 0} {
		if set {
			chosen++
		}
	}
	if chosen > 1 || f.Next < 0 || f.Every < 0 || f.Probability < 0 || f.Probability > 1 {
		problems = append(problems, errors.New("only one of next, every and probability (0 to 1) can be set, and none is negative"))
	}
	if f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599) || f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		problems = append(problems, fmt.Errorf("status is %d; it must be 400 to 599", f.Status))
	}
	if f.RetryAfter < 0 || f.Delay < 0 || f.Kind == FaultSlow && f.Delay == 0 {
		problems = append(problems, errors.New("retryAfter and delay cannot be negative, and slow needs a delay"))
	}
	return errors.Join(problems...)
}

// script is a fault with what it has seen so far. The server's lock guards it.
type script struct {
	Fault
	seen   int
	struck int
	random *rand.Rand
}

func newScripts(faults []Fault) []*script {
	scripts := make([]*script, len(faults))
	for i, f := range faults {
		scripts[i] = &script{Fault: f, random: rand.New(rand.NewPCG(f.Seed, 0x5eed))}
	}
	return scripts
}

// strikes counts a call of the operation and reports whether it is broken.
func (s *script) strikes(op string) bool {
	if s.Op != "" && s.Op != op || !s.concerns(op) {
		return false
	}
	s.seen++
	strike := true
	switch {
	case s.Next > 0:
		strike = s.struck < s.Next
	case s.Every > 0:
		strike = s.seen%s.Every == 0
	case s.Probability > 0:
		strike = s.random.Float64() < s.Probability
	}
	if strike {
		s.struck++
	}
	return strike
}

// concerns leaves out operations that the fault cannot break.
func (s *script) concerns(op string) bool {
	switch s.Kind {
	case FaultWrongQR, FaultNoQR, FaultBadQR, FaultRepeatLink, FaultRepeatLinkID:
		return op == OpLink
	case FaultWrongEcho, FaultRepeatSession:
		return op == OpSession
	case FaultToken:
		return op == OpSession || op == OpLink
	case FaultCredentials:
		return op == OpAuthenticate
	}
	return true
}

var operations = []string{OpAuthenticate, OpSession, OpLink, OpPayments}

// SetFaults replaces the script; no faults means all is well again.
func (s *Server) SetFaults(faults ...Fault) error {
	for i := range faults {
		if err := faults[i].check(); err != nil {
			return fmt.Errorf("set fault %d: %w", i+1, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts = newScripts(faults)
	return nil
}

// SetSwitches replaces the switches.
func (s *Server) SetSwitches(w Switches) error {
	if err := w.check(); err != nil {
		return fmt.Errorf("set the switches: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = w
	return nil
}

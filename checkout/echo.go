package checkout

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// EchoError means that the API answered with another order than was sent: a
// cache, or a gateway that mixes up sessions. A link on that session would ask
// for somebody else's amount.
type EchoError struct {
	// SessionID is that of the answer.
	SessionID string
	// Field is "amount", "currency" or "order id".
	Field string
	// Sent is what the request said, Answered what came back, cleaned and cut
	// at 100 characters.
	Sent, Answered string
}

// Error names both.
func (e *EchoError) Error() string {
	return fmt.Sprintf("session %s answers with the %s %q, sent was %q; do not use it, ask the provider", e.SessionID, e.Field, e.Answered, e.Sent)
}

// echo is what an answer repeats of the order. That it repeats anything was
// seen and is not documented, so whatever is missing or has another shape is
// not compared.
type echo struct {
	Order         json.RawMessage `json:"order"`
	Configuration json.RawMessage `json:"configuration"`
}

// compare returns an [*EchoError] for the first difference.
func (e *echo) compare(sessionID string, sent *wireSession) error {
	var order struct {
		ID     json.RawMessage `json:"orderId"`
		Amount json.RawMessage `json:"amount"`
	}
	var amount struct {
		Value    json.RawMessage `json:"value"`
		Currency json.RawMessage `json:"currency"`
	}
	if json.Unmarshal(e.Order, &order) != nil {
		return nil
	}
	_ = json.Unmarshal(order.Amount, &amount) // another shape leaves it empty
	for _, f := range []struct {
		name     string
		answered json.RawMessage
		sent     string
		same     func(sent, answered string) bool
	}{
		{"order id", order.ID, sent.Order.OrderID, func(a, b string) bool { return a == b }},
		{"currency", amount.Currency, sent.Order.Amount.Currency, strings.EqualFold},
		{"amount", amount.Value, string(sent.Order.Amount.Value), sameDecimal},
	} {
		var got text
		if len(f.answered) == 0 || got.UnmarshalJSON(f.answered) != nil || got == "" {
			continue
		}
		if !f.same(f.sent, string(got)) {
			return &EchoError{SessionID: excerpt(sessionID, 40), Field: f.name, Sent: f.sent, Answered: excerpt(string(got), 100)}
		}
	}
	return nil
}

// decimalForm bounds what is compared as a number: some servers write large
// numbers with an exponent.
var decimalForm = regexp.MustCompile(`^-?[0-9]{1,13}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$`)

func sameDecimal(sent, answered string) bool {
	if !decimalForm.MatchString(answered) {
		return false
	}
	a, ok1 := new(big.Rat).SetString(sent)
	b, ok2 := new(big.Rat).SetString(answered)
	return ok1 && ok2 && a.Cmp(b) == 0
}

// capture is how the answer says that the money will be taken.
func (e *echo) capture() Capture {
	var c struct {
		AutoCapture *bool `json:"autoCapture"`
	}
	if json.Unmarshal(e.Configuration, &c) != nil || c.AutoCapture == nil {
		return ""
	}
	if *c.AutoCapture {
		return CaptureAuto
	}
	return CaptureManual
}

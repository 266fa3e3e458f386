package checkout

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// MaxDescription is the length in characters at which the description of an
// order line is cut: longer ones were seen to make the payment itself fail.
const MaxDescription = 50

const (
	maxSessionID = 200  // bytes; a UUID has 36
	maxLines     = 1000 // order lines
	maxText      = 255  // characters of a name or a part of an address
	maxInfo      = 50   // entries of transaction info
	maxInfoText  = 1000 // characters of one of them
)

// SessionRequest describes what is to be paid. OrderID, Amount, Lines and
// Customer are needed.
type SessionRequest struct {
	// OrderID is the order's name at the gateway, 1 to 100 of [a-zA-Z0-9-].
	OrderID string
	// Amount is what is to be paid, above zero.
	Amount Money
	// Lines are what it is paid for. They should add up to Amount: quantity ×
	// unit price + tax.
	Lines []OrderLine
	// Customer is who is asked to pay.
	Customer Customer
	// TransactionInfo comes back with each callback of this order.
	TransactionInfo map[string]string
	// Callbacks are the addresses to be told about payments; nil for none.
	Callbacks *Callbacks
	// Language (ISO 639-1, "da") and Country (ISO 3166-1, "DK") of the payment
	// page; empty leaves the choice to the provider.
	Language, Country string
	// AutoCapture takes the money at once instead of reserving it first.
	AutoCapture bool
}

// OrderLine is one line of an order. UnitPrice is without tax and may be
// negative, TaxAmount is the tax of the whole line; both in major units of the
// order's currency with at most two decimals.
type OrderLine struct {
	ItemID string
	// Description is cut after [MaxDescription] characters.
	Description                    string
	Quantity, UnitPrice, TaxAmount json.Number
	// GoodsType is sent if not empty, for example "item".
	GoodsType string
}

// Customer is the person or company that pays.
type Customer struct {
	FirstName, LastName, Email string
	Billing                    Address
}

// Address is a postal address. Country is ISO 3166-1 alpha-2.
type Address struct{ Street, City, Zip, Country string }

// Callbacks are URLs at the merchant. Empty ones are not sent.
type Callbacks struct {
	// Success and Failure are called, Notification too, also late.
	Success, Failure, Notification string
	// Redirect is where the customer's browser goes.
	Redirect string
	// BodyFormat is "XML" or "JSON", empty for the provider's default.
	BodyFormat string
}

// Session is a created payment session.
type Session struct {
	// ID names the session in later calls.
	ID string
	// OrderID is the one of the request.
	OrderID string
	// Environment in which it was created.
	Environment Environment
}

// CreateSession creates a payment session. A request that is wrong by itself
// ends in an [*Error] of [KindRequest] that lists everything wrong with it, and
// nothing is sent. After an error with Sent set a session may exist that nobody
// will ever use.
func (c *Client) CreateSession(ctx context.Context, r SessionRequest) (Session, error) {
	wire, err := r.wire()
	if err != nil {
		return Session{}, refuse(opSession, err)
	}
	body, err := json.Marshal(wire)
	if err != nil {
		return Session{}, refuse(opSession, fmt.Errorf("write the order as JSON: %w", err))
	}
	a, err := c.call(ctx, request{op: opSession, method: http.MethodPost,
		url: c.endpoint("checkout", "v1", "api", "session"), body: body, limit: maxAnswer})
	if err != nil {
		return Session{}, err
	}
	var got struct {
		ID text `json:"sessionId"`
	}
	if err := decodeJSON(a.body, &got); err != nil {
		return Session{}, a.unreadable(err)
	}
	if err := checkID("session id", string(got.ID)); err != nil {
		return Session{}, a.unreadable(err)
	}
	return Session{ID: string(got.ID), OrderID: r.OrderID, Environment: c.Environment()}, nil
}

// checkID refuses an id that cannot be one, or that would change the meaning
// of a path even when escaped.
func checkID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%s is missing or empty", what)
	case len(id) > maxSessionID:
		return fmt.Errorf("%s is longer than %d bytes", what, maxSessionID)
	case id == "." || id == "..":
		return fmt.Errorf("%s %q is a step in a path", what, id)
	case !utf8.ValidString(id) || hasControl(id) || strings.TrimSpace(id) != id:
		return fmt.Errorf("%s %q contains control characters or white space around it", what, excerpt(id, 40))
	}
	return nil
}

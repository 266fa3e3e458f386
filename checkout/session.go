package checkout

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice"
)

const (
	maxDescription = 50 // characters of the description of an order line; the rest is cut

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
	// Amount is what is to be paid, above zero, with at most two decimals.
	Amount invoice.Money
	// Lines are what it is paid for. They should add up to Amount: quantity ×
	// unit price + tax.
	Lines []OrderLine
	// Customer is who is asked to pay.
	Customer Customer
	// TransactionInfo comes back with each callback of this order.
	TransactionInfo map[string]string
	// Callbacks are the addresses that payments are reported to; nil for none.
	Callbacks *Callbacks
	// Language (ISO 639-1, "da") and Country (ISO 3166-1, "DK") of the payment
	// page; empty leaves the choice to the provider.
	Language, Country string
	// Capture says when the money is taken; empty means [CaptureAuto].
	Capture Capture
}

// Capture says when the money of a payment is taken. It is sent with each
// session as configuration.autoCapture: without it a gateway may reserve
// only.
type Capture string

const (
	// CaptureAuto takes the money as soon as the payer has approved it.
	CaptureAuto Capture = "auto"
	// CaptureManual reserves it. Somebody has to capture it at the gateway,
	// or the reservation lapses.
	CaptureManual Capture = "manual"
)

// OrderLine is one line of an order.
type OrderLine struct {
	// ItemID names what is sold, 1 to 255 characters.
	ItemID string
	// Description is cut after 50 characters: longer ones were seen to make
	// the payment itself fail.
	Description string
	// Quantity is above zero, with at most six decimals.
	Quantity invoice.Decimal
	// UnitPrice is without tax and may be negative, TaxAmount is the tax of
	// the whole line; both in major units of the order's currency with at most
	// two decimals.
	UnitPrice, TaxAmount invoice.Decimal
	// GoodsType is sent if not empty, for example "item".
	GoodsType string
}

// Customer is the person or company that pays. A first or last name is needed;
// a company's name can be either.
type Customer struct {
	// FirstName, LastName and Email have at most 255 characters each.
	FirstName, LastName, Email string
	// Billing is the address on the invoice.
	Billing Address
}

// Address is a postal address. Empty fields are not sent.
type Address struct {
	// Street, City and Zip have at most 255 characters each.
	Street, City, Zip string
	// Country is ISO 3166-1 alpha-2, in capitals.
	Country string
}

// Callbacks are URLs at the merchant. Empty ones are not sent.
type Callbacks struct {
	// Success and Failure are called, Notification too, also late.
	Success, Failure, Notification string
	// Redirect is the address that the payer's browser is sent to afterwards.
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
	// Capture is what the answer repeats, empty if it repeats nothing.
	Capture Capture
	// Environment in which it was created.
	Environment Environment
}

// CreateSession creates a payment session. A request that is wrong by itself
// ends in an [*Error] of [KindRequest] that lists everything wrong with it, and
// nothing is sent. The amount, currency and order id that the answer repeats
// are compared with those that were sent; a difference ends in an [*Error] of
// [KindEcho] that wraps an [*EchoError]. After an error with Sent set a session
// may exist that nobody will ever use.
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
		echo
	}
	if err := decodeJSON(a.body, &got); err != nil {
		return Session{}, a.unreadable(err)
	}
	if err := checkID("session id", string(got.ID)); err != nil {
		return Session{}, a.unreadable(err)
	}
	if err := got.compare(string(got.ID), wire); err != nil {
		wrong := a.unreadable(err)
		wrong.Kind = KindEcho
		return Session{}, wrong
	}
	return Session{ID: string(got.ID), OrderID: r.OrderID, Capture: got.capture(), Environment: c.Environment()}, nil
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

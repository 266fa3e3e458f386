package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
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

type wireAmount struct {
	Value    json.Number `json:"value"`
	Currency string      `json:"currency"`
}

type wireLine struct {
	ItemID      string      `json:"itemId"`
	Description string      `json:"description"`
	Quantity    json.Number `json:"quantity"`
	UnitPrice   json.Number `json:"unitPrice"`
	TaxAmount   json.Number `json:"taxAmount"`
	GoodsType   string      `json:"goodsType,omitempty"`
}

type wireAddress struct {
	Street  string `json:"street,omitempty"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
	Zip     string `json:"zipCode,omitempty"`
}

type wireCustomer struct {
	FirstName string      `json:"firstName,omitempty"`
	LastName  string      `json:"lastName,omitempty"`
	Email     string      `json:"email,omitempty"`
	Billing   wireAddress `json:"billingAddress"`
}

type wireOrder struct {
	OrderID  string            `json:"orderId"`
	Amount   wireAmount        `json:"amount"`
	Lines    []wireLine        `json:"orderLines"`
	Customer wireCustomer      `json:"customer"`
	Info     map[string]string `json:"transactionInfo,omitempty"`
}

type wireURL struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type wireCallbacks struct {
	Success      *wireURL `json:"success,omitempty"`
	Failure      *wireURL `json:"failure,omitempty"`
	Redirect     string   `json:"redirect,omitempty"`
	Notification string   `json:"notification,omitempty"`
	BodyFormat   string   `json:"bodyFormat,omitempty"`
}

type wireSession struct {
	Order         wireOrder      `json:"order"`
	Callbacks     *wireCallbacks `json:"callbacks,omitempty"`
	Configuration struct {
		PaymentType string `json:"paymentType"`
		AutoCapture bool   `json:"autoCapture"`
		Country     string `json:"country,omitempty"`
		Language    string `json:"language,omitempty"`
	} `json:"configuration"`
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

var (
	orderIDForm = regexp.MustCompile(`^[a-zA-Z0-9-]{1,100}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	languagForm = regexp.MustCompile(`^[a-z]{2}$`)
)

// wire checks the request and puts it into the API's words.
func (r *SessionRequest) wire() (*wireSession, error) {
	var p problems
	if !orderIDForm.MatchString(r.OrderID) {
		p.add("order id %q is not 1 to 100 of a-z, A-Z, 0-9 and -", excerpt(r.OrderID, 120))
	}
	w := &wireSession{}
	w.Order.OrderID = r.OrderID
	value, err := fixed2(r.Amount.Value)
	if err != nil {
		p.add("amount %w", err)
	} else if strings.HasPrefix(value.String(), "-") || value == "0.00" {
		p.add("amount %s is not above zero", value)
	}
	if !isoCurrency.MatchString(r.Amount.Currency) {
		p.add("currency %q is not three capital letters", excerpt(r.Amount.Currency, 20))
	}
	w.Order.Amount = wireAmount{value, r.Amount.Currency}
	if len(r.Lines) == 0 || len(r.Lines) > maxLines {
		p.add("order has %d lines; it needs 1 to %d", len(r.Lines), maxLines)
	} else {
		for i, line := range r.Lines {
			w.Order.Lines = append(w.Order.Lines, line.wire(i, &p))
		}
	}
	w.Order.Customer = r.Customer.wire(&p)
	w.Order.Info = r.info(&p)
	w.Callbacks = r.Callbacks.wire(&p)
	if r.Country != "" && !countryForm.MatchString(r.Country) {
		p.add("country %q is not two capital letters", excerpt(r.Country, 20))
	}
	if r.Language != "" && !languagForm.MatchString(r.Language) {
		p.add("language %q is not two small letters", excerpt(r.Language, 20))
	}
	w.Configuration.PaymentType = "PAYMENT"
	w.Configuration.AutoCapture = r.AutoCapture
	w.Configuration.Country, w.Configuration.Language = r.Country, r.Language
	return w, errors.Join(p...)
}

// problems collects what is wrong, to tell all of it at once.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

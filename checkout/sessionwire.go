package checkout

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// The session call's body in the API's own words.

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

var (
	orderIDForm  = regexp.MustCompile(`^[a-zA-Z0-9-]{1,100}$`)
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2}$`)
)

// wire checks the request and puts it into the API's words.
func (r *SessionRequest) wire() (*wireSession, error) {
	var p problems
	if !orderIDForm.MatchString(r.OrderID) {
		p.add("order id %q is not 1 to 100 of a-z, A-Z, 0-9 and -", excerpt(r.OrderID, 120))
	}
	w := &wireSession{}
	w.Order.OrderID = r.OrderID
	value, err := fixed2(r.Amount.Amount)
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
	if r.Language != "" && !languageForm.MatchString(r.Language) {
		p.add("language %q is not two small letters", excerpt(r.Language, 20))
	}
	w.Configuration.PaymentType = "PAYMENT"
	switch r.Capture {
	case "", CaptureAuto:
		w.Configuration.AutoCapture = true
	case CaptureManual:
	default:
		p.add("capture %q is neither %s nor %s", excerpt(string(r.Capture), 20), CaptureAuto, CaptureManual)
	}
	w.Configuration.Country, w.Configuration.Language = r.Country, r.Language
	return w, errors.Join(p...)
}

// problems collects what is wrong, to report all of it at once.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

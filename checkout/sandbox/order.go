package sandbox

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// decimal is a JSON number of a few digits, kept as it was written. A number
// in quotes is refused: the documentation says number.
type decimal string

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,6})?$`)

// UnmarshalJSON accepts a plain number without an exponent.
func (d *decimal) UnmarshalJSON(raw []byte) error {
	if !decimalForm.Match(raw) {
		return fmt.Errorf("%.40s is not a plain decimal number", raw)
	}
	*d = decimal(raw)
	return nil
}

func (d decimal) rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// decimals counts the digits after the point.
func (d decimal) decimals() int {
	_, part, _ := strings.Cut(string(d), ".")
	return len(part)
}

type sessionBody struct {
	Order         *orderBody    `json:"order"`
	Callbacks     *callbackBody `json:"callbacks"`
	Configuration *struct {
		PaymentType string `json:"paymentType"`
		AutoCapture bool   `json:"autoCapture"`
		Country     string `json:"country"`
		Language    string `json:"language"`
	} `json:"configuration"`
}

type orderBody struct {
	OrderID string `json:"orderId"`
	Amount  *struct {
		Value    decimal `json:"value"`
		Currency string  `json:"currency"`
	} `json:"amount"`
	Lines    []lineBody        `json:"orderLines"`
	Customer *customerBody     `json:"customer"`
	Info     map[string]string `json:"transactionInfo"`
}

type lineBody struct {
	ItemID      string  `json:"itemId"`
	Description string  `json:"description"`
	Quantity    decimal `json:"quantity"`
	UnitPrice   decimal `json:"unitPrice"`
	TaxAmount   decimal `json:"taxAmount"`
	GoodsType   string  `json:"goodsType"`
}

type customerBody struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Billing   *struct {
		Street  string `json:"street"`
		City    string `json:"city"`
		Country string `json:"country"`
		Zip     string `json:"zipCode"`
	} `json:"billingAddress"`
}

type urlBody struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type callbackBody struct {
	Success      *urlBody `json:"success"`
	Failure      *urlBody `json:"failure"`
	Redirect     string   `json:"redirect"`
	Notification string   `json:"notification"`
	BodyFormat   string   `json:"bodyFormat"`
}

var (
	orderIDForm = regexp.MustCompile(`^[a-zA-Z0-9-]{1,100}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// check lists everything that is wrong with the order.
func (b *sessionBody) check() (details []string) {
	add := func(format string, args ...any) { details = append(details, fmt.Sprintf(format, args...)) }
	o := b.Order
	if o == nil {
		return []string{"order is missing"}
	}
	if !orderIDForm.MatchString(o.OrderID) {
		add("order.orderId %.120q is not 1 to 100 of [a-zA-Z0-9-]", o.OrderID)
	}
	sum := new(big.Rat)
	if len(o.Lines) == 0 || len(o.Lines) > 1000 {
		add("order.orderLines has %d lines; 1 to 1000 are needed", len(o.Lines))
	}
	for i, l := range o.Lines {
		sum.Add(sum, l.total())
		for _, text := range l.check() {
			add("order.orderLines[%d].%s", i, text)
		}
	}
	if a := o.Amount; a == nil {
		add("order.amount is missing")
	} else {
		if !currency.IsValid(a.Currency) {
			add("order.amount.currency %.20q is not an ISO 4217 code", a.Currency)
		}
		if a.Value == "" || a.Value.decimals() > 2 || a.Value.rat().Sign() <= 0 {
			add("order.amount.value %.40q is not above zero with at most two decimals", string(a.Value))
		} else if sum.Cmp(a.Value.rat()) != 0 && len(o.Lines) > 0 {
			add("order.orderLines add up to %s, order.amount.value is %s", sum.FloatString(4), a.Value)
		}
	}
	return append(append(details, o.Customer.check()...), b.Callbacks.check()...)
}

// total is quantity × unit price + tax.
func (l *lineBody) total() *big.Rat {
	t := new(big.Rat).Mul(l.Quantity.rat(), l.UnitPrice.rat())
	return t.Add(t, l.TaxAmount.rat())
}

func (l *lineBody) check() (details []string) {
	if l.ItemID == "" {
		details = append(details, "itemId is missing")
	}
	if n := utf8.RuneCountInString(l.Description); n == 0 || n > 50 {
		details = append(details, fmt.Sprintf("description has %d characters; 1 to 50 are allowed", n))
	}
	if l.Quantity.rat().Sign() <= 0 {
		details = append(details, "quantity is missing or not above zero")
	}
	if l.UnitPrice == "" || l.UnitPrice.decimals() > 2 || l.TaxAmount == "" || l.TaxAmount.decimals() > 2 {
		details = append(details, "unitPrice or taxAmount is missing or has more than two decimals")
	}
	return details
}

func (c *customerBody) check() (details []string) {
	if c == nil {
		return []string{"order.customer is missing"}
	}
	if c.FirstName == "" && c.LastName == "" {
		details = append(details, "order.customer has no name")
	}
	if c.Email != "" && !strings.Contains(c.Email, "@") {
		details = append(details, "order.customer.email is no address")
	}
	if c.Billing == nil {
		details = append(details, "order.customer.billingAddress is missing")
	} else if c.Billing.Country != "" && !countryForm.MatchString(c.Billing.Country) {
		details = append(details, "order.customer.billingAddress.country is not two capital letters")
	}
	return details
}

func (c *callbackBody) check() (details []string) {
	if c == nil {
		return nil
	}
	for _, u := range []*urlBody{c.Success, c.Failure, {"URL", c.Redirect}, {"URL", c.Notification}} {
		if u == nil || u.Value == "" && u.Type == "URL" {
			continue
		}
		if u.Type != "URL" || !strings.HasPrefix(u.Value, "http://") && !strings.HasPrefix(u.Value, "https://") {
			details = append(details, fmt.Sprintf("callbacks: %.80q of type %.20q is no URL", u.Value, u.Type))
		}
	}
	if c.BodyFormat != "" && c.BodyFormat != "XML" && c.BodyFormat != "JSON" {
		details = append(details, "callbacks.bodyFormat is neither XML nor JSON")
	}
	return details
}

// urls are the addresses of success, failure and notification, "" for none.
func (c *callbackBody) urls() []string {
	if c == nil {
		return nil
	}
	urls := []string{"", "", c.Notification}
	if c.Success != nil {
		urls[0] = c.Success.Value
	}
	if c.Failure != nil {
		urls[1] = c.Failure.Value
	}
	return urls
}

// twoDecimals writes an amount as lists and callbacks show it.
func twoDecimals(d decimal) json.Number { return json.Number(d.rat().FloatString(2)) }

package checkout

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
)

// Outcome is what a callback says about the payment.
type Outcome string

const (
	// OutcomeNothing: nothing that would change anything, such as status new.
	OutcomeNothing Outcome = "nothing"
	// OutcomePaid: the money is reserved or captured.
	OutcomePaid Outcome = "paid"
	// OutcomeRejected: an attempt to pay did not succeed. The customer may
	// try again, and an earlier success stands.
	OutcomeRejected Outcome = "rejected"
)

// MaxCallback is the longest body of a callback in bytes; a handler reads no
// more than this.
const MaxCallback = 256 << 10

// Callback is a payment notification. Nothing in it may be believed before
// [VerifySignature] said yes.
type Callback struct {
	// OrderID is the order's id as given in [SessionRequest].
	OrderID string
	// TransactionID and PaymentID are the gateway's.
	TransactionID, PaymentID string
	// Status is the gateway's word, in small letters.
	Status string
	// Result is that of the XML, in small letters; empty without one.
	Result string
	// Amount is what the notification is about; the value is empty where it
	// was left out.
	Amount Money
	// Reserved and Captured are the sums in the XML of the transactions of
	// this order; their values are empty where it was left out.
	Reserved, Captured Money
	// Info is the session's transaction info, handed back.
	Info map[string]string
}

// Outcome decides by the gateway's own rule: paid if the status is succeeded,
// or the result is Success, or something was reserved or captured; rejected if
// status or result name a failure; anything else says nothing.
func (c Callback) Outcome() Outcome {
	switch {
	case c.Status == "succeeded" || c.Status == "success" || c.Result == "success" || positive(c.Reserved) || positive(c.Captured):
		return OutcomePaid
	case rejections[c.Status] || rejections[c.Result]:
		return OutcomeRejected
	}
	return OutcomeNothing
}

var rejections = map[string]bool{"failed": true, "failure": true, "error": true, "declined": true,
	"rejected": true, "cancelled": true, "canceled": true, "incomplete": true, "expired": true}

func positive(m Money) bool {
	a, err := m.amount()
	return err == nil && a.IsPositive()
}

// ParseCallback reads the form-urlencoded body of a notification. A field
// that comes twice with different values, an amount that is no decimal or a
// body over [MaxCallback] bytes is an error: about money there is no guessing.
func ParseCallback(contentType string, body []byte) (Callback, error) {
	if len(body) > MaxCallback {
		return Callback{}, fmt.Errorf("read the callback: it is longer than %d bytes", MaxCallback)
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/x-www-form-urlencoded" {
		return Callback{}, fmt.Errorf("read the callback: content type %q is not application/x-www-form-urlencoded", excerpt(contentType, 80))
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Callback{}, errors.New("read the callback: its form encoding is damaged")
	}
	var p problems
	one := func(name string, n int) string {
		values := form[name]
		if len(values) == 0 {
			return ""
		}
		for _, v := range values[1:] {
			if v != values[0] {
				p.add("field %s comes twice with different values", name)
				break
			}
		}
		v := strings.TrimSpace(values[0])
		if !plain(v, n) {
			p.add("field %s is too long or not plain text", name)
			return ""
		}
		return v
	}
	c := Callback{
		OrderID:       one("shop_orderid", 100),
		TransactionID: one("transaction_id", 100),
		PaymentID:     one("payment_id", 100),
		Status:        strings.ToLower(one("status", 50)),
		Info:          map[string]string{},
	}
	if c.OrderID == "" {
		p.add("field shop_orderid is missing")
	}
	amount, code := one("amount", 40), one("currency", 10)
	if code != "" {
		if code, err = currencyOf("", code); err != nil {
			p.add("field currency: %w", err)
		}
	} else if amount != "" {
		p.add("field currency is missing")
	}
	if amount != "" && code != "" {
		if c.Amount, err = readMoney(amount, code); err != nil {
			p.add("field amount: %w", err)
		}
	}
	for name := range form {
		key, found := strings.CutPrefix(name, "transaction_info[")
		if key, closed := strings.CutSuffix(key, "]"); found && closed && len(c.Info) < maxInfo {
			c.Info[excerpt(key, maxText)] = one(name, maxInfoText)
		}
	}
	if x := form.Get("xml"); x != "" {
		if err := c.readXML(x); err != nil {
			p.add("field xml: %w", err)
		}
	}
	if len(p) > 0 {
		return Callback{}, fmt.Errorf("read the callback: %w", errors.Join(p...))
	}
	return c, nil
}

// readXML takes the result and the sums of this order's transactions.
func (c *Callback) readXML(text string) error {
	x, err := readXML([]byte(text))
	if err != nil {
		return err
	}
	c.Result = strings.ToLower(excerpt(x.Body.Result, 50))
	for _, t := range x.Body.Transactions {
		if t.OrderID != "" && t.OrderID != c.OrderID {
			continue
		}
		code, err := currencyOf(t.Alpha, t.Numeric)
		if err != nil {
			return err
		}
		for _, f := range []struct {
			into *Money
			text string
		}{{&c.Reserved, t.Reserved}, {&c.Captured, t.Captured}} {
			if err := f.into.addText(f.text, code); err != nil {
				return err
			}
		}
	}
	return nil
}

package checkout

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"

	"invoicelink/invoice"
)

// Outcome is what a callback says about the payment.
type Outcome string

const (
	// OutcomeNothing: nothing that would change anything, such as status new.
	OutcomeNothing Outcome = "nothing"
	// OutcomePaid: the money is reserved or captured, see [Callback.Stage].
	OutcomePaid Outcome = "paid"
	// OutcomeRejected: an attempt to pay did not succeed. The customer may
	// try again, and an earlier success stands.
	OutcomeRejected Outcome = "rejected"
)

// MaxCallback is the longest body of a callback in bytes; a handler reads no
// more than this.
const MaxCallback = 256 << 10

// Callback is a payment notification about one transaction. Nothing in it may
// be believed before [VerifySignature] accepted it. An amount that the gateway
// left out is the zero Money; currencies are ISO 4217 letters, also if the
// gateway wrote the number.
type Callback struct {
	// OrderID is the order's id as given in [SessionRequest].
	OrderID string
	// TransactionID and PaymentID are the gateway's.
	TransactionID, PaymentID string
	// Status is the gateway's word, in small letters.
	Status string
	// Result is that of the XML, in small letters; empty without one.
	Result string
	// Amount is what the notification is about. It does not say whether that
	// was reserved or captured.
	Amount invoice.Money
	// Reserved and Captured are the sums of this transaction in the XML, which
	// a notification may lack.
	Reserved, Captured invoice.Money
	// Info is the session's transaction info, handed back.
	Info map[string]string
}

// Outcome decides by the gateway's own rule: paid if the status is succeeded,
// or the result is Success, or something was reserved or captured; rejected if
// status or result name a failure; anything else says nothing.
func (c Callback) Outcome() Outcome {
	switch {
	case c.Status == "succeeded" || c.Status == "success" || c.Result == "success" || c.Stage() != StageNone:
		return OutcomePaid
	case rejections[c.Status] || rejections[c.Result]:
		return OutcomeRejected
	}
	return OutcomeNothing
}

// Stage reports whether the money was captured or only authorised. It is
// [StageNone] for a notification without the XML, which does not say.
func (c Callback) Stage() Stage { return stageOf(c.Reserved, c.Captured) }

// Paid is the amount of the payment: what was captured, or reserved if that is
// more, or else what the notification is about. It is the zero Money if the
// notification states no amount at all: then it settles nothing by itself, and
// [Client.Payments] says more.
func (c Callback) Paid() invoice.Money {
	if c.Stage() != StageNone {
		return larger(c.Captured, c.Reserved)
	}
	return c.Amount
}

var rejections = map[string]bool{"failed": true, "failure": true, "error": true, "declined": true,
	"rejected": true, "cancelled": true, "canceled": true, "incomplete": true, "expired": true}

// ParseCallback reads the form-urlencoded body of a notification. A field
// that comes twice with different values, an amount that is no decimal of its
// currency or a body over [MaxCallback] bytes is an error: about money there is
// no guessing.
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
	f := formReader{form: form}
	c := Callback{
		OrderID:       f.field("shop_orderid", 100),
		TransactionID: f.field("transaction_id", 100),
		PaymentID:     f.field("payment_id", 100),
		Status:        strings.ToLower(f.field("status", 50)),
		Info:          map[string]string{},
	}
	if c.OrderID == "" {
		f.add("field shop_orderid is missing")
	}
	c.Amount = f.money()
	for name := range form {
		key, found := strings.CutPrefix(name, "transaction_info[")
		if key, closed := strings.CutSuffix(key, "]"); found && closed && len(c.Info) < maxInfo {
			c.Info[excerpt(key, maxText)] = f.field(name, maxInfoText)
		}
	}
	if x := form.Get("xml"); x != "" {
		if err := c.readXML(x); err != nil {
			f.add("field xml: %w", err)
		}
	}
	if len(f.problems) > 0 {
		return Callback{}, fmt.Errorf("read the callback: %w", errors.Join(f.problems...))
	}
	return c, nil
}

// formReader reads fields of a form and collects what is wrong with them.
type formReader struct {
	form url.Values
	problems
}

// field returns a field of at most n characters.
func (f *formReader) field(name string, n int) string {
	values := f.form[name]
	if len(values) == 0 {
		return ""
	}
	for _, v := range values[1:] {
		if v != values[0] {
			f.add("field %s comes twice with different values", name)
			break
		}
	}
	v := strings.TrimSpace(values[0])
	if !plain(v, n) {
		f.add("field %s is too long or not plain text", name)
		return ""
	}
	return v
}

// money returns the fields amount and currency. A currency alone states none.
func (f *formReader) money() invoice.Money {
	amount, code := f.field("amount", 40), f.field("currency", 10)
	if code != "" {
		var err error
		if code, err = currencyOf("", code); err != nil {
			f.add("field currency: %w", err)
			return invoice.Money{}
		}
	} else if amount != "" {
		f.add("field currency is missing")
		return invoice.Money{}
	}
	m, err := readMoney(amount, code)
	if err != nil {
		f.add("field amount: %w", err)
	}
	return m
}

// readXML takes the result and the sums of this order's transaction.
func (c *Callback) readXML(text string) error {
	x, err := readXML([]byte(text))
	if err != nil {
		return err
	}
	c.Result = strings.ToLower(excerpt(x.Body.Result, 50))
	for _, wire := range x.Body.Transactions {
		another := c.TransactionID != "" && wire.ID != "" && strings.TrimSpace(wire.ID) != c.TransactionID
		if another || wire.OrderID != "" && wire.OrderID != c.OrderID {
			continue
		}
		t, err := wire.transaction()
		if err != nil {
			return err
		}
		if c.Reserved, err = c.Reserved.Add(t.Reserved); err != nil {
			return err
		}
		if c.Captured, err = c.Captured.Add(t.Captured); err != nil {
			return err
		}
	}
	return nil
}

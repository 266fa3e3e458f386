package checkout

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"invoicelink/invoice"
)

// PaymentReport is what the gateway knows about the payments of one order.
type PaymentReport struct {
	// OrderID is the one that was asked for.
	OrderID string
	// Offered is false if the gateway does not answer the question: it knows
	// none (404, 501), or the account may not ask (401, 403). Then nothing is
	// known, Transactions is empty, and Reason says why.
	Offered bool
	// Reason is one sentence, empty if Offered.
	Reason string
	// Transactions in the gateway's order; none means nobody tried to pay.
	Transactions []Transaction
}

// Received sums [Transaction.Amount] for each currency. Currencies with a sum
// of zero or less are left out, so an empty map means: not paid. What is only
// authorised counts as received; see [Transaction.Stage].
func (r PaymentReport) Received() map[string]invoice.Money {
	received := map[string]invoice.Money{}
	for _, t := range r.Transactions {
		amount := t.Amount()
		if sum, err := received[amount.Currency].Add(amount); err == nil && !sum.IsZero() {
			received[amount.Currency] = sum
		}
	}
	maps.DeleteFunc(received, func(_ string, m invoice.Money) bool { return !positive(m) })
	return received
}

// Payments asks the gateway what was paid on an order. Its older API answers
// this to Basic credentials, in XML. If it is not offered the report says so
// and there is no error. Neither is a refusal of the credentials an error, and
// never [ErrCredentials]: an account may lack the right to this part alone. A
// page of a firewall or proxy (403 with markup) is an error.
func (c *Client) Payments(ctx context.Context, orderID string) (PaymentReport, error) {
	if !orderIDForm.MatchString(orderID) {
		return PaymentReport{}, refuse(opPayments, fmt.Errorf("order id %q is not 1 to 100 of a-z, A-Z, 0-9 and -", excerpt(orderID, 120)))
	}
	u := c.endpoint("merchant", "API", "payments")
	u.RawQuery = url.Values{"shop_orderid": {orderID}}.Encode()
	a, err := c.call(ctx, request{op: opPayments, method: http.MethodGet, url: u, basic: true,
		accept: "application/xml, text/xml", limit: maxAnswer})
	if e, ok := errors.AsType[*Error](err); ok {
		if reason := e.notOffered(); reason != "" {
			return PaymentReport{OrderID: orderID, Reason: reason}, nil
		}
	}
	if err != nil {
		return PaymentReport{}, err
	}
	report, err := readReport(orderID, a.body)
	if err != nil {
		return PaymentReport{}, a.unreadable(err)
	}
	return report, nil
}

// notOffered says why the payments poll does not exist for this account; ""
// for any other trouble.
func (e *Error) notOffered() string {
	switch {
	case e.Op != opPayments || e.Kind != KindStatus:
	case e.Status == http.StatusNotFound || e.Status == http.StatusNotImplemented:
		return fmt.Sprintf("the gateway offers no payments poll (%d)", e.Status)
	case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && (e.FromAPI || e.body != BodyMarkup):
		return fmt.Sprintf("the account may not ask the gateway for payments (%d)", e.Status)
	}
	return ""
}

const maxTransactions = 1000

type xmlTransaction struct {
	ID       string `xml:"TransactionId"`
	OrderID  string `xml:"ShopOrderId"`
	Status   string `xml:"TransactionStatus"`
	Alpha    string `xml:"MerchantCurrencyAlpha"`
	Numeric  string `xml:"MerchantCurrency"`
	Reserved string `xml:"ReservedAmount"`
	Captured string `xml:"CapturedAmount"`
	Refunded string `xml:"RefundedAmount"`
}

// transaction checks the amounts.
func (x xmlTransaction) transaction() (Transaction, error) {
	code, err := currencyOf(x.Alpha, x.Numeric)
	if err != nil {
		return Transaction{}, err
	}
	t := Transaction{ID: excerpt(x.ID, 100), Status: excerpt(x.Status, 100)}
	for _, f := range []struct {
		into *invoice.Money
		text string
	}{{&t.Reserved, x.Reserved}, {&t.Captured, x.Captured}, {&t.Refunded, x.Refunded}} {
		if *f.into, err = readMoney(f.text, code); err != nil {
			return Transaction{}, err
		}
	}
	return t, nil
}

type xmlResponse struct {
	XMLName xml.Name `xml:"APIResponse"`
	Header  struct {
		ErrorCode    string `xml:"ErrorCode"`
		ErrorMessage string `xml:"ErrorMessage"`
	} `xml:"Header"`
	Body struct {
		Result       string           `xml:"Result"`
		Transactions []xmlTransaction `xml:"Transactions>Transaction"`
	} `xml:"Body"`
}

// readXML reads an APIResponse. encoding/xml expands no entities of a document
// type, so the classic bombs are plain errors; size is bounded by the caller.
func readXML(body []byte) (*xmlResponse, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("character set %q is not UTF-8", excerpt(label, 20))
	}
	var r xmlResponse
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("read the answer as XML: %w", err)
	}
	if len(r.Body.Transactions) > maxTransactions {
		return nil, fmt.Errorf("read the answer: more than %d transactions", maxTransactions)
	}
	return &r, nil
}

func readReport(orderID string, body []byte) (PaymentReport, error) {
	r, err := readXML(body)
	if err != nil {
		return PaymentReport{}, err
	}
	if code := strings.TrimSpace(r.Header.ErrorCode); code != "" && code != "0" {
		return PaymentReport{}, fmt.Errorf("read the answer: the gateway reports error %s %q",
			excerpt(code, 20), excerpt(r.Header.ErrorMessage, 200))
	}
	report := PaymentReport{OrderID: orderID, Offered: true}
	for _, x := range r.Body.Transactions {
		// A gateway that ignores the filter must not mark other people's
		// payments as ours.
		if x.OrderID != orderID {
			continue
		}
		t, err := x.transaction()
		if err != nil {
			return PaymentReport{}, fmt.Errorf("read transaction %q: %w", excerpt(x.ID, 40), err)
		}
		report.Transactions = append(report.Transactions, t)
	}
	return report, nil
}

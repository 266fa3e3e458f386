package checkout

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/bojanz/currency"
)

// PaymentReport is what the gateway knows about the payments of one order.
type PaymentReport struct {
	// OrderID is the one that was asked for.
	OrderID string
	// Offered is false where the gateway has no such question (404 or 501);
	// then nothing is known and Transactions is empty.
	Offered bool
	// Transactions in the gateway's order; none means nobody tried to pay.
	Transactions []Transaction
}

// Transaction is one attempt to pay. An amount that the gateway left out has
// an empty value.
type Transaction struct {
	ID, Status                   string
	Reserved, Captured, Refunded Money
}

// Received sums, for each currency, what was captured, or reserved where that
// is more, less what was refunded. Currencies with a sum of zero or less are
// left out, so an empty map means: not paid.
func (r PaymentReport) Received() map[string]Money {
	sums := map[string]currency.Amount{}
	for _, t := range r.Transactions {
		best, err := larger(t.Captured, t.Reserved)
		if err != nil {
			continue
		}
		if refunded, err := t.Refunded.amount(); err == nil {
			if rest, err := best.Sub(refunded); err == nil {
				best = rest
			}
		}
		if sum, ok := sums[best.CurrencyCode()]; ok {
			if best, err = sum.Add(best); err != nil {
				continue
			}
		}
		sums[best.CurrencyCode()] = best
	}
	received := map[string]Money{}
	for code, sum := range sums {
		if sum.IsPositive() {
			received[code] = moneyOf(sum)
		}
	}
	return received
}

// Payments asks the gateway what was paid on an order. Its older API answers
// this to Basic credentials, in XML. Where the gateway does not offer it the
// report says so and there is no error; 401 and 403 are permanent errors but
// not [ErrCredentials], since an account may lack the right to this part alone.
func (c *Client) Payments(ctx context.Context, orderID string) (PaymentReport, error) {
	if !orderIDForm.MatchString(orderID) {
		return PaymentReport{}, refuse(opPayments, fmt.Errorf("order id %q is not 1 to 100 of a-z, A-Z, 0-9 and -", excerpt(orderID, 120)))
	}
	u := c.endpoint("merchant", "API", "payments")
	u.RawQuery = url.Values{"shop_orderid": {orderID}}.Encode()
	a, err := c.call(ctx, request{op: opPayments, method: http.MethodGet, url: u, basic: true,
		accept: "application/xml, text/xml", limit: maxAnswer})
	if err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindStatus &&
			(e.Status == http.StatusNotFound || e.Status == http.StatusNotImplemented) {
			return PaymentReport{OrderID: orderID}, nil
		}
		return PaymentReport{}, err
	}
	report, err := readReport(orderID, a.body)
	if err != nil {
		return PaymentReport{}, a.unreadable(err)
	}
	return report, nil
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
		code, err := currencyOf(x.Alpha, x.Numeric)
		if err != nil {
			return PaymentReport{}, fmt.Errorf("read transaction %q: %w", excerpt(x.ID, 40), err)
		}
		t := Transaction{ID: excerpt(x.ID, 100), Status: excerpt(x.Status, 100)}
		for _, f := range []struct {
			into *Money
			text string
		}{{&t.Reserved, x.Reserved}, {&t.Captured, x.Captured}, {&t.Refunded, x.Refunded}} {
			if *f.into, err = readMoney(f.text, code); err != nil {
				return PaymentReport{}, fmt.Errorf("read transaction %q: %w", excerpt(x.ID, 40), err)
			}
		}
		report.Transactions = append(report.Transactions, t)
	}
	return report, nil
}

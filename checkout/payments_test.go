package checkout_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"invoicelink/checkout"
)

func transactionXML(order, currency, reserved, captured, refunded string) string {
	return fmt.Sprintf(`<Transaction><TransactionId>7</TransactionId><ShopOrderId>%s</ShopOrderId><TransactionStatus>captured</TransactionStatus>`+
		`<MerchantCurrency>%s</MerchantCurrency><ReservedAmount>%s</ReservedAmount><CapturedAmount>%s</CapturedAmount><RefundedAmount>%s</RefundedAmount></Transaction>`,
		order, currency, reserved, captured, refunded)
}

func responseXML(inside string) string {
	return `<?xml version="1.0"?><APIResponse version="1"><Header><ErrorCode>0</ErrorCode></Header><Body><Result>Success</Result><Transactions>` + inside + `</Transactions></Body></APIResponse>`
}

func TestPayments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want string // what was received, or the error's kind
	}{
		"none":                 {responseXML(""), "map[]"},
		"captured":             {responseXML(transactionXML("o-1", "978", "100.50", "100.5", "")), "map[EUR:100.50 EUR]"},
		"reserved":             {responseXML(transactionXML("o-1", "208", "20", "0.00", "0.00")), "map[DKK:20.00 DKK]"},
		"two, one partly back": {responseXML(transactionXML("o-1", "978", "", "10", "2.5") + transactionXML("o-1", "EUR", "5", "", "")), "map[EUR:12.50 EUR]"},
		"all back":             {responseXML(transactionXML("o-1", "978", "10", "10", "10.00")), "map[]"},
		"two currencies":       {responseXML(transactionXML("o-1", "978", "10", "", "") + transactionXML("o-1", "36", "7", "", "")), "map[AUD:7.00 AUD EUR:10.00 EUR]"},
		"of another order":     {responseXML(transactionXML("o-2", "978", "10", "10", "")), "map[]"},
		"declined":             {responseXML(transactionXML("o-1", "978", "0.00", "0.00", "0.00")), "map[]"},
		"unknown currency":     {responseXML(transactionXML("o-1", "123", "10", "10", "")), "unreadable"},
		"not a number":         {responseXML(transactionXML("o-1", "978", "ten", "", "")), "unreadable"},
		"exponent":             {responseXML(transactionXML("o-1", "978", "1e9", "", "")), "unreadable"},
		"infinite":             {responseXML(transactionXML("o-1", "978", "Infinity", "", "")), "unreadable"},
		"gateway error":        {`<APIResponse><Header><ErrorCode>8000</ErrorCode><ErrorMessage>no</ErrorMessage></Header></APIResponse>`, "unreadable"},
		"cut":                  {responseXML("")[:100], "unreadable"},
		"HTML":                 {`<html></html>`, "unreadable"},
		"empty":                {``, "unreadable"},
		"JSON":                 {`{}`, "unreadable"},
		"another charset":      {`<?xml version="1.0" encoding="EBCDIC"?><APIResponse/>`, "unreadable"},
		"entity bomb":          {`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + responseXML("&b;"), "unreadable"},
		"outside entity":       {`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + responseXML("&a;"), "unreadable"},
		"too many":             {responseXML(strings.Repeat(transactionXML("o-1", "978", "1", "", ""), 1001)), "unreadable"},
		"deep":                 {strings.Repeat("<a>", 20000), "unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.mux.HandleFunc("GET "+prefix+"/merchant/API/payments", func(w http.ResponseWriter, r *http.Request) {
				if u, p, ok := r.BasicAuth(); !ok || u != "anna" || p != "hush-hush" || r.URL.RawQuery != "shop_orderid=o-1" {
					t.Errorf("asked for %s with %s", r.URL, r.Header)
				}
				_, _ = io.WriteString(w, c.body)
			})
			report, err := a.client(t, nil).Payments(t.Context(), "o-1")
			got := fmt.Sprint(report.Received())
			if e, ok := errors.AsType[*checkout.Error](err); ok {
				got = string(e.Kind)
				if strings.Contains(e.Error(), "shop_orderid") || !e.Temporary() {
					t.Errorf("error is %v", e)
				}
			} else if !report.Offered {
				t.Errorf("not offered")
			}
			if got != c.want {
				t.Errorf("got %s, want %s (%v)", got, c.want, err)
			}
		})
	}
}

func TestPaymentsNotOffered(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{404: "not offered", 501: "not offered", 401: "permanent", 403: "permanent", 500: "temporary", 429: "temporary"} {
		a := newAPI(t)
		a.mux.HandleFunc("GET "+prefix+"/merchant/API/payments", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		report, err := a.client(t, nil).Payments(t.Context(), "o-1")
		got := "not offered"
		if e, ok := errors.AsType[*checkout.Error](err); ok {
			if got = "permanent"; e.Temporary() {
				got = "temporary"
			}
		}
		if got != want || report.Offered || errors.Is(err, checkout.ErrCredentials) {
			t.Errorf("%d: got %s, %+v, %v; want %s", status, got, report, err, want)
		}
	}
}

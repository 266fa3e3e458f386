package checkout_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	for _, c := range []struct {
		status int
		body   string
		class  checkout.Class // empty: not offered, and no error
	}{
		{404, "<html>", ""}, {501, "", ""}, {401, "", ""}, {401, "<html>", checkout.ClassTemporary},
		{403, "", ""}, {403, responseXML(""), ""}, {403, "<html>no</html>", checkout.ClassSystemic},
		{500, "", checkout.ClassTemporary}, {429, "", checkout.ClassTemporary},
	} {
		t.Run(fmt.Sprint(c.status, c.body), func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.mux.HandleFunc("GET "+prefix+"/merchant/API/payments", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			report, err := a.client(t, nil).Payments(t.Context(), "o-1")
			var got checkout.Class
			if e, ok := errors.AsType[*checkout.Error](err); ok {
				got = e.Class()
			}
			if got != c.class || report.Offered || errors.Is(err, checkout.ErrCredentials) || (report.Reason != "") != (c.class == "") {
				t.Errorf("got %q, %+v, %v; want %q", got, report, err, c.class)
			}
		})
	}
}

// TestStages: what is only reserved is told apart from what was captured, from
// the poll and from a callback alike.
func TestStages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reserved, captured, refunded string
		stage                        checkout.Stage
		amount                       string
	}{
		"authorised":      {"100", "0.00", "", checkout.StageAuthorised, "100.00 EUR"},
		"captured":        {"100", "100", "0", checkout.StageCaptured, "100.00 EUR"},
		"partly captured": {"100", "40", "", checkout.StageCaptured, "100.00 EUR"},
		"captured alone":  {"", "40.5", "", checkout.StageCaptured, "40.50 EUR"},
		"given back":      {"100", "100", "100", checkout.StageCaptured, "0.00 EUR"},
		"nought":          {"0", "0", "0", checkout.StageNone, "0.00 EUR"},
		"left out":        {"", "", "", checkout.StageNone, "no amount"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			xml := responseXML(transactionXML("o-1", "978", c.reserved, c.captured, c.refunded))
			a := newAPI(t)
			a.mux.HandleFunc("GET "+prefix+"/merchant/API/payments", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, xml) })
			report, err := a.client(t, nil).Payments(t.Context(), "o-1")
			if err != nil || len(report.Transactions) != 1 {
				t.Fatalf("got %+v, %v", report, err)
			}
			if got := report.Transactions[0]; got.ID != "7" || got.Stage() != c.stage || got.Amount().String() != c.amount {
				t.Errorf("poll: got %+v, stage %q, amount %s; want %q, %s", got, got.Stage(), got.Amount(), c.stage, c.amount)
			}
			if c.refunded != "" && c.refunded != "0" {
				return // a callback tells nothing of refunds
			}
			note, err := checkout.ParseCallback(formType, []byte(url.Values{"shop_orderid": {"o-1"}, "transaction_id": {"7"}, "xml": {xml}}.Encode()))
			if err != nil || note.Outcome() != checkout.OutcomePaid || note.Stage() != c.stage {
				t.Errorf("callback: got %+v, stage %q, %v; want %q", note, note.Stage(), err, c.stage)
			}
			if got := note.Paid(); c.stage == checkout.StageNone && !got.IsZero() || c.stage != checkout.StageNone && got.String() != c.amount {
				t.Errorf("callback: got %s paid, want %s", got, c.amount)
			}
		})
	}
}

// TestCallbackOfAnotherTransaction: the XML may list every transaction of the
// order; a notification is about one.
func TestCallbackOfAnotherTransaction(t *testing.T) {
	t.Parallel()
	paid := transactionXML("o-1", "978", "100", "100", "")
	declined := strings.Replace(transactionXML("o-1", "978", "0", "0", ""), "<TransactionId>7", "<TransactionId>8", 1)
	xml := strings.Replace(responseXML(paid+declined), "Success", "Failed", 1)
	for transaction, want := range map[string]checkout.Outcome{"7": checkout.OutcomePaid, "8": checkout.OutcomeRejected, "": checkout.OutcomePaid} {
		note, err := checkout.ParseCallback(formType, []byte(url.Values{"shop_orderid": {"o-1"}, "transaction_id": {transaction}, "xml": {xml}}.Encode()))
		if err != nil || note.Outcome() != want {
			t.Errorf("transaction %q: got %s, %v; want %s", transaction, note.Outcome(), err, want)
		}
	}
}

package checkout_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
)

func anOrder() checkout.SessionRequest {
	return checkout.SessionRequest{
		OrderID: "2026-0042", Amount: invoice.Money{Amount: "0100.5", Currency: "EUR"},
		Lines:           []checkout.OrderLine{{ItemID: "1", Description: strings.Repeat("ø", 80), Quantity: "1", UnitPrice: "80.40", TaxAmount: "20.1"}},
		Customer:        checkout.Customer{FirstName: "Åse", LastName: "Møller", Email: "aase@example.com", Billing: checkout.Address{Street: "Nygade 1", City: "Ærø", Zip: "5970", Country: "DK"}},
		TransactionInfo: map[string]string{"invoice": "2026/0042"},
		Callbacks:       &checkout.Callbacks{Success: "https://shop.example/ok", Notification: "https://shop.example/note", BodyFormat: "XML"},
		Language:        "da", Country: "DK",
	}
}

func TestSessionOnTheWire(t *testing.T) {
	t.Parallel()
	a := newAPI(t).auth(time.Hour)
	a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/session", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		want := `{"order":{"orderId":"2026-0042","amount":{"value":100.50,"currency":"EUR"},"orderLines":[{"itemId":"1","description":"` +
			strings.Repeat("ø", 50) + `","quantity":1,"unitPrice":80.40,"taxAmount":20.10}],"customer":{"firstName":"Åse","lastName":"Møller","email":"aase@example.com",` +
			`"billingAddress":{"street":"Nygade 1","city":"Ærø","country":"DK","zipCode":"5970"}},"transactionInfo":{"invoice":"2026/0042"}},` +
			`"callbacks":{"success":{"type":"URL","value":"https://shop.example/ok"},"notification":"https://shop.example/note","bodyFormat":"XML"},` +
			`"configuration":{"paymentType":"PAYMENT","autoCapture":true,"country":"DK","language":"da"}}`
		if string(body) != want {
			t.Errorf("body is\n%s, want\n%s", body, want)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"sessionId":123456789012345678901234567890,"order":{}}`)
	})
	s, err := a.client(t, nil).CreateSession(t.Context(), anOrder())
	if err != nil || s.ID != "123456789012345678901234567890" || s.OrderID != "2026-0042" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestSessionAnswers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{}`, `{"sessionId":""}`, `{"sessionId":null}`, `{"sessionId":"a\nb"}`, `{"sessionId":".."}`, `{"sessionId":true}`, `{"sessionId":" x"}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t).auth(time.Hour)
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/session", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			_, err := a.client(t, nil).CreateSession(t.Context(), anOrder())
			if e, ok := errors.AsType[*checkout.Error](err); !ok || e.Kind != checkout.KindUnreadable || !e.Temporary() || !e.Sent {
				t.Errorf("got %v, want an unreadable answer, temporary, sent", err)
			}
		})
	}
}

func TestOrderIsCheckedWhole(t *testing.T) {
	t.Parallel()
	c := newAPI(t).client(t, nil)
	_, err := c.CreateSession(t.Context(), checkout.SessionRequest{
		OrderID: "2026/1", Amount: invoice.Money{Amount: "1e3", Currency: "eur"},
		Lines:           []checkout.OrderLine{{ItemID: "", Description: "a\x00b", Quantity: "0", UnitPrice: "1.005", TaxAmount: ""}},
		Customer:        checkout.Customer{Email: strings.Repeat("x", 300), Billing: checkout.Address{Country: "Denmark"}},
		TransactionInfo: map[string]string{"": "x"},
		Callbacks:       &checkout.Callbacks{Notification: "/relative", BodyFormat: "YAML"},
		Country:         "dk", Language: "Danish", Capture: "later",
	})
	for _, part := range []string{"order id", "amount", "currency", "line 1: quantity", "line 1: unit price", "line 1: tax amount", "line 1: item id",
		"line 1: description", "e-mail", "name is missing", "country", "transaction info", "notification callback", "body format", "language", "capture"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error lacks %q: %v", part, err)
		}
	}
	for _, amount := range []invoice.Decimal{"", "0", "0.00", "-1", "1.234", "NaN", "1,5", " 1", "1234567890123", "0x10", ".5", "1."} {
		t.Run("amount "+string(amount), func(t *testing.T) {
			r := anOrder()
			r.Amount.Amount = amount
			if e, ok := errors.AsType[*checkout.Error](second(c.CreateSession(t.Context(), r))); !ok || e.Kind != checkout.KindRequest {
				t.Errorf("got %v, want it refused before it is sent", e)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base    string
		claims  map[string]any
		sandbox string
		want    checkout.Environment
	}{
		{"https://testgateway.altapaysecure.com", nil, "", checkout.EnvironmentTest},
		{"https://testgateway.altapaysecure.com", map[string]any{"environment": "live"}, "", checkout.EnvironmentTest},
		{"https://shop.altapaysecure.com/x", nil, "", checkout.EnvironmentLive},
		{"https://shop.altapaysecure.com", map[string]any{"env": "TEST"}, "", checkout.EnvironmentTest},
		{"https://shop.altapaysecure.com", map[string]any{"test": true}, "", checkout.EnvironmentTest},
		{"https://gate.example", nil, "", checkout.EnvironmentUnknown},
		{"https://altapaysecure.com.example", nil, "", checkout.EnvironmentUnknown},
		{"https://gate.example", map[string]any{"mode": "production"}, "", checkout.EnvironmentLive},
		{"https://gate.example", map[string]any{"mode": 5, "test": "no"}, "", checkout.EnvironmentUnknown},
		{"https://gate.example", map[string]any{"mode": "live"}, "1", checkout.EnvironmentSandbox},
		{"https://gate.example", map[string]any{"mode": "live"}, "0", checkout.EnvironmentLive},
	} {
		t.Run(fmt.Sprint(c.base, c.claims, c.sandbox), func(t *testing.T) {
			t.Parallel()
			client, err := checkout.New(checkout.Config{BaseURL: c.base, Username: "anna", Password: "hush-hush",
				Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					body := `{"token":"` + jwt(time.Hour, 1, c.claims) + `"}`
					return &http.Response{StatusCode: 200, Header: http.Header{"Invoicelink-Sandbox": {c.sandbox}}, Body: io.NopCloser(strings.NewReader(body))}, nil
				})})
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Authenticate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := client.Environment(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

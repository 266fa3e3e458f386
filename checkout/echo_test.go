package checkout_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"invoicelink/checkout"
)

// TestEcho: an answer about another order fails the session, and names both.
func TestEcho(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer         string // what follows the session's id
		field          string // empty: accepted
		sent, answered string
	}{
		"nothing repeated":   {``, "", "", ""},
		"the same":           {`,"order":{"orderId":"2026-0042","amount":{"value":100.5,"currency":"EUR"}}`, "", "", ""},
		"as text":            {`,"order":{"amount":{"value":"100.500","currency":"eur"}}`, "", "", ""},
		"with an exponent":   {`,"order":{"amount":{"value":1.005E2}}`, "", "", ""},
		"null":               {`,"order":{"orderId":null,"amount":{"value":null,"currency":null}}`, "", "", ""},
		"order is null":      {`,"order":null`, "", "", ""},
		"another shape":      {`,"order":"2026-0042"`, "", "", ""},
		"another amount":     {`,"order":{"orderId":"2026-0042","amount":{"value":1.00,"currency":"EUR"}}`, "amount", "100.50", "1.00"},
		"hundred times":      {`,"order":{"amount":{"value":10050}}`, "amount", "100.50", "10050"},
		"no number":          {`,"order":{"amount":{"value":"100,50"}}`, "amount", "100.50", "100,50"},
		"a huge exponent":    {`,"order":{"amount":{"value":1e999999999}}`, "amount", "100.50", "1e999999999"},
		"another currency":   {`,"order":{"amount":{"value":100.5,"currency":"USD"}}`, "currency", "EUR", "USD"},
		"another order":      {`,"order":{"orderId":"2026-0041","amount":{"value":100.5,"currency":"EUR"}}`, "order id", "2026-0042", "2026-0041"},
		"order in capitals":  {`,"order":{"orderId":"2026-0042A"}`, "order id", "2026-0042", "2026-0042A"},
		"order is a number":  {`,"order":{"orderId":42}`, "order id", "2026-0042", "42"},
		"capture is ignored": {`,"configuration":{"autoCapture":"yes"}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, calls := newAPI(t).auth(time.Hour), 0
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/session", func(w http.ResponseWriter, _ *http.Request) {
				calls++
				_, _ = io.WriteString(w, `{"sessionId":"s-1"`+c.answer+`}`)
			})
			session, err := a.client(t, nil).CreateSession(t.Context(), anOrder())
			if c.field == "" {
				if err != nil || session.ID != "s-1" {
					t.Errorf("got %+v, %v", session, err)
				}
				return
			}
			e, ok := errors.AsType[*checkout.Error](err)
			wrong, named := errors.AsType[*checkout.EchoError](err)
			if !ok || !named || e.Kind != checkout.KindEcho || e.Class() != checkout.ClassInvoice || !e.Sent || calls != 1 {
				t.Fatalf("got %#v after %d calls, want an EchoError after one", err, calls)
			}
			if want := (checkout.EchoError{SessionID: "s-1", Field: c.field, Sent: c.sent, Answered: c.answered}); *wrong != want {
				t.Errorf("got %+v, want %+v", *wrong, want)
			}
		})
	}
}

// TestCaptureIsSaidAndRepeated: auto is the default, and is sent as such.
func TestCaptureIsSaidAndRepeated(t *testing.T) {
	t.Parallel()
	for asked, want := range map[checkout.Capture]checkout.Capture{"": checkout.CaptureAuto, checkout.CaptureAuto: checkout.CaptureAuto, checkout.CaptureManual: checkout.CaptureManual} {
		t.Run("asked "+string(asked), func(t *testing.T) {
			t.Parallel()
			a := newAPI(t).auth(time.Hour)
			a.mux.HandleFunc("POST "+prefix+"/checkout/v1/api/session", func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, _ = io.WriteString(w, `{"sessionId":"s-1",`+string(body[1:]))
			})
			order := anOrder()
			order.Capture = asked
			session, err := a.client(t, nil).CreateSession(t.Context(), order)
			if err != nil || session.Capture != want {
				t.Errorf("got %+v, %v; want capture %q", session, err, want)
			}
		})
	}
}

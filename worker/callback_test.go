package worker_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"invoicelink/checkout"
	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
)

var secret = []byte("callback secret")

// callback mounts the handler and returns how to call it, signed with a key.
func (r *harness) callback() (call func(key []byte, form url.Values) int) {
	h := settlement.NewCallback(settlement.CallbackConfig{
		Recorder: &settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Ask: r.Client.Payments, Now: r.Clock.Now},
		Secrets:  [][]byte{[]byte("the one before"), secret},
	})
	server := httptest.NewServer(h)
	r.T.Cleanup(server.Close)
	return func(key []byte, form url.Values) int {
		body := form.Encode()
		request, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(body))
		testkit.Must(r.T, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if key != nil {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(body + ".1700000000"))
			request.Header.Set(checkout.SignatureHeader, "t=1700000000;s0=00;s1="+hex.EncodeToString(mac.Sum(nil)))
		}
		response, err := server.Client().Do(request)
		testkit.Must(r.T, err)
		testkit.Must(r.T, response.Body.Close())
		return response.StatusCode
	}
}

func notification(number, status, amount string) url.Values {
	return url.Values{"shop_orderid": {number}, "transaction_id": {"tx-1"}, "status": {status}, "amount": {amount}, "currency": {"978"}}
}

func TestCallbackSettles(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	call := r.callback()

	// Nothing that is not signed with a secret of ours changes anything.
	for _, key := range [][]byte{nil, []byte("guessed")} {
		if status := call(key, notification("A-1", "succeeded", "387.31")); status != http.StatusUnauthorized {
			t.Errorf("an unsigned or wrongly signed call gets %d", status)
		}
	}
	// Neither does what says nothing of a payment, or another amount.
	for _, form := range []url.Values{
		notification("A-1", "new", "387.31"), notification("A-1", "failed", "387.31"), notification("A-1", "succeeded", "387.30"),
		notification("A-7", "succeeded", "387.31"), notification("not--an order", "succeeded", "1"),
	} {
		if status := call(secret, form); status != http.StatusOK {
			t.Errorf("%v gets %d", form, status)
		}
	}
	if rec := r.Record("A-1"); rec.State != ledger.Issued || rec.PaymentStatus() != ledger.PartlyPaid || len(rec.OpenReviews()) != 1 {
		t.Fatalf("record: %s, %s, reviews %+v", rec.State, rec.PaymentStatus(), rec.Reviews)
	}
	if _, err := r.Ledger.Read(t.Context(), "A-7"); err == nil {
		t.Error("a callback about a strange invoice made a record")
	}

	if status := call(secret, notification("A-1", "succeeded", "387.31")); status != http.StatusOK {
		t.Errorf("the payment gets %d", status)
	}
	e := r.Subject("invoices.settled.A-1", 1)
	if len(e.Payments) != 2 || e.PaymentStatus != "paid" || len(e.Reviews) != 0 || e.Payments[0].Source != "callback" || e.Payments[0].ID != "tx-1" {
		t.Errorf("settled: %+v", e)
	}
	// Again, and a failure that comes late, change nothing.
	before := r.Record("A-1")
	for _, status := range []string{"succeeded", "failed"} {
		if code := call(secret, notification("A-1", status, "387.31")); code != http.StatusOK {
			t.Errorf("%s after the payment gets %d", status, code)
		}
	}
	if rec := r.Record("A-1"); rec.State != ledger.Paid || !rec.UpdatedAt.Equal(before.UpdatedAt) {
		t.Errorf("record after repetitions: %+v", rec)
	}
}

func TestCallbackRefusesOtherMethodsAndLongBodies(t *testing.T) {
	t.Parallel()
	h := settlement.NewCallback(settlement.CallbackConfig{})
	get := httptest.NewRecorder()
	h.ServeHTTP(get, httptest.NewRequest(http.MethodGet, "/", nil))
	long := httptest.NewRecorder()
	h.ServeHTTP(long, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", checkout.MaxCallback+1))))
	unsigned := httptest.NewRecorder()
	h.ServeHTTP(unsigned, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("status=succeeded")))
	if get.Code != http.StatusMethodNotAllowed || long.Code != http.StatusRequestEntityTooLarge || unsigned.Code != http.StatusUnauthorized {
		t.Errorf("GET %d, long body %d, without any secret %d", get.Code, long.Code, unsigned.Code)
	}
}

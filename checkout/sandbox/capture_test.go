package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
)

// TestCapture: the mode that the session asks for decides whether a payment is
// only authorised, and it can be captured later, also in parts and after the
// process ended.
func TestCapture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, base := open(t, sandbox.Config{Dir: dir})
	c := client(t, base, nil)
	paid := func(id string, capture checkout.Capture) sandbox.Payment {
		request := order(id)
		request.Capture = capture
		session, err := c.CreateSession(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if session.Capture != capture {
			t.Errorf("got capture %q repeated, want %q", session.Capture, capture)
		}
		l, err := c.CreateLink(t.Context(), session.ID, fortnight)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Pay(l.URL)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	stage := func(c *checkout.Client, id string, want checkout.Stage, captured string) {
		t.Helper()
		report, err := c.Payments(t.Context(), id)
		if err != nil || len(report.Transactions) != 1 {
			t.Fatalf("got %+v, %v", report, err)
		}
		if got := report.Transactions[0]; got.Stage() != want || got.Captured.String() != captured || got.Reserved.String() != "1250.50 DKK" {
			t.Errorf("order %s: got %+v, stage %q; want %q, %s captured", id, got, got.Stage(), want, captured)
		}
	}
	paid("auto", checkout.CaptureAuto)
	stage(c, "auto", checkout.StageCaptured, "1250.50 DKK")
	p := paid("manual", checkout.CaptureManual)
	stage(c, "manual", checkout.StageAuthorised, "0.00 DKK")
	for _, step := range []struct {
		amount json.Number
		closed bool
		want   string
	}{{"1000", false, "1000.00 DKK"}, {"250.51", true, "1000.00 DKK"}, {"0", true, "1000.00 DKK"}, {"", false, "1250.50 DKK"}, {"", true, "1250.50 DKK"}} {
		if _, err := s.Capture(p.TransactionID, step.amount); (err != nil) != step.closed || err != nil && !errors.Is(err, sandbox.ErrClosed) {
			t.Errorf("capture %q: got %v, want a refusal: %v", step.amount, err, step.closed)
		}
		stage(c, "manual", checkout.StageCaptured, step.want)
	}
	if _, err := s.Capture("none", ""); err == nil {
		t.Error("an unknown transaction was captured")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, base = open(t, sandbox.Config{Dir: dir})
	stage(client(t, base, nil), "manual", checkout.StageCaptured, "1250.50 DKK")
}

// TestPayAgain: by default a session is paid once; with the switch each living
// link takes the money again, as another transaction.
func TestPayAgain(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		t.Run(fmt.Sprint(again), func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{Switches: sandbox.Switches{PayAgain: again}})
			c := client(t, base, nil)
			session, err := c.CreateSession(t.Context(), order("o-1"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := c.CreateLink(t.Context(), session.ID, fortnight)
			if err != nil {
				t.Fatal(err)
			}
			first, err := s.Pay(l.URL)
			if err != nil {
				t.Fatal(err)
			}
			second, err := s.Pay(l.URL)
			if (err == nil) != again || err != nil && !errors.Is(err, sandbox.ErrClosed) {
				t.Errorf("got %v, want a second payment: %v", err, again)
			}
			if again && (first.TransactionID == second.TransactionID || first.ID == second.ID) {
				t.Errorf("got %+v twice", second)
			}
			want := map[bool]string{false: "1250.50 DKK", true: "2501.00 DKK"}[again]
			if report, err := c.Payments(t.Context(), "o-1"); err != nil || report.Received()["DKK"].String() != want {
				t.Errorf("got %v, %v; want %s", report.Received(), err, want)
			}
		})
	}
}

// TestCallbackForms: what a notification may leave out, and that it can come
// again.
func TestCallbackForms(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]struct {
		paid  string
		stage checkout.Stage
	}{"": {"1250.50 DKK", checkout.StageCaptured}, "no-xml": {"1250.50 DKK", checkout.StageNone}, "no-amount": {"no amount", checkout.StageNone}} {
		t.Run("form "+form, func(t *testing.T) {
			t.Parallel()
			got := make(chan checkout.Callback, 2)
			s, base := open(t, sandbox.Config{Switches: sandbox.Switches{CallbackForm: form}, CallbackTransport: listener(t, got)})
			c := client(t, base, nil)
			request := order("o-1")
			request.Callbacks = &checkout.Callbacks{Notification: "https://shop.example/callbacks/payment"}
			session, err := c.CreateSession(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			l, err := c.CreateLink(t.Context(), session.ID, fortnight)
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.Pay(l.URL)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Notify(p.TransactionID); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				note := <-got
				if note.Outcome() != checkout.OutcomePaid || note.Paid().String() != want.paid || note.Stage() != want.stage || note.TransactionID != p.TransactionID {
					t.Errorf("got %+v, paid %s, stage %q; want %s, %q", note, note.Paid(), note.Stage(), want.paid, want.stage)
				}
			}
		})
	}
}

func TestControlOfPayments(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{})
	c := client(t, base, nil)
	request := order("o-1")
	request.Capture = checkout.CaptureManual
	session, err := c.CreateSession(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.CreateLink(t.Context(), session.ID, fortnight)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Pay(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		call, body string
		code       int
		want       string
	}{
		{"/sandbox/capture", `{"transaction":"` + p.TransactionID + `","amount":"50.5"}`, 200, `"captured":50.50`},
		{"/sandbox/capture", `{"transaction":"` + p.TransactionID + `","amount":"5000"}`, 409, "reserved"},
		{"/sandbox/capture", `{"transaction":"` + p.TransactionID + `","amount":"1e2"}`, 400, "decimal"},
		{"/sandbox/capture", `{"transaction":"none"}`, 400, "none like it"},
		{"/sandbox/notify", `{"transaction":"` + p.TransactionID + `"}`, 200, `"captured":50.50`},
		{"/sandbox/notify", `{"transaction":"none"}`, 400, "none like it"},
	} {
		t.Run(step.call+step.body, func(t *testing.T) {
			code, body := do(s, "POST", step.call, step.body, local)
			if code != step.code || !strings.Contains(body, step.want) {
				t.Errorf("got %d %s, want %d with %s", code, body, step.code, step.want)
			}
		})
	}
}

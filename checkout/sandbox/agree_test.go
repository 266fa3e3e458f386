package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
)

const prefix = "/some/prefix"

// open starts a sandbox under a prefix behind a real server.
func open(t *testing.T, cfg sandbox.Config) (*sandbox.Server, string) {
	t.Helper()
	if cfg.Prefix == "" {
		cfg.Prefix = prefix
	}
	s, err := sandbox.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return s, server.URL
}

func client(t *testing.T, base string, change func(*checkout.Config)) *checkout.Client {
	t.Helper()
	cfg := checkout.Config{BaseURL: base + prefix, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword}
	if change != nil {
		change(&cfg)
	}
	c, err := checkout.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// order is one of two lines that add up, with all that can be sent.
func order(id string) checkout.SessionRequest {
	return checkout.SessionRequest{
		OrderID: id, Amount: invoice.Money{Amount: "1250.5", Currency: "DKK"},
		Lines: []checkout.OrderLine{
			{ItemID: "1", Description: strings.Repeat("Rødgrød med fløde ", 5), Quantity: "1", UnitPrice: "1100.40", TaxAmount: "275.10"},
			{ItemID: "2", Description: "Returned", Quantity: "1", UnitPrice: "-100", TaxAmount: "-25", GoodsType: "item"},
		},
		Customer: checkout.Customer{FirstName: "Åse", LastName: "Møller", Email: "aase@example.com",
			Billing: checkout.Address{Street: "Nygade 1", City: "Ærø", Zip: "5970", Country: "DK"}},
		TransactionInfo: map[string]string{"invoice": "2026/0042"},
		Language:        "da", Country: "DK",
	}
}

var fortnight = checkout.LinkRequest{Size: 300, Validity: 14 * 24 * time.Hour, ActivationTTL: 14 * 24 * time.Hour}

// TestAgreement: client and sandbox understand each other in every form that
// the documentation leaves open.
func TestAgreement(t *testing.T) {
	t.Parallel()
	table := []sandbox.Switches{{}, {NewLinkEndsOld: true}, {ReopenRestarts: true}, {SessionLife: time.Hour}, {LinkBase: "https://pay.example/x/"},
		{TokenLife: 20 * time.Second}, {TokenSkew: -20 * 24 * time.Hour}, {TokenSkew: 20 * 24 * time.Hour}, {QRMargin: -1}, {QRMargin: 2}}
	for _, v := range []string{"base64", "data-uri", "base64url", "unpadded", "wrapped"} {
		table = append(table, sandbox.Switches{QRForm: v})
	}
	for _, v := range []string{"png", "png-gray", "png-gray16", "png-palette", "png-rgb", "png-rgba", "png-transparent", "png-color", "jpeg"} {
		table = append(table, sandbox.Switches{QRImage: v})
	}
	for _, v := range []int{200, 201, 202, 299} {
		table = append(table, sandbox.Switches{SuccessStatus: v})
	}
	for _, v := range []string{"uuid", "number", "short"} {
		table = append(table, sandbox.Switches{IDShape: v})
	}
	for _, v := range []string{"path", "query", "long"} {
		table = append(table, sandbox.Switches{LinkShape: v})
	}
	for _, v := range []string{"jwt", "no-iat", "no-exp", "opaque"} {
		table = append(table, sandbox.Switches{TokenForm: v})
	}
	for _, w := range table {
		name, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{Switches: w})
			c := client(t, base, nil)
			session, err := c.CreateSession(t.Context(), order("2026-0042"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := c.CreateLink(t.Context(), session.ID, fortnight)
			if err != nil {
				t.Fatal(err)
			}
			qr, err := checkout.ReadQR(l.QRCode, l.URL)
			if err != nil || qr.Source != checkout.QRReturned {
				t.Fatalf("QR code: %q, %v", qr.Source, err)
			}
			if l.Environment != checkout.EnvironmentSandbox || c.Environment() != checkout.EnvironmentSandbox || session.Environment != checkout.EnvironmentSandbox {
				t.Errorf("environment is %q", l.Environment)
			}
			issued := s.Links()
			if len(issued) != 1 || issued[0].URL != l.URL || issued[0].ID != l.ID || issued[0].QR != l.URL ||
				issued[0].SessionID != session.ID || issued[0].Validity != 20160 || issued[0].State != "waiting" {
				t.Errorf("issued %+v, got %+v", issued, l)
			}
			if _, err := s.Pay(l.URL); err != nil {
				t.Fatal(err)
			}
			report, err := c.Payments(t.Context(), "2026-0042")
			if err != nil || !report.Offered || report.Received()["DKK"].Fixed() != "1250.50" || report.Transactions[0].Stage() != checkout.StageCaptured || len(report.Received()) != 1 {
				t.Errorf("payments: %+v, %v", report, err)
			}
		})
	}
}

func TestPollSwitch(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{})
	c := client(t, base, nil)
	if r, err := c.Payments(t.Context(), "nobody"); err != nil || !r.Offered || len(r.Received()) != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	for _, status := range []int{404, 501} {
		if err := s.SetSwitches(sandbox.Switches{PollStatus: status}); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Payments(t.Context(), "nobody"); err != nil || r.Offered {
			t.Errorf("%d: got %+v, %v", status, r, err)
		}
	}
}

// TestFaults: every fault reaches the client as what it is, over a socket and
// in process alike, and afterwards all is well.
func TestFaults(t *testing.T) {
	t.Parallel()
	table := []struct {
		fault sandbox.Fault
		kind  checkout.Kind
		links int // made although the call failed
		calls int
	}{
		{sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: 7 * time.Second}, checkout.KindStatus, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: time.Minute, RetryDate: true}, checkout.KindStatus, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultRateLimit, AfterEffect: true}, checkout.KindStatus, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultServerError}, checkout.KindStatus, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultServerError, Status: 500, AfterEffect: true}, checkout.KindStatus, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Status: 410}, checkout.KindStatus, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultRedirect}, checkout.KindRedirect, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultSlow, Delay: time.Minute}, checkout.KindTimeout, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultHang}, checkout.KindTimeout, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultHang, AfterEffect: true}, checkout.KindTimeout, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultCut}, checkout.KindCut, 0, 1},
		{sandbox.Fault{Kind: sandbox.FaultCut, AfterEffect: true}, checkout.KindCut, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultTruncate}, checkout.KindUnreadable, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultCutBody}, checkout.KindCut, 1, 1},
		{sandbox.Fault{Kind: sandbox.FaultToken}, "", 1, 2},
		{sandbox.Fault{Kind: sandbox.FaultToken, Next: 2}, checkout.KindStatus, 0, 2},
		{sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: time.Second}, "", 1, 2},
	}
	for _, c := range table {
		if c.fault.Next == 0 {
			c.fault.Next = 1
		}
		c.fault.Op = sandbox.OpLink
		name := fmt.Sprintf("%s-%v-%v-%d", c.fault.Kind, c.fault.AfterEffect, c.fault.RetryAfter, c.fault.Next)
		run := func(t *testing.T, s *sandbox.Server, cl *checkout.Client) {
			session, err := cl.CreateSession(t.Context(), order("o-1"))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.SetFaults(c.fault); err != nil {
				t.Fatal(err)
			}
			_, err = cl.CreateLink(t.Context(), session.ID, fortnight)
			e, failed := errors.AsType[*checkout.Error](err)
			if failed != (c.kind != "") || failed && e.Kind != c.kind {
				t.Errorf("got %v, want kind %q", err, c.kind)
			}
			if failed && !e.Sent {
				t.Errorf("error %+v says that nothing was sent", e)
			}
			if n := len(s.Links()); n != c.links {
				t.Errorf("%d links were made, want %d", n, c.links)
			}
			if n := s.Stats().Calls[sandbox.OpLink]; n != c.calls {
				t.Errorf("%d link calls, want %d", n, c.calls)
			}
			if _, err := cl.CreateLink(t.Context(), session.ID, fortnight); err != nil {
				t.Errorf("after the fault: %v", err)
			}
		}
		t.Run("in process/"+name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, err := sandbox.Open(sandbox.Config{Prefix: prefix})
				if err != nil {
					t.Fatal(err)
				}
				run(t, s, client(t, "https://sandbox.invalid", func(cfg *checkout.Config) { cfg.Transport = s.RoundTripper() }))
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		})
		if c.kind == checkout.KindTimeout || c.kind == "" {
			continue // takes real time
		}
		t.Run("socket/"+name, func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{})
			run(t, s, client(t, base, nil))
		})
	}
}

func TestFaultyCodes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.FaultKind]func(error) bool{
		sandbox.FaultWrongQR: func(err error) bool { _, ok := errors.AsType[*checkout.QRMismatchError](err); return ok },
		sandbox.FaultNoQR:    func(err error) bool { return errors.Is(err, checkout.ErrQRUnreadable) },
		sandbox.FaultBadQR:   func(err error) bool { return errors.Is(err, checkout.ErrQRUnreadable) },
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, base := open(t, sandbox.Config{Faults: []sandbox.Fault{{Kind: kind, Every: 2}}})
			c := client(t, base, nil)
			session, err := c.CreateSession(t.Context(), order("o-1"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				l, err := c.CreateLink(t.Context(), session.ID, fortnight)
				if err != nil {
					t.Fatal(err)
				}
				_, err = checkout.ReadQR(l.QRCode, l.URL)
				if struck := i%2 == 1; struck != (err != nil) || struck && !want(err) {
					t.Errorf("link %d: got %v, want it struck: %v", i, err, struck)
				}
				if issued := s.Links()[i]; (issued.QR == issued.URL) != (i%2 == 0) {
					t.Errorf("link %d: got %+v recorded, want it struck: %v", i, issued, i%2 == 1)
				}
			}
		})
	}
}

func TestForgottenPrefixIsLoud(t *testing.T) {
	t.Parallel()
	_, base := open(t, sandbox.Config{})
	c, err := checkout.New(checkout.Config{BaseURL: base, Username: "sandbox", Password: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	e, ok := errors.AsType[*checkout.Error](c.Authenticate(t.Context()))
	if !ok || e.Status != 404 || e.Temporary() || e.Gone() {
		t.Errorf("got %v", e)
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	s, base := open(t, sandbox.Config{Username: "merchant", Password: "secret"})
	c := client(t, base, nil)
	for range 3 {
		if err := c.Authenticate(t.Context()); !errors.Is(err, checkout.ErrCredentials) {
			t.Errorf("got %v", err)
		}
	}
	if n := s.Stats().Calls[sandbox.OpAuthenticate]; n != 1 {
		t.Errorf("the password was tried %d times", n)
	}
}

package app_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker/app"
	"invoicelink/worker/event"
	"invoicelink/worker/requests"
	"invoicelink/worker/testkit"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	return l
}

// The page of serve and one that is served alone behave as one: both show the
// invoice and lead to the same link. Nothing else is on their listeners.
func TestServePayPage(t *testing.T) {
	t.Parallel()
	api := httptest.NewUnstartedServer(nil)
	gateway, err := sandbox.Open(sandbox.Config{PublicURL: "http://" + api.Listener.Addr().String()})
	testkit.Must(t, err)
	defer gateway.Close()
	api.Config.Handler = gateway
	api.Start()
	defer api.Close()
	first, second := listen(t), listen(t)
	c := config(t, t.TempDir())
	c.Checkout = app.Checkout{URL: api.URL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword, Rate: 100}
	c.Worker.Links.PayPage.Base = "http://" + first.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	ended, ready := make(chan error, 2), make(chan string, 1)
	go func() {
		ended <- app.Serve(ctx, c, app.Server{Listener: listen(t), Pay: app.PayServer{Listener: first}, Version: "test", OnListen: func(u string) { ready <- u }})
	}()
	desk := <-ready
	awaitReady(t, desk, ended)
	go func() { ended <- app.ServePayPage(ctx, c, app.PayServer{Listener: second}) }()

	joined := c
	joined.Store.Join = true
	guest, err := app.OpenLedger(ctx, joined)
	testkit.Must(t, err)
	inv := invoice.Invoice{Number: "A-1", IssueDate: "2026-11-20", DueDate: "2027-12-20", Currency: "EUR",
		Buyer: invoice.Party{Name: "Sample Buyer GmbH", Email: "buyer@example.com", Address: invoice.Address{Street: "Beispielweg 2", Zip: "10115", City: "Berlin", Country: "DE"}},
		Lines: []invoice.Line{{Description: "Consulting", Quantity: "1", UnitPrice: "100", VATRate: "25"}}}
	for answer, err := range requests.New(guest.Broker, "test").Ask(ctx, requests.Request{ID: "q", Payload: event.Requested{Invoice: inv}}) {
		testkit.Must(t, err)
		if answer.Refused() {
			t.Fatalf("the request is refused: %+v", answer)
		}
	}
	entry, err := guest.Ledger.Read(ctx, "A-1")
	testkit.Must(t, err)
	record := entry.Record
	if err := guest.Close(); err != nil {
		t.Error(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	link := ""
	for _, l := range []net.Listener{second, first} {
		base := "http://" + l.Addr().String()
		address := base + strings.TrimPrefix(record.PayPage.Address(), record.PayPage.Base)
		if status, body := get(t, address); status != http.StatusOK || !strings.Contains(body, "125.00") {
			t.Errorf("GET: got %d:\n%.300s", status, body)
		}
		res, err := client.Post(address, "", nil)
		testkit.Must(t, err)
		res.Body.Close()
		if at := res.Header.Get("Location"); !strings.HasPrefix(at, api.URL+"/pay/") || link != "" && at != link {
			t.Errorf("POST: got %d to %q, want the gateway, and %q where somebody was before", res.StatusCode, at, link)
		}
		link = res.Header.Get("Location")
		for _, path := range []string{"/", "/metrics", "/invoices", app.CallbackPath} {
			if status, body := get(t, base+path); status != http.StatusNotFound || !strings.Contains(body, "no invoice at this address") {
				t.Errorf("GET %s: got %d, want the page for unknown addresses", path, status)
			}
		}
	}
	if status, _ := get(t, "http://"+second.Addr().String()+"/healthz"); status != http.StatusOK {
		t.Errorf("GET /healthz: got %d, want 200", status)
	}
	if links := gateway.Links(); len(links) != 1 {
		t.Errorf("%d links were made, want 1", len(links))
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil {
			t.Errorf("got %v, want nil after a stop", err)
		}
	}
}

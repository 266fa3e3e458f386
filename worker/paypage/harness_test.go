package paypage_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/settlement"
)

const base = "https://pay.example.com"

// shop is a payment page on a real broker and an imitated API.
type shop struct {
	t        testing.TB
	ledger   *ledger.Ledger
	sandbox  *sandbox.Server
	recorder *settlement.Recorder
	clock    *clock
	config   paypage.Config
	seller   string // digest
	page     *paypage.Page
	url      string // of page
	log      *safeBuffer
}

// clock is moved by hand; the sandbox's moves with it.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, change func(*paypage.Config)) *shop {
	t.Helper()
	_, b := brokertest.Open(t)
	s := &shop{t: t, clock: &clock{}, log: &safeBuffer{}}
	s.ledger = ledger.Open(b.LedgerBucket(), b.Documents(), s.clock.now)
	var err error
	s.sandbox, err = sandbox.Open(sandbox.Config{Now: s.clock.now})
	must(t, err)
	t.Cleanup(func() { must(t, s.sandbox.Close()) })
	client, err := checkout.New(checkout.Config{
		BaseURL: sandbox.DefaultPublicURL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
		Transport: s.sandbox.RoundTripper(), Now: s.clock.now, Timeout: 2 * time.Second,
	})
	must(t, err)
	s.recorder = &settlement.Recorder{Broker: b, Ledger: s.ledger, Ask: client.Payments, Now: s.clock.now}
	pdfs, err := archive.Dir(t.TempDir())
	must(t, err)
	s.seller, err = s.ledger.SaveSeller(t.Context(), seller())
	must(t, err)
	s.config = paypage.Config{
		Base: base, Ledger: s.ledger, Recorder: s.recorder, Checkout: client, Archive: pdfs, Now: s.clock.now,
		Gateways: []string{sandbox.DefaultPublicURL}, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&s.config)
	}
	s.page, s.url = s.serve()
	return s
}

// serve starts one more server on the same ledger.
func (s *shop) serve() (*paypage.Page, string) {
	s.t.Helper()
	page, err := paypage.New(s.config)
	must(s.t, err)
	server := httptest.NewServer(page)
	s.t.Cleanup(func() { server.Close(); page.Close() })
	return page, server.URL
}

func seller() *invoice.Seller {
	return &invoice.Seller{
		Party: invoice.Party{Name: "Sample Seller ApS", VATID: "DK12345674", Email: "seller@example.com", Phone: "+45 00 00 00 00",
			Address: invoice.Address{Street: "Eksempelvej 1", Zip: "8000", City: "Aarhus C", Country: "DK"}},
		Currency: "EUR", TimeZone: "Europe/Copenhagen", IBAN: "DE75512108001245126199", BIC: "SOGEDEFFXXX", Bank: "Sample Bank",
		Transfer: invoice.Transfer{Code: invoice.TransferEPC},
	}
}

func sample(number, language string) *invoice.Invoice {
	return &invoice.Invoice{
		Number: number, IssueDate: "2026-11-20", DueDate: "2099-12-20", Currency: "EUR", Language: language,
		Buyer: invoice.Party{Name: "Sample Buyer GmbH", ID: "K-4711", Email: "buyer@example.com",
			Address: invoice.Address{Street: "Beispielweg 2", Zip: "10115", City: "Berlin", Country: "DE"}},
		Lines: []invoice.Line{{Description: "Consulting", Quantity: "1", UnitPrice: "1000", VATRate: "25"}},
	}
}

// issue writes an invoice with its payment page as the worker does, and makes
// the transitions that follow. It returns its token.
func (s *shop) issue(inv *invoice.Invoice, more ...ledger.Transition) string {
	s.t.Helper()
	ctx, canonical := context.Background(), inv.Canonical()
	must(s.t, s.ledger.SaveInvoice(ctx, canonical))
	totals, err := canonical.Totals()
	must(s.t, err)
	payable, err := invoice.MoneyOf(totals.Payable)
	must(s.t, err)
	token := ledger.NewToken()
	must(s.t, s.ledger.TakeToken(ctx, token, inv.Number))
	must(s.t, s.ledger.Update(ctx, ledger.New(inv.Number), func(r ledger.Record) (ledger.Record, error) {
		for _, transition := range append([]ledger.Transition{
			func(r ledger.Record) (ledger.Record, error) {
				return r.Accept(ledger.Acceptance{Request: ledger.Request{ID: "q"}, By: ledger.Act{At: s.clock.now()}, Digest: canonical.Digest(), Seller: s.seller,
					Kind: canonical.Kind, DueDate: canonical.DueDate, Buyer: canonical.Buyer.Name, Language: canonical.Language, Total: payable, Payable: payable, Environment: "sandbox"})
			},
			func(r ledger.Record) (ledger.Record, error) {
				return r.OpenPayPage(ledger.PayPage{Token: token, Base: base, At: s.clock.now()})
			},
			func(r ledger.Record) (ledger.Record, error) {
				return r.PublishPage(ledger.Page{Name: inv.Number + ".pdf", SHA256: strings.Repeat("0", 64), Bytes: 1, Revision: r.NextPage(), At: s.clock.now()})
			},
		}, more...) {
			if r, err = transition(r); err != nil {
				return r, err
			}
		}
		return r, nil
	}))
	return token
}

func (s *shop) record(number string) ledger.Record {
	s.t.Helper()
	e, err := s.ledger.Read(context.Background(), number)
	must(s.t, err)
	return e.Record
}

// update makes transitions on a record.
func (s *shop) update(number string, transitions ...ledger.Transition) {
	s.t.Helper()
	for _, transition := range transitions {
		e, err := s.ledger.Read(context.Background(), number)
		must(s.t, err)
		must(s.t, s.ledger.Update(context.Background(), e, transition))
	}
}

// answer is what came back.
type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// do sends a request to a server, with headers in pairs.
func do(t testing.TB, method, url, form string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(form))
	must(t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(r)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (s *shop) get(token string, headers ...string) answer {
	s.t.Helper()
	return do(s.t, http.MethodGet, s.url+"/I/"+token, "", headers...)
}

func (s *shop) press(token string) answer {
	s.t.Helper()
	return do(s.t, http.MethodPost, s.url+"/I/"+token, "")
}

func euros(amount string) invoice.Money {
	return invoice.Money{Amount: invoice.Decimal(amount), Currency: "EUR"}
}

func paid(id, amount string, at time.Time) ledger.Transition {
	return func(r ledger.Record) (ledger.Record, error) {
		return r.RecordPayment(ledger.Payment{ID: id, Money: euros(amount), At: at, RecordedAt: at, Source: ledger.SourcePoll})
	}
}

func (a answer) want(t testing.TB, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status is %d, want %d:\n%.600s", a.status, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("page does not say %q:\n%s", part, a.body)
		}
	}
}

func (s *shop) putPDF(number, data string) {
	s.t.Helper()
	_, err := s.config.Archive.Put(context.Background(), archive.Document{Number: number, Revision: 1, Data: []byte(data)}, func(string) (int, bool) { return 0, false })
	must(s.t, err)
}

package paypage_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/harness"
)

const base = "https://pay.example.com"

// shop is a payment page on a real broker and an imitated API.
type shop struct {
	*harness.Harness
	recorder *settlement.Recorder
	config   paypage.Config
	seller   string // digest
	page     *paypage.Page
	url      string // of page
	log      *testkit.Log
}

func open(t testing.TB, change func(*paypage.Config)) *shop {
	t.Helper()
	s := &shop{Harness: harness.New(t, nil), log: &testkit.Log{}}
	client := s.NewClient(func(c *checkout.Config) { c.Timeout = 2 * time.Second })
	s.recorder = &settlement.Recorder{Broker: s.Broker, Ledger: s.Ledger, Ask: client.Payments, Now: s.Clock.Now}
	var err error
	s.seller, err = s.Ledger.SaveSeller(t.Context(), seller())
	testkit.Must(t, err)
	s.config = paypage.Config{
		Base: base, Ledger: s.Ledger, Recorder: s.recorder, Checkout: client, Archive: s.Archive, Now: s.Clock.Now,
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
	s.T.Helper()
	page, err := paypage.New(s.config)
	testkit.Must(s.T, err)
	server := httptest.NewServer(page)
	s.T.Cleanup(func() { server.Close(); page.Close() })
	return page, server.URL
}

func seller() *invoice.Seller {
	s := testkit.Seller()
	s.Phone, s.Currency, s.Language = "+45 00 00 00 00", "EUR", ""
	s.IBAN, s.BIC, s.Bank, s.Transfer.Code = "DE75512108001245126199", "SOGEDEFFXXX", "Sample Bank", invoice.TransferEPC
	return s
}

func sample(number, language string) *invoice.Invoice {
	i := testkit.Invoice(number)
	i.DueDate, i.Language, i.Buyer.ID = "2099-12-20", language, "K-4711"
	i.Lines = []invoice.Line{{Description: "Consulting", Quantity: "1", UnitPrice: "1000", VATRate: "25"}}
	return &i
}

// issue writes an invoice with its payment page as the worker does, and makes
// the transitions that follow. It returns its token.
func (s *shop) issue(inv *invoice.Invoice, more ...ledger.Transition) string {
	s.T.Helper()
	ctx, canonical := context.Background(), inv.Canonical()
	testkit.Must(s.T, s.Ledger.SaveInvoice(ctx, canonical))
	totals, err := canonical.Totals()
	testkit.Must(s.T, err)
	payable, err := invoice.MoneyOf(totals.Payable)
	testkit.Must(s.T, err)
	token := ledger.NewToken()
	testkit.Must(s.T, s.Ledger.TakeToken(ctx, token, inv.Number))
	testkit.Must(s.T, s.Ledger.Update(ctx, ledger.New(inv.Number), func(r ledger.Record) (ledger.Record, error) {
		for _, transition := range append([]ledger.Transition{
			func(r ledger.Record) (ledger.Record, error) {
				return r.Accept(ledger.Acceptance{Request: ledger.Request{ID: "q"}, By: ledger.Act{At: s.Clock.Now()}, Digest: canonical.Digest(), Seller: s.seller,
					Kind: canonical.Kind, DueDate: canonical.DueDate, Buyer: canonical.Buyer.Name, Language: canonical.Language, Total: payable, Payable: payable, Environment: "sandbox"})
			},
			func(r ledger.Record) (ledger.Record, error) {
				return r.OpenPayPage(ledger.PayPage{Token: token, Base: base, At: s.Clock.Now()})
			},
			func(r ledger.Record) (ledger.Record, error) {
				return r.PublishPage(ledger.Page{Name: inv.Number + ".pdf", SHA256: strings.Repeat("0", 64), Bytes: 1, Revision: r.NextPage(), At: s.Clock.Now()})
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

// update makes transitions on a record.
func (s *shop) update(number string, transitions ...ledger.Transition) {
	s.T.Helper()
	for _, transition := range transitions {
		e, err := s.Ledger.Read(context.Background(), number)
		testkit.Must(s.T, err)
		testkit.Must(s.T, s.Ledger.Update(context.Background(), e, transition))
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
	testkit.Must(t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(r)
	testkit.Must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	testkit.Must(t, err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (s *shop) get(token string, headers ...string) answer {
	s.T.Helper()
	return do(s.T, http.MethodGet, s.url+"/I/"+token, "", headers...)
}

func (s *shop) press(token string) answer {
	s.T.Helper()
	return do(s.T, http.MethodPost, s.url+"/I/"+token, "")
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
	s.T.Helper()
	_, err := s.config.Archive.Put(context.Background(), archive.Document{Number: number, Revision: 1, Data: []byte(data)}, func(string) (int, bool) { return 0, false })
	testkit.Must(s.T, err)
}

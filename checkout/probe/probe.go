package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/invoice"
)

// ErrNotTest means that the account is live, or does not say that it is a test
// account; nothing but authenticate was called.
var ErrNotTest = errors.New("account is not known to be a test account")

// Config says what to probe.
type Config struct {
	// Checkout is the account. WrapTransport and OnCall are the probe's own.
	Checkout checkout.Config
	// Currency of the sessions, ISO 4217; empty means EUR. The account must
	// take it.
	Currency string
	// PageURL is the url that a link is asked to lead to; empty means
	// https://pay.example.com/I/PROBE. Nothing calls it.
	PageURL string
	// AssumeTest goes on if neither token nor host names an environment. It
	// does not help against a token that says live.
	AssumeTest bool
	// Previous is the report of an earlier probe, whose session is tried
	// again; nil for none.
	Previous *Report
}

// prober is one run.
type prober struct {
	cfg      Config
	client   *checkout.Client
	recorder *recorder
	token    string
	report   *Report
	serial   int
	run      string // part of the order ids
}

// Run asks everything. The error is [ErrNotTest], or says why the gateway could
// not be asked at all; refusals of single questions are findings.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	p := &prober{cfg: cfg, recorder: &recorder{}, run: strings.ToLower(rand.Text()[:8])}
	if p.cfg.Currency == "" {
		p.cfg.Currency = "EUR"
	}
	if p.cfg.PageURL == "" {
		p.cfg.PageURL = "https://pay.example.com/I/PROBE"
	}
	p.cfg.Checkout.WrapTransport = func(next http.RoundTripper) http.RoundTripper {
		p.recorder.next = next
		return p.recorder
	}
	p.cfg.Checkout.OnCall = nil
	var err error
	if p.client, err = checkout.New(p.cfg.Checkout); err != nil {
		return nil, err
	}
	p.report = &Report{MadeAt: time.Now().UTC().Truncate(time.Second), Gateway: strings.TrimRight(cfg.Checkout.BaseURL, "/")}
	if err := p.client.Authenticate(ctx); err != nil {
		return nil, fmt.Errorf("probe the gateway: %w", err)
	}
	if err := p.refuseLive(); err != nil {
		return nil, err
	}
	p.account(ctx)
	session, err := p.sessions(ctx)
	if err != nil {
		return nil, err
	}
	p.links(ctx, session)
	p.errors(ctx, session)
	p.payments(ctx)
	p.traffic()
	return p.report, ctx.Err()
}

// refuseLive believes a token that says live, whatever the host is called.
func (p *prober) refuseLive() error {
	p.token = p.recorder.answer().text("token")
	environment := p.client.Environment()
	claim := p.client.TokenEnvironment()
	switch {
	case claim == checkout.EnvironmentLive || environment == checkout.EnvironmentLive:
		return fmt.Errorf("%w: it is live; probe with the credentials of the test gateway", ErrNotTest)
	case environment == checkout.EnvironmentUnknown && !p.cfg.AssumeTest:
		return fmt.Errorf("%w: neither its token nor the host name says so; if you know that it is one, say so with --assume-test", ErrNotTest)
	case environment == checkout.EnvironmentUnknown:
		environment = checkout.EnvironmentTest
	}
	p.report.Environment = environment
	return nil
}

// found records an answer.
func (p *prober) found(topic, question, format string, args ...any) {
	p.report.Findings = append(p.report.Findings, Finding{Topic: topic, Question: question, Answer: fmt.Sprintf(format, args...)})
}

// open records a question without an answer, and why.
func (p *prober) open(topic, question, format string, args ...any) {
	p.report.Findings = append(p.report.Findings, Finding{Topic: topic, Question: question, Answer: fmt.Sprintf(format, args...), Open: true})
}

// orderID is a new one with each call.
func (p *prober) orderID() string {
	p.serial++
	return fmt.Sprintf("probe-%s-%d", p.run, p.serial)
}

// order is for one unit of the currency.
func (p *prober) order(capture checkout.Capture) checkout.SessionRequest {
	return checkout.SessionRequest{
		OrderID: p.orderID(), Amount: invoice.Money{Amount: "1", Currency: p.cfg.Currency}, Capture: capture,
		Lines:           []checkout.OrderLine{{ItemID: "1", Description: "Probe of the API", Quantity: "1", UnitPrice: "0.8", TaxAmount: "0.2", GoodsType: "item"}},
		Customer:        checkout.Customer{FirstName: "Probe", LastName: "Probe", Email: "probe@example.com", Billing: checkout.Address{Street: "Street 1", City: "City", Zip: "1000", Country: "DK"}},
		TransactionInfo: map[string]string{"invoiceNumber": "PROBE"},
	}
}

// raw sends a request that the client would not send. An error is shown as an
// exchange without a status.
func (p *prober) raw(ctx context.Context, method, path, contentType, body string, authorize func(*http.Request)) exchange {
	timeout := p.cfg.Checkout.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.report.Gateway+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return exchange{}
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept", "application/json")
	if authorize != nil {
		authorize(req)
	}
	res, err := p.recorder.RoundTrip(req)
	if err != nil {
		return exchange{}
	}
	_, _ = io.Copy(io.Discard, res.Body) // it is in memory
	return p.recorder.answer()
}

// bearer uses the client's present token: another authenticate may have ended
// the first one.
func (p *prober) bearer(r *http.Request) {
	p.recorder.mu.Lock()
	defer p.recorder.mu.Unlock()
	token := p.recorder.bearer
	if token == "" {
		token = p.token
	}
	r.Header.Set("Authorization", "Bearer "+token)
}

func (p *prober) basic(r *http.Request) {
	r.SetBasicAuth(p.cfg.Checkout.Username, p.cfg.Checkout.Password)
}

// refusal describes an answer to a request that is wrong.
func (e exchange) refusal() string {
	if e.status == 0 {
		return "no answer"
	}
	s := fmt.Sprintf("%d %s, body %s", e.status, http.StatusText(e.status), e.kind())
	if names := e.members(); len(names) > 0 {
		s += " with " + strings.Join(names, ", ")
	}
	return s
}

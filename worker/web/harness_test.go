package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
	"invoicelink/worker/settlement"
	"invoicelink/worker/web"
)

// harness is a desk with everything behind it, in one process: a real broker, a
// worker, and an imitated checkout API.
type harness struct {
	t       testing.TB
	broker  *broker.Broker
	ledger  *ledger.Ledger
	sandbox *sandbox.Server
	archive archive.Archive
	config  web.Config
	work    worker.Config
	log     *lines

	mu     sync.Mutex
	desk   *web.Desk
	server *httptest.Server
}

// lines collects the log.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newHarness starts everything but a worker.
func newHarness(t testing.TB, change func(*web.Config)) *harness {
	t.Helper()
	r := &harness{t: t, log: &lines{}}
	_, r.broker = brokertest.Open(t)
	r.ledger = ledger.Open(r.broker.LedgerBucket(), r.broker.Documents(), nil)
	var err error
	r.sandbox, err = sandbox.Open(sandbox.Config{})
	must(t, err)
	t.Cleanup(func() { must(t, r.sandbox.Close()) })
	client, err := checkout.New(checkout.Config{
		BaseURL: sandbox.DefaultPublicURL, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword,
		Transport: r.sandbox.RoundTripper(),
	})
	must(t, err)
	r.archive, err = archive.Dir(t.TempDir())
	must(t, err)
	store := func(string) (archive.Archive, error) { return r.archive, nil }
	log := slog.New(slog.NewTextHandler(r.log, nil))
	r.work = worker.Config{
		Broker: r.broker, Ledger: r.ledger, Checkout: client, Seller: seller(), SingleWorker: true, Archive: store,
		Concurrency: 4, Log: slog.New(slog.DiscardHandler),
	}
	settler := &settlement.Recorder{Broker: r.broker, Ledger: r.ledger, Source: "test"}
	r.config = web.Config{
		Broker: r.broker, Ledger: r.ledger, Requests: requests.New(r.broker, "test"), Archive: store, Seller: seller(), Dir: filepath.Join(t.TempDir(), "desk"),
		Environment: "sandbox", Log: log,
		Actions: web.Actions{
			Paid: func(ctx context.Context, p web.Payment, by string) ([]string, error) {
				out, err := settler.Paid(ctx, settlement.Notice{
					Number: p.Number, Source: ledger.SourceDesk, Actor: by, Money: p.Money, At: p.At, Reference: p.Reference,
				})
				return out.Warnings, err
			},
			Resolve: func(ctx context.Context, review, note, by string) error {
				_, err := settler.Resolve(ctx, review, ledger.Act{Source: ledger.SourceDesk, Actor: by}, note)
				return err
			},
			Cancel: func(ctx context.Context, number, reason, by string) error {
				_, err := settler.Cancelled(ctx, settlement.Notice{Number: number, Source: ledger.SourceDesk, Actor: by, Reason: reason})
				return err
			},
		},
	}
	if change != nil {
		change(&r.config)
	}
	r.open()
	t.Cleanup(r.close)
	return r
}

// open starts the desk, as a restarted server would.
func (r *harness) open() {
	r.t.Helper()
	desk, err := web.New(r.config)
	must(r.t, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.desk, r.server = desk, httptest.NewServer(desk)
}

// close stops the desk as a server that is stopped.
func (r *harness) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.desk == nil {
		return
	}
	r.desk.Close()
	r.server.CloseClientConnections()
	r.server.Close()
	r.desk, r.server = nil, nil
}

// startWorker runs a worker until the returned function or the test ends.
func (r *harness) startWorker() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- worker.New(r.work).Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("worker ended with: %v", err)
		}
	})
	r.t.Cleanup(stop)
	return stop
}

// person is a browser without scripts that keeps cookies.
type person struct {
	r *harness
	*http.Client
	header http.Header
}

func (r *harness) person() *person {
	jar, err := cookiejar.New(nil)
	must(r.t, err)
	return &person{r, &http.Client{Jar: jar, Timeout: 30 * time.Second}, http.Header{}}
}

// page is an answer, read whole.
type page struct {
	*http.Response
	text string
}

func (p *person) send(method, path, kind string, body io.Reader) page {
	p.r.t.Helper()
	r, err := http.NewRequestWithContext(p.r.t.Context(), method, p.r.server.URL+path, body)
	must(p.r.t, err)
	for name, values := range p.header {
		r.Header[name] = values
		if name == "Host" {
			r.Host = values[0]
		}
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := p.Do(r)
	must(p.r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(p.r.t, err)
	return page{answer, string(text)}
}

func (p *person) get(path string) page { p.r.t.Helper(); return p.send("GET", path, "", nil) }

func (p *person) post(path string, form url.Values) page {
	p.r.t.Helper()
	return p.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload drops a file and returns the page that it leads to.
func (p *person) upload(name string, data []byte) page {
	p.r.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	must(p.r.t, err)
	_, err = part.Write(data)
	must(p.r.t, err)
	must(p.r.t, form.Close())
	return p.send("POST", "/batches", form.FormDataContentType(), &body)
}

var planPattern = regexp.MustCompile(`name="plan" value="([0-9a-f]+)"`)

// issue presses the button of a checked upload.
func (p *person) issue(at page) page {
	p.r.t.Helper()
	plan := planPattern.FindStringSubmatch(at.text)
	if plan == nil {
		p.r.t.Fatalf("no button on %s:\n%s", at.Request.URL, at.text)
	}
	return p.post(at.Request.URL.Path+"/issue", url.Values{"plan": {plan[1]}})
}

// issues drops a file, presses the button and waits until it is done.
func (p *person) issues(name string, data []byte) (checked page) {
	p.r.t.Helper()
	checked = p.upload(name, data)
	p.issue(checked)
	p.done(checked.Request.URL.Path)
	return checked
}

// done waits until an upload's live connection says so.
func (p *person) done(path string) {
	p.r.t.Helper()
	stream := p.get(path + "/progress")
	if !strings.Contains(stream.text, `"done":true`) {
		p.r.t.Fatalf("progress ended early (%s): %s", stream.Status, stream.text)
	}
}

func (a page) has(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("%s %s (%d) lacks %q:\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, text, cut(a.text))
		}
	}
}

func (a page) status(t testing.TB, want int) {
	t.Helper()
	if a.StatusCode != want {
		t.Errorf("%s %s: status %d, want %d:\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, want, cut(a.text))
	}
}

func cut(s string) string {
	if len(s) > 3000 {
		return s[:3000] + "…"
	}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fixtures", name))
	must(t, err)
	return data
}

// list is a CSV file of n invoices with that prefix.
func list(prefix string, n int) []byte {
	var b strings.Builder
	b.WriteString("Invoice number,Issue date,Due date,Currency,Customer name,Customer email,Customer address,Zip,City,Country,Description,Quantity,Unit price,VAT %\n")
	for i := range n {
		fmt.Fprintf(&b, "%s-%04d,2026-11-20,2027-12-20,EUR,Example Customer %d,buyer@example.com,Street 1,1000,Town,DE,Consulting,2,%d,25\n", prefix, i+1, i%7, 100+i)
	}
	return []byte(b.String())
}

func seller() *invoice.Seller {
	return &invoice.Seller{
		Party: invoice.Party{Name: "Eksempel Handel ApS", VATID: "DK12345674", Email: "faktura@example.com",
			Address: invoice.Address{Street: "Prøvegade 12", Zip: "2100", City: "København Ø", Country: "DK"}},
		Currency: "DKK", Language: "en", TimeZone: "Europe/Copenhagen",
	}
}

var errTooSlow = errors.New("did not happen in time")

// eventually asks until it is so. It is for what has no event to wait for.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	end := time.NewTimer(20 * time.Second)
	defer end.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("%s: %v", what, errTooSlow)
		}
	}
}

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

	"invoicelink/worker"
	"invoicelink/worker/ledger"
	"invoicelink/worker/requests"
	"invoicelink/worker/settlement"
	"invoicelink/worker/testkit"
	kit "invoicelink/worker/testkit/harness"
	"invoicelink/worker/web"
)

// harness is a desk with everything behind it, in one process: a real broker, a
// worker, and an imitated checkout API.
type harness struct {
	*kit.Harness
	config web.Config
	log    *testkit.Log

	mu     sync.Mutex
	desk   *web.Desk
	server *httptest.Server
}

// newHarness starts everything but a worker.
func newHarness(t testing.TB, change func(*web.Config)) *harness {
	t.Helper()
	r := &harness{Harness: kit.New(t, func(c *worker.Config) { c.Concurrency = 4 }), log: &testkit.Log{}}
	settler := &settlement.Recorder{Broker: r.Broker, Ledger: r.Ledger, Source: "test"}
	r.config = web.Config{
		Broker: r.Broker, Ledger: r.Ledger, Requests: requests.New(r.Broker, "test"), Archive: r.Config.Archive, Seller: testkit.Seller(), Dir: filepath.Join(t.TempDir(), "desk"),
		Environment: "sandbox", Log: slog.New(slog.NewTextHandler(r.log, nil)),
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
	r.T.Helper()
	desk, err := web.New(r.config)
	testkit.Must(r.T, err)
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

// person is a browser without scripts that keeps cookies.
type person struct {
	r *harness
	*http.Client
	header http.Header
}

func (r *harness) person() *person {
	jar, err := cookiejar.New(nil)
	testkit.Must(r.T, err)
	return &person{r, &http.Client{Jar: jar, Timeout: 30 * time.Second}, http.Header{}}
}

// page is an answer, read whole.
type page struct {
	*http.Response
	text string
}

func (p *person) send(method, path, kind string, body io.Reader) page {
	p.r.T.Helper()
	r, err := http.NewRequestWithContext(p.r.T.Context(), method, p.r.server.URL+path, body)
	testkit.Must(p.r.T, err)
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
	testkit.Must(p.r.T, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	testkit.Must(p.r.T, err)
	return page{answer, string(text)}
}

func (p *person) get(path string) page { p.r.T.Helper(); return p.send("GET", path, "", nil) }

func (p *person) post(path string, form url.Values) page {
	p.r.T.Helper()
	return p.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload drops a file and returns the page that it leads to.
func (p *person) upload(name string, data []byte) page {
	p.r.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	testkit.Must(p.r.T, err)
	_, err = part.Write(data)
	testkit.Must(p.r.T, err)
	testkit.Must(p.r.T, form.Close())
	return p.send("POST", "/batches", form.FormDataContentType(), &body)
}

var planPattern = regexp.MustCompile(`name="plan" value="([0-9a-f]+)"`)

// issue presses the button of a checked upload.
func (p *person) issue(at page) page {
	p.r.T.Helper()
	plan := planPattern.FindStringSubmatch(at.text)
	if plan == nil {
		p.r.T.Fatalf("no button on %s:\n%s", at.Request.URL, at.text)
	}
	return p.post(at.Request.URL.Path+"/issue", url.Values{"plan": {plan[1]}})
}

// issues drops a file, presses the button and waits until it is done.
func (p *person) issues(name string, data []byte) (checked page) {
	p.r.T.Helper()
	checked = p.upload(name, data)
	p.issue(checked)
	p.done(checked.Request.URL.Path)
	return checked
}

// done waits until an upload's live connection says so.
func (p *person) done(path string) {
	p.r.T.Helper()
	stream := p.get(path + "/progress")
	if !strings.Contains(stream.text, `"done":true`) {
		p.r.T.Fatalf("progress ended early (%s): %s", stream.Status, stream.text)
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

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fixtures", name))
	testkit.Must(t, err)
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

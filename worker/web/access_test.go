package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"

	"invoicelink/worker/web"
)

func TestBeyondLoopbackPeopleHaveToLogIn(t *testing.T) {
	t.Parallel()
	some := users(t)
	proxy := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	for _, c := range []struct {
		listen string
		access web.Access
		want   string // "" where it is fine
	}{
		{"127.0.0.1:8080", web.Access{}, ""},
		{"[::1]:8080", web.Access{}, ""},
		{"localhost:8080", web.Access{}, ""},
		{"0.0.0.0:8080", web.Access{}, "--users"},
		{":8080", web.Access{}, "--users"},
		{"[::]:8080", web.Access{}, "--users"},
		{"192.168.1.2:8080", web.Access{TLS: true}, "--users"},
		{"192.168.1.2:8080", web.Access{Users: some}, "--tls-cert"},
		{"192.168.1.2:8080", web.Access{Users: some, TLS: true}, ""},
		{"192.168.1.2:8080", web.Access{Proxies: proxy}, ""},
		{"192.168.1.2:8080", web.Access{Proxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}, "everybody"},
		{"desk.example.com:8080", web.Access{}, "--users"},
		{"127.0.0.1:8080", web.Access{PublicURL: "ftp://x"}, "public URL"},
		{"nonsense", web.Access{}, "nonsense"},
	} {
		err := web.Check(c.listen, c.access)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %+v: %v, want %q", c.listen, c.access, err, c.want)
		}
	}
}

// private lists a path of every kind that shows or changes something.
var private = []string{
	"GET /", "GET /invoices", "GET /invoices/A-1", "GET /invoices/A-1/pdf", "GET /invoices/A-1/receipt", "GET /invoices/A-1/ubl", "GET /invoices/A-1/factur-x", "GET /invoices/A-1/renew", "POST /invoices/A-1/paid",
	"POST /batches", "GET /batches/AAAAAAAAAAAAAAAA", "POST /batches/AAAAAAAAAAAAAAAA/issue", "GET /batches/AAAAAAAAAAAAAAAA/progress",
	"GET /batches/AAAAAAAAAAAAAAAA/pdfs.zip", "GET /batches/AAAAAAAAAAAAAAAA/results", "GET /batches/AAAAAAAAAAAAAAAA/links.csv",
	"GET /template.xlsx", "GET /anything", "POST /logout",
}

func TestNothingIsShownWithoutALogin(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users = users(t) })
	p := r.person()
	p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, one := range private {
		method, path, _ := strings.Cut(one, " ")
		a := p.send(method, path, "", nil)
		if method == "GET" && (a.StatusCode != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/login?to=")) || method == "POST" && a.StatusCode != 401 {
			t.Errorf("%s: %d to %q", one, a.StatusCode, a.Header.Get("Location"))
		}
		if strings.Contains(a.text, "Drop a workbook") {
			t.Errorf("%s shows a page", one)
		}
	}
}

func TestOtherNamesAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.PublicURL = "https://desk.example.com" })
	for host, want := range map[string]int{
		"localhost:8080": 200, "127.0.0.1": 200, "[::1]:8080": 200, "desk.example.com": 200, "DESK.example.com.": 200, "x.localhost": 200,
		"evil.example": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "192.168.1.2": 421,
	} {
		p := r.person()
		p.header.Set("Host", host)
		if a := p.get("/"); a.StatusCode != want {
			t.Errorf("Host %q: %d, want %d", host, a.StatusCode, want)
		}
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	checked := r.person().upload("list.csv", list("A", 2))
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		p := r.person()
		p.header.Set(name, value)
		p.post(checked.Request.URL.Path+"/discard", nil).status(t, 403)
		p.upload("x.csv", list("B", 1)).status(t, 403)
	}
	r.person().get(checked.Request.URL.Path).has(t, "Issue 2 new")
	if a := r.person().get(checked.Request.URL.Path + "/issue"); a.StatusCode == 200 {
		t.Error("a GET issues")
	}
}

func TestProxyNamesThePerson(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) {
		c.Access.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		c.Access.PublicURL = "https://desk.example.com"
	})
	ask := func(from, host string, names ...string) int {
		q := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		q.RemoteAddr, q.Host = from, host
		for _, name := range names {
			q.Header.Add("X-Forwarded-User", name)
		}
		w := httptest.NewRecorder()
		r.desk.ServeHTTP(w, q)
		return w.Code
	}
	for _, c := range []struct {
		from, host string
		names      []string
		want       int
	}{
		{"10.1.2.3:5", "desk.example.com", []string{"ann"}, 200},
		{"10.1.2.3:5", "desk.example.com", nil, 403},
		{"10.1.2.3:5", "desk.example.com", []string{"ann", "bob"}, 403},
		{"10.1.2.3:5", "desk.example.com", []string{"ann\nx"}, 403},
		{"11.1.2.3:5", "desk.example.com", []string{"ann"}, 403},
		{"127.0.0.1:5", "desk.example.com", []string{"ann"}, 403},
		{"10.1.2.3:5", "evil.example", []string{"ann"}, 421},
	} {
		if got := ask(c.from, c.host, c.names...); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestProtectGuardsWhatStandsBeside(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users = users(t) })
	metrics := r.desk.Protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "metrics") }))
	ask := func(user, password, host string) *httptest.ResponseRecorder {
		q := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
		q.RemoteAddr, q.Host = "127.0.0.1:5", host
		if user != "" {
			q.SetBasicAuth(user, password)
		}
		w := httptest.NewRecorder()
		metrics.ServeHTTP(w, q)
		return w
	}
	if a := ask("", "", "localhost"); a.Code != 401 || a.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("without a name: %d", a.Code)
	}
	if a := ask("ann", "wrong", "localhost"); a.Code != 401 {
		t.Errorf("with a wrong password: %d", a.Code)
	}
	if a := ask("ann", "correct horse", "localhost"); a.Code != 200 || a.Body.String() != "metrics" {
		t.Errorf("with the right one: %d", a.Code)
	}
	open := newHarness(t, nil)
	q := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
	q.Host = "evil.example"
	w := httptest.NewRecorder()
	open.desk.Protect(http.NotFoundHandler()).ServeHTTP(w, q)
	if w.Code != 421 {
		t.Errorf("under another name: %d", w.Code)
	}
}

func TestHeadersKeepAPageToItself(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	for _, path := range []string{"/", "/invoices", "/nothing", "/login"} {
		h := p.get(path).Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
	home := p.get("/")
	for _, bad := range []string{"<style", " style=", "onclick", "javascript:", "http://", "https://"} {
		if strings.Contains(home.text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestLimitsOfUploads(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.MaxUpload, c.MaxWaiting, c.MaxRows = 1<<20, 2, 50 })
	p := r.person()
	p.upload("large.csv", bytes.Repeat([]byte("x,y\n"), 600_000)).status(t, 413)
	p.upload("long.csv", list("A", 60)).status(t, 422)
	if files, err := os.ReadDir(r.config.Dir); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v %v", files, err)
	}
	p.upload("a.csv", list("A", 1)).status(t, 200)
	p.upload("b.csv", list("B", 1)).status(t, 200)
	p.upload("c.csv", list("C", 1)).status(t, 429)
}

func TestPathsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{
		"/static/../desk.go", "/static/%2e%2e%2fdesk.go", "/batches/..%2f..%2fetc", "/batches/..", "/batches/%00", "/invoices/..%2f..%2fetc%2fpasswd",
		"/invoices/=2E=2E=2Fetc=2Fpasswd/pdf", "/batches/aaaaaaaaaaaaaaaa", "/static/",
	} {
		if a := p.get(path); a.StatusCode != 404 && a.StatusCode != 301 && a.StatusCode != 307 && a.StatusCode != 400 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}

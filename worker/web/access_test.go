package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/web"
)

// users is a file of one user "ann" with the password "correct horse".
func users(t testing.TB) *web.Users {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte("correct horse"), bcrypt.MinCost)
	must(t, err)
	path := filepath.Join(t.TempDir(), "users")
	must(t, os.WriteFile(path, fmt.Appendf(nil, "# people\n\nann:%s\n", hash), 0o600))
	u, err := web.ReadUsers(path)
	must(t, err)
	return u
}

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

func TestUsersFileThatIsWrongIsToldByLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	must(t, os.WriteFile(path, []byte("ann\nbob:secret\n:x\n"), 0o600))
	_, err := web.ReadUsers(path)
	if err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), `user "bob" has no bcrypt hash`) ||
		!strings.Contains(err.Error(), "line 3") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	must(t, os.WriteFile(path, []byte("# nobody\n"), 0o600))
	if _, err := web.ReadUsers(path); err == nil {
		t.Error("a file without users was read")
	}
	must(t, os.Chmod(path, 0o666))
	if _, err := web.ReadUsers(path); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a file that everybody may write: %v", err)
	}
}

// private lists a path of every kind that shows or changes something.
var private = []string{
	"GET /", "GET /invoices", "GET /invoices/A-1", "GET /invoices/A-1/pdf", "GET /invoices/A-1/renew", "POST /invoices/A-1/paid",
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

func TestLogInAndOut(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users = users(t) })
	p := r.person()
	p.get("/invoices").has(t, "Log in", `name="to" value="/invoices"`)
	p.post("/login", url.Values{"name": {"ann"}, "password": {"wrong"}}).status(t, 401)
	p.post("/login", url.Values{"name": {"nobody"}, "password": {"correct horse"}}).status(t, 401)
	in := p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}, "to": {"/invoices"}})
	in.status(t, 200)
	in.has(t, "No invoice here yet", "ann", "Log out")
	at, err := url.Parse(r.server.URL)
	must(t, err)
	stolen := p.Jar.Cookies(at)
	p.post("/logout", nil).has(t, "Password")
	p.Jar.SetCookies(at, stolen)
	p.get("/").has(t, "Password")
	if !strings.Contains(r.log.String(), "what=login") || strings.Contains(r.log.String(), "correct horse") {
		t.Errorf("log:\n%s", r.log.String())
	}
	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/login", "x", "/\r\nx"} {
		a := r.person().post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}, "to": {to}})
		if a.Request.URL.Host != at.Host || a.Request.URL.Path != "/" {
			t.Errorf("to=%q leads to %s", to, a.Request.URL)
		}
	}
}

func TestCookieIsFenced(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users, c.Access.TLS = users(t), true })
	p := r.person()
	p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}})
	c := a.Cookies()[0]
	if c.Name != "__Host-invoicelink" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) < 30 || c.MaxAge <= 0 {
		t.Errorf("cookie: %+v", c)
	}
	if a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over TLS")
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	now := &clock{at: time.Now()}
	r := newHarness(t, func(c *web.Config) { c.Access.Users, c.Now = users(t), now.now })
	for _, after := range []time.Duration{3 * time.Hour, 13 * time.Hour} {
		p := r.person()
		p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}}).has(t, "Log out")
		for passed := time.Duration(0); passed < after-2*time.Hour; passed += time.Hour {
			now.advance(time.Hour)
			if after > 12*time.Hour { // busy, so only the whole life counts
				p.get("/")
			}
		}
		now.advance(2 * time.Hour)
		p.get("/").has(t, "Password")
	}
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	now := &clock{at: time.Now()}
	r := newHarness(t, func(c *web.Config) { c.Access.Users, c.Now = users(t), now.now })
	p := r.person()
	wrong := url.Values{"name": {"ann"}, "password": {"wrong"}}
	for range 5 {
		p.post("/login", wrong).status(t, 401)
	}
	slow := p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}})
	slow.status(t, 429)
	if slow.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	now.advance(time.Minute)
	p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}}).status(t, 200)
}

func TestLoginLimits(t *testing.T) {
	t.Parallel()
	now := &clock{at: time.Now()}
	r := newHarness(t, func(c *web.Config) {
		c.Access.Users, c.Now = users(t), now.now
		c.Access.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} // so that the tests have addresses
	})
	from := func(address string) *person {
		p := r.person()
		p.header.Set("X-Forwarded-For", address)
		return p
	}
	right := url.Values{"name": {"ann"}, "password": {"correct horse"}}
	wrong := url.Values{"name": {"ann"}, "password": {"wrong"}}
	for range 30 {
		from("192.0.2.1").post("/login", wrong)
	}
	from("192.0.2.1").post("/login", right).status(t, 429)
	t.Run("a stranger locks nobody out", func(t *testing.T) {
		from("192.0.2.2").post("/login", right).status(t, 200)
	})
	t.Run("a right password does not forgive the address", func(t *testing.T) {
		now.advance(time.Hour)
		spray := from("192.0.2.3")
		statuses := map[int]int{}
		for i := range 40 {
			if i%3 == 2 {
				statuses[from("192.0.2.3").post("/login", right).StatusCode]++
				continue
			}
			statuses[spray.post("/login", url.Values{"name": {fmt.Sprint("user", i)}, "password": {"guess"}}).StatusCode]++
		}
		if statuses[401] > 20 || statuses[429] == 0 {
			t.Errorf("guesses by one address: got %v, want at most 20 that were tried", statuses)
		}
	})
}

func TestUsersAreReadAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	write := func(lines string) {
		must(t, os.WriteFile(path, []byte(lines), 0o600))
		must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Duration(len(lines))*time.Second))) // whatever the clock's grain is
	}
	line := func(name, password string) string {
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		must(t, err)
		return name + ":" + string(hash) + "\n"
	}
	ann := line("ann", "one")
	write(ann + line("bo", "two"))
	u, err := web.ReadUsers(path)
	must(t, err)
	r := newHarness(t, func(c *web.Config) { c.Access.Users = u })
	a, b := r.person(), r.person()
	a.post("/login", url.Values{"name": {"ann"}, "password": {"one"}}).has(t, "Log out")
	b.post("/login", url.Values{"name": {"bo"}, "password": {"two"}}).has(t, "Log out")

	write(ann + line("cleo", "three"))
	must(t, u.Reload())
	b.get("/").has(t, "Password")
	a.get("/").has(t, "Log out")
	r.person().post("/login", url.Values{"name": {"cleo"}, "password": {"three"}}).has(t, "Log out")

	write("not a users file")
	if err := u.Reload(); err == nil {
		t.Error("a broken file is read")
	}
	a.get("/").has(t, "Log out")

	write(line("ann", "another"))
	must(t, u.Reload())
	a.get("/").has(t, "Password") // the password was changed
}

func TestLoginSurvivesRestart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users = users(t) })
	p := r.person()
	p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}}).has(t, "Log out")
	file := filepath.Join(r.config.Dir, "logins.json")
	data, err := os.ReadFile(file)
	must(t, err)
	cookies := p.Jar.Cookies(&url.URL{Scheme: "http", Host: r.server.Listener.Addr().String(), Path: "/"})
	if len(cookies) != 1 || bytes.Contains(data, []byte(cookies[0].Value)) {
		t.Errorf("got %d cookies; the file must not hold the token", len(cookies))
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the file: got %v, %v; want 0600", info.Mode(), err)
	}
	r.close()
	r.open() // at another port: the jar knows no cookie for it
	p.header.Set("Cookie", cookies[0].String())
	p.get("/").has(t, "Log out")
	p.post("/logout", nil)
	r.close()
	r.open()
	p.get("/").has(t, "Password")
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

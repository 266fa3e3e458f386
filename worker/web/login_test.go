package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"invoicelink/worker/testkit"
	"invoicelink/worker/web"
)

// users is a file of one user "ann" with the password "correct horse".
func users(t testing.TB) *web.Users {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte("correct horse"), bcrypt.MinCost)
	testkit.Must(t, err)
	path := filepath.Join(t.TempDir(), "users")
	testkit.Must(t, os.WriteFile(path, fmt.Appendf(nil, "# people\n\nann:%s\n", hash), 0o600))
	u, err := web.ReadUsers(path)
	testkit.Must(t, err)
	return u
}

func TestUsersFileThatIsWrongIsToldByLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	testkit.Must(t, os.WriteFile(path, []byte("ann\nbob:secret\n:x\n"), 0o600))
	_, err := web.ReadUsers(path)
	if err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), `user "bob" has no bcrypt hash`) ||
		!strings.Contains(err.Error(), "line 3") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	testkit.Must(t, os.WriteFile(path, []byte("# nobody\n"), 0o600))
	if _, err := web.ReadUsers(path); err == nil {
		t.Error("a file without users was read")
	}
	testkit.Must(t, os.Chmod(path, 0o666))
	if _, err := web.ReadUsers(path); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a file that everybody may write: %v", err)
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
	testkit.Must(t, err)
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
		testkit.Must(t, os.WriteFile(path, []byte(lines), 0o600))
		testkit.Must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Duration(len(lines))*time.Second))) // whatever the clock's grain is
	}
	line := func(name, password string) string {
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		testkit.Must(t, err)
		return name + ":" + string(hash) + "\n"
	}
	ann := line("ann", "one")
	write(ann + line("bo", "two"))
	u, err := web.ReadUsers(path)
	testkit.Must(t, err)
	r := newHarness(t, func(c *web.Config) { c.Access.Users = u })
	a, b := r.person(), r.person()
	a.post("/login", url.Values{"name": {"ann"}, "password": {"one"}}).has(t, "Log out")
	b.post("/login", url.Values{"name": {"bo"}, "password": {"two"}}).has(t, "Log out")

	write(ann + line("cleo", "three"))
	testkit.Must(t, u.Reload())
	b.get("/").has(t, "Password")
	a.get("/").has(t, "Log out")
	r.person().post("/login", url.Values{"name": {"cleo"}, "password": {"three"}}).has(t, "Log out")

	write("not a users file")
	if err := u.Reload(); err == nil {
		t.Error("a broken file is read")
	}
	a.get("/").has(t, "Log out")

	write(line("ann", "another"))
	testkit.Must(t, u.Reload())
	a.get("/").has(t, "Password") // the password was changed
}

func TestLoginSurvivesRestart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *web.Config) { c.Access.Users = users(t) })
	p := r.person()
	p.post("/login", url.Values{"name": {"ann"}, "password": {"correct horse"}}).has(t, "Log out")
	file := filepath.Join(r.config.Dir, "logins.json")
	data, err := os.ReadFile(file)
	testkit.Must(t, err)
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

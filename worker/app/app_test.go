package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker/app"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// config is a sandbox in a directory of its own.
func config(t *testing.T, dir string) app.Config {
	t.Helper()
	return app.Config{
		Store: app.Store{Dir: dir}, Checkout: app.Checkout{Sandbox: true}, Log: slog.New(slog.DiscardHandler),
		Seller: testkit.Seller(),
	}
}

func open(t *testing.T, c app.Config) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return a
}

func TestOpenRefusesALedgerOfSomebodyElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, config(t, dir)).Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	for _, c := range []struct {
		name   string
		change func(*app.Config)
	}{
		{"another seller", func(c *app.Config) { c.Seller.VATID = "DE136695976" }},
		{"another account", func(c *app.Config) {
			c.Checkout = app.Checkout{URL: "http://127.0.0.1:1", Username: "merchant", Password: "p"}
		}},
		{"another account, without a seller", func(c *app.Config) {
			c.Seller, c.Checkout = nil, app.Checkout{URL: "http://127.0.0.1:1", Username: "merchant", Password: "p"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) { // one after the other: the directory is held
			other := config(t, dir)
			c.change(&other)
			a, err := app.Open(t.Context(), other)
			if a != nil {
				t.Error("Open: got an App besides the error, want nil")
			}
			if _, foreign := errors.AsType[*ledger.OwnerError](err); !foreign {
				t.Errorf("Open: got %v, want an *ledger.OwnerError", err)
			}
		})
	}
	if err := open(t, config(t, dir)).Close(); err != nil { // what was refused has let go of the directory
		t.Errorf("Close: %v", err)
	}
}

func TestJoinDoesNoWork(t *testing.T) {
	t.Parallel()
	c := config(t, t.TempDir())
	holder := open(t, c)
	c.Store.Join = true
	guest := open(t, c)
	if !holder.Works() || guest.Works() {
		t.Errorf("Works: got %t for the holder and %t for the guest, want true and false", holder.Works(), guest.Works())
	}
	ran := false
	if err := guest.RunWhile(t.Context(), func(context.Context) error { ran = true; return nil }); err != nil || !ran {
		t.Errorf("RunWhile: got %v, ran %t; want nil and true", err, ran)
	}
	if err := errors.Join(guest.Close(), holder.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestRunWhileEndsWhenNoCallSucceeds(t *testing.T) {
	t.Parallel()
	c := config(t, t.TempDir())
	c.Checkout = app.Checkout{URL: "http://127.0.0.1:1", Username: "merchant", Password: "p"}
	c.IdleTimeout = 20 * time.Millisecond
	a := open(t, c)
	if a.Unreachable == nil {
		t.Error("Unreachable: got nil, want why the API does not answer")
	}
	err := a.RunWhile(t.Context(), func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if !errors.Is(err, app.ErrIdle) {
		t.Errorf("RunWhile: got %v, want %v", err, app.ErrIdle)
	}
	if err := a.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// served is Serve in a sandbox, ready at the returned URL until stop.
func served(t *testing.T, s app.Server) (base string, stop func()) {
	t.Helper()
	var err error
	if s.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	url := make(chan string, 1)
	s.OnListen = func(u string) { url <- u }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, config(t, t.TempDir()), s) }()
	base = <-url
	awaitReady(t, base, ended)
	return base, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: got %v, want nil after a stop", err)
		}
	}
}

// awaitReady asks until the server is ready, or has ended.
func awaitReady(t *testing.T, base string, ended <-chan error) {
	t.Helper()
	for status, _ := get(t, base+"/readyz"); status != http.StatusOK; status, _ = get(t, base+"/readyz") {
		select {
		case err := <-ended:
			t.Fatalf("Serve: ended with %v before it was ready", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	base, stop := served(t, app.Server{Version: "test"})
	defer stop()
	for _, c := range []struct {
		path   string
		status int
		holds  string
	}{
		{"/healthz", 200, `"ok"`},
		{"/metrics", 200, "invoicelink_build_info"},
		{"/", 200, "invoicelink"},
		{"/pay/unknown", 404, "no link like this"},
		{"/sandbox/links", 404, ""}, // the sandbox's controls are not for everybody
		{app.CallbackPath, 404, ""}, // no secret
	} {
		if status, body := get(t, base+c.path); status != c.status || !strings.Contains(body, c.holds) {
			t.Errorf("GET %s: got %d, want %d and %q in it:\n%.300s", c.path, status, c.status, c.holds, body)
		}
	}
}

// TestEndlessBodiesEnd opens many requests whose bodies never come, before any
// login: all end, and others are served meanwhile.
func TestEndlessBodiesEnd(t *testing.T) {
	t.Parallel()
	base, stop := served(t, app.Server{CallbackSecrets: [][]byte{[]byte("secret")}})
	defer stop()
	var open []net.Conn
	for _, path := range []string{"/login", "/language", app.CallbackPath, "/batches", "/invoices/A/paid"} {
		for range 10 {
			c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
			testkit.Must(t, err)
			defer c.Close()
			head := "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na="
			_, err = c.Write([]byte(head))
			testkit.Must(t, err)
			open = append(open, c)
		}
	}
	if status, _ := get(t, base+"/"); status != http.StatusOK {
		t.Errorf("the desk meanwhile: got %d, want 200", status)
	}
	deadline := time.Now().Add(25 * time.Second)
	for _, c := range open {
		testkit.Must(t, c.SetReadDeadline(deadline))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("a request without its body is still open")
		}
	}
}

// TestOldSignaturesAreNotBelieved sends notifications that were signed before.
func TestOldSignaturesAreNotBelieved(t *testing.T) {
	t.Parallel()
	secret := []byte("secret")
	body := "shop_orderid=UNKNOWN&status=succeeded"
	for _, c := range []struct {
		name      string
		tolerance time.Duration
		age       time.Duration
		want      int
	}{
		{"any age", 0, 365 * 24 * time.Hour, http.StatusOK},
		{"in time", time.Hour, time.Minute, http.StatusOK},
		{"too old", time.Hour, 2 * time.Hour, http.StatusUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base, stop := served(t, app.Server{CallbackSecrets: [][]byte{secret}, CallbackTolerance: c.tolerance})
			defer stop()
			stamp := strconv.FormatInt(time.Now().Add(-c.age).Unix(), 10)
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(body + "." + stamp))
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+app.CallbackPath, strings.NewReader(body))
			testkit.Must(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(checkout.SignatureHeader, "t="+stamp+";s0="+hex.EncodeToString(mac.Sum(nil)))
			res, err := http.DefaultClient.Do(r)
			testkit.Must(t, err)
			defer res.Body.Close()
			if res.StatusCode != c.want {
				t.Errorf("signed %v ago: got %d, want %d", c.age, res.StatusCode, c.want)
			}
		})
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	testkit.Must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	testkit.Must(t, err)
	return res.StatusCode, string(body)
}

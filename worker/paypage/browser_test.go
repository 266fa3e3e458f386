package paypage_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"invoicelink/checkout"
	"invoicelink/checkout/sandbox"
	"invoicelink/worker/ledger"
	"invoicelink/worker/paypage"
	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// onSockets is a shop whose page and gateway are two origins that a browser
// reaches.
func onSockets(t *testing.T, gateways func(gateway string) []string) (s *shop, url, gateway string) {
	t.Helper()
	s = open(t, nil)
	api := httptest.NewUnstartedServer(nil)
	gateway = "http://" + api.Listener.Addr().String()
	server, err := sandbox.Open(sandbox.Config{Now: s.Clock.Now, PublicURL: gateway})
	testkit.Must(t, err)
	t.Cleanup(func() { testkit.Must(t, server.Close()) })
	api.Config.Handler = server
	api.Start()
	t.Cleanup(api.Close)
	s.Sandbox = server
	client, err := checkout.New(checkout.Config{BaseURL: gateway, Username: sandbox.DefaultUsername, Password: sandbox.DefaultPassword, Now: s.Clock.Now})
	testkit.Must(t, err)
	front := httptest.NewUnstartedServer(nil)
	url = "http://" + front.Listener.Addr().String()
	s.config.Base, s.config.Checkout, s.config.Gateways = url, client, gateways(gateway)
	s.recorder.Ask = client.Payments
	page, err := paypage.New(s.config)
	testkit.Must(t, err)
	front.Config.Handler = page
	front.Start()
	t.Cleanup(func() { front.Close(); page.Close() })
	return s, url, gateway
}

// browser opens Chromium with one window, and makes whatever its console says a
// failure unless allowed says otherwise.
func browser(t *testing.T, allowed string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(tool.Path(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	chromedp.ListenTarget(ctx, func(e any) {
		if entry, ok := e.(*cdlog.EventEntryAdded); ok && (allowed == "" || !strings.Contains(entry.Entry.Text, allowed)) {
			t.Errorf("the browser complains: %s", entry.Entry.Text)
		}
	})
	testkit.Must(t, chromedp.Run(ctx))
	return ctx
}

func runIn(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var at, text string
		_ = chromedp.Run(ctx, chromedp.Location(&at), chromedp.Text("body", &text, chromedp.ByQuery))
		t.Fatalf("%v\nat %s:\n%s", err, at, text)
	}
}

// until waits until an expression is true in the page, which may be another
// one by then.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 600 {
			so := false
			if err := chromedp.Evaluate("document.readyState === 'complete' && ("+expression+")", &so).Do(ctx); err == nil && so {
				return chromedp.WaitReady("body", chromedp.ByQuery).Do(ctx)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return fmt.Errorf("never true: %s", expression)
	})
}

func sees(text string) chromedp.Action {
	return until("document.body.innerText.includes(" + strconv.Quote(text) + ")")
}

// The button leads to the gateway in a browser: form-action also counts for the
// redirect, so the policy names the gateway's origin.
func TestButtonInChromium(t *testing.T) {
	t.Parallel()
	s, url, gateway := onSockets(t, func(g string) []string { return []string{g} })
	token := s.issue(sample("A-1", "en"))
	ctx := browser(t, "")
	var at string
	runIn(t, ctx, chromedp.Navigate(url+"/I/"+token), sees("Pay 1,250.00"), chromedp.Click("main button", chromedp.ByQuery),
		sees("1250.00 EUR"), chromedp.Location(&at))
	if !strings.HasPrefix(at, gateway+"/pay/") {
		t.Fatalf("the button leads to %s, want the gateway's page", at)
	}
	runIn(t, ctx, chromedp.Click("//button[text()='Pay']"), sees("Paid. Thank you."), chromedp.Navigate(url+"/I/"+token+"/return"), sees("Waiting for confirmation"))
}

// Where the origin is not named, the way leads over a page with a link; and the
// redirect, had it been tried, would have been stopped.
func TestUnnamedGatewayInChromium(t *testing.T) {
	t.Parallel()
	s, url, gateway := onSockets(t, func(string) []string { return []string{"https://other.example"} })
	token := s.issue(sample("A-1", "en"))
	ctx := browser(t, "Content Security Policy")
	var at string
	runIn(t, ctx, chromedp.Navigate(url+"/I/"+token), sees("Pay 1,250.00"),
		chromedp.Evaluate(`document.querySelector("[name=origins]").value = `+strconv.Quote(gateway), nil),
		chromedp.Click("main button", chromedp.ByQuery), chromedp.Sleep(2*time.Second), chromedp.Location(&at))
	if strings.HasPrefix(at, gateway) {
		t.Error("Chromium followed a redirect that form-action forbids: the policy need not name the gateway any more")
	}
	fresh := s.issue(sample("A-2", "en"))
	runIn(t, ctx, chromedp.Navigate(url+"/I/"+fresh), sees("Pay 1,250.00"),
		chromedp.Evaluate(`document.querySelector("[name=origins]").value = "https://other.example"`, nil),
		chromedp.Click("main button", chromedp.ByQuery), sees("Your payment is ready"), chromedp.Click("a.button", chromedp.ByQuery), sees("1250.00 EUR"))
}

// The pages fit a phone and a desktop, in light and dark, in three languages.
// INVOICELINK_SCREENSHOTS names a directory for pictures of them.
func TestPagesInChromium(t *testing.T) {
	t.Parallel()
	s, url, _ := onSockets(t, func(g string) []string { return []string{g} })
	now := s.Clock.Now()
	long := sample("RECHNUNG-2026-000000000000000042", "en")
	long.Buyer.Name = strings.Repeat("Sample ", 20)
	pages := map[string]string{
		"open": s.issue(long), "partly": s.issue(sample("S-2", ""), paid("tx-70011", "250", now)), "paid": s.issue(sample("S-4", ""), paid("tx-70012", "1250", now)),
		"too-much": s.issue(sample("S-6", ""), paid("tx-70013", "1250", now), paid("tx-70014", "1250", now)), "busy": s.issue(sample("S-8", "")),
		"unknown": ledger.NewToken(),
	}
	do(t, "POST", url+"/I/"+pages["busy"], "")
	ctx := browser(t, "404")
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"phone", 320, 640}, {"desktop", 1280, 900}} {
		for _, scheme := range []string{"light", "dark"} {
			runIn(t, ctx, emulation.SetDeviceMetricsOverride(size.width, size.height, 2, size.width < 700),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			for state, token := range pages {
				for _, lang := range []string{"en", "da", "de"} {
					var wide bool
					var small int
					var picture []byte
					runIn(t, ctx, chromedp.Navigate(url+"/I/"+token+"?lang="+lang), until(`document.documentElement.lang === "`+lang+`"`),
						chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide),
						chromedp.Evaluate(`[...document.querySelectorAll("button, input:not([type=hidden]), nav a")].filter(e => e.getBoundingClientRect().height < 24).length`, &small))
					if wide || small > 0 {
						t.Errorf("%s on a %s in %s scrolls sideways: %t; controls below 24 pixels: %d", state, size.name, lang, wide, small)
					}
					if dir := os.Getenv("INVOICELINK_SCREENSHOTS"); dir != "" {
						runIn(t, ctx, chromedp.FullScreenshot(&picture, 100))
						testkit.Must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("pay-%s-%s-%s-%s.png", state, size.name, scheme, lang)), picture, 0o600))
					}
				}
			}
		}
	}
}

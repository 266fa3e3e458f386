package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// chromium is one browser for all tests of the binary; each test gets a
// window of its own.
var chromium struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.cancel != nil {
		chromium.cancel()
	}
	os.Exit(code)
}

// tab opens a window in a context of its own, without the cookies of others.
func tab(t *testing.T) context.Context {
	t.Helper()
	return tabFor(t, 45*time.Second)
}

// tabFor is tab for a test that takes longer.
func tabFor(t *testing.T, within time.Duration) context.Context {
	t.Helper()
	path := tool.Path(t, "chromium")
	chromium.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.DisableGPU, chromedp.Flag("lang", "en-GB"), chromedp.WindowSize(1280, 900))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		var end context.CancelFunc
		chromium.ctx, end = chromedp.NewContext(allocator)
		chromium.cancel = func() { end(); stop() }
		chromium.err = chromedp.Run(chromium.ctx)
	})
	testkit.Must(t, chromium.err)
	ctx, cancel := window(t)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, within)
	t.Cleanup(stop)
	watchPage(t, ctx)
	do(t, ctx, emulation.SetLocaleOverride().WithLocale("en-GB"))
	return ctx
}

// window opens a window with storage of its own. The browser asks for a window
// by name there: a first tab of a fresh storage is refused otherwise.
func window(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	executor := cdp.WithExecutor(chromium.ctx, chromedp.FromContext(chromium.ctx).Browser)
	storage, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(executor)
	testkit.Must(t, err)
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(storage).WithNewWindow(true).Do(executor)
	testkit.Must(t, err)
	return chromedp.NewContext(context.WithValue(chromium.ctx, storageKey{}, storage), chromedp.WithTargetID(id))
}

// storageKey finds the id of a window's storage.
type storageKey struct{}

// watchPage makes trouble in the page a failure: exceptions in its script, and
// what the content security policy had to stop.
func watchPage(t *testing.T, ctx context.Context) {
	chromedp.ListenTarget(ctx, func(e any) {
		if thrown, ok := e.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page's script failed: %s", thrown.ExceptionDetails.Error())
		}
	})
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var at, text string
		_ = chromedp.Run(ctx, chromedp.Location(&at), chromedp.Text("body", &text, chromedp.ByQuery))
		t.Fatalf("%v\nat %s:\n%s", err, at, cut(text))
	}
}

// sees waits until the page shows a text; the page may change meanwhile.
func sees(text string) chromedp.Action {
	return holds("document.body.innerText.includes(" + strconv.Quote(text) + ")")
}

// holds waits until an expression is true in the page.
func holds(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		end := time.NewTimer(30 * time.Second)
		defer end.Stop()
		for {
			so := false
			if err := chromedp.Evaluate("document.readyState === 'complete' && ("+expression+")", &so).Do(ctx); err == nil && so {
				// The driver may still know the nodes of the page before this
				// one; the next action would not find them.
				if err := chromedp.WaitReady("body", chromedp.ByQuery).Do(ctx); err == nil {
					return nil
				}
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-end.C:
				return fmt.Errorf("never true: %s", expression)
			}
		}
	})
}

// drop lets a file fall on the page, as a person does with the mouse.
func drop(t *testing.T, name string, data []byte) chromedp.Action {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	testkit.Must(t, os.WriteFile(path, data, 0o600))
	return chromedp.ActionFunc(func(ctx context.Context) error {
		// A helper input takes the file, since only the browser itself may
		// read it, and hands it over in a drop event.
		const helper = `(() => { const i = document.createElement("input"); i.type = "file"; i.id = "hand"; document.body.append(i); })()`
		const fall = `(() => { const d = new DataTransfer(), hand = document.getElementById("hand"); d.items.add(hand.files[0]); hand.remove();
			const target = document.querySelector(".drop");
			for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, {dataTransfer: d, bubbles: true, cancelable: true})); })()`
		return chromedp.Tasks{
			chromedp.Evaluate(helper, nil),
			chromedp.SetUploadFiles("#hand", []string{path}, chromedp.ByQuery),
			chromedp.Evaluate(fall, nil),
		}.Do(ctx)
	})
}

// saves returns the file that the actions make the browser save.
func saves(t *testing.T, ctx context.Context, actions ...chromedp.Action) string {
	t.Helper()
	dir, done := t.TempDir(), make(chan string, 8)
	listening, stop := context.WithCancel(ctx)
	defer stop()
	chromedp.ListenTarget(listening, func(e any) {
		if p, ok := e.(*browser.EventDownloadProgress); ok && p.State == browser.DownloadProgressStateCompleted {
			done <- filepath.Join(dir, p.GUID)
		}
	})
	storage, _ := ctx.Value(storageKey{}).(cdp.BrowserContextID)
	do(t, ctx, browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllowAndName).WithDownloadPath(dir).
		WithEventsEnabled(true).WithBrowserContextID(storage))
	do(t, ctx, actions...)
	select {
	case path := <-done:
		return path
	case <-ctx.Done():
		t.Fatal("nothing was saved: ", context.Cause(ctx))
		return ""
	}
}

// look takes a picture of the page.
func look(t *testing.T, name string, width, height int64, dark bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		dir := os.Getenv("INVOICELINK_SCREENSHOTS")
		if dir == "" {
			return nil
		}
		scheme := "light"
		if dark {
			scheme = "dark"
		}
		if err := (chromedp.Tasks{
			emulation.SetDeviceMetricsOverride(width, height, 1, width < 700),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
		}).Do(ctx); err != nil {
			return err
		}
		_, _, _, _, _, size, err := cdpage.GetLayoutMetrics().Do(ctx)
		if err != nil {
			return err
		}
		picture, err := cdpage.CaptureScreenshot().WithCaptureBeyondViewport(true).
			WithClip(&cdpage.Viewport{Width: float64(width), Height: min(max(size.Height, float64(height)), 2400), Scale: 1}).Do(ctx)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	})
}

// location is where the page stands.
func location(t *testing.T, ctx context.Context) string {
	t.Helper()
	var at string
	do(t, ctx, chromedp.Location(&at))
	return at
}

// newFront is an address that stays while the server behind it is restarted.
func newFront(t *testing.T, r *harness) *httptest.Server {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		desk := r.desk
		r.mu.Unlock()
		if desk == nil {
			panic(http.ErrAbortHandler) // as if nobody listened
		}
		desk.ServeHTTP(w, q)
	}))
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return front
}

package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"invoicelink/worker/testkit"

	"invoicelink/worker/testkit/tool"
)

func TestPersonDropsAWorkbook(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	ctx := tab(t)
	do(t, ctx,
		chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		look(t, "home-light", 1280, 800, false), look(t, "home-dark", 1280, 800, true), look(t, "home-phone", 360, 800, false),
		drop(t, "invoices.xlsx", fixture(t, "invoices.xlsx")),
		sees("Preview of "),
		look(t, "checked-light", 1280, 800, false), look(t, "checked-dark", 1280, 800, true), look(t, "checked-phone", 360, 800, false),
	)
	if n := r.Sandbox.Stats().Links; n != 0 {
		t.Fatalf("%d links before the button", n)
	}
	do(t, ctx, chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"), look(t, "watch-light", 1280, 800, false))
	r.Start()
	do(t, ctx, sees("Done"), sees("25 of 25"),
		look(t, "done-light", 1280, 800, false), look(t, "done-dark", 1280, 800, true), look(t, "done-phone", 360, 800, false))

	z, err := zip.OpenReader(saves(t, ctx, chromedp.Click(`a[href$="pdfs.zip"]`, chromedp.ByQuery)))
	testkit.Must(t, err)
	defer z.Close()
	if len(z.File) != 25 {
		t.Errorf("the ZIP holds %d files", len(z.File))
	}

	do(t, ctx,
		chromedp.Navigate(r.server.URL+"/invoices"), sees("2026-"),
		look(t, "invoices-light", 1280, 800, false), look(t, "invoices-dark", 1280, 800, true), look(t, "invoices-phone", 360, 800, false),
		chromedp.Click("table.list tbody tr:nth-child(3) a.strong", chromedp.ByQuery), chromedp.WaitVisible("svg.qr", chromedp.ByQuery),
		look(t, "invoice-light", 1280, 800, false), look(t, "invoice-dark", 1280, 800, true), look(t, "invoice-phone", 360, 800, false),
		chromedp.Click(`a[href$="/renew"]`, chromedp.ByQuery), chromedp.WaitVisible("#reason", chromedp.ByQuery),
		look(t, "confirm-light", 1280, 800, false),
		chromedp.SendKeys("#reason", "opened by a mail scanner", chromedp.ByQuery),
		chromedp.Click("#yes", chromedp.ByQuery), sees("opened by a mail scanner"), sees("The link was renewed"),
		look(t, "renewed-light", 1280, 800, false),
	)
}

func TestPersonDropsAWorkbookWithErrors(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "invoices-with-errors.xlsx", fixture(t, "invoices-with-errors.xlsx")), sees("cannot be issued"), sees("Invoices!"),
		look(t, "errors-light", 1280, 800, false), look(t, "errors-phone", 360, 800, true))
	z, err := zip.OpenReader(saves(t, ctx, chromedp.Click(`a[href$="results"]`, chromedp.ByQuery)))
	testkit.Must(t, err)
	defer z.Close()
	if _, err := z.Open("xl/workbook.xml"); err != nil {
		t.Errorf("the workbook with the errors is none: %v", err)
	}
}

func TestDoubleClickIssuesOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "list.csv", list("A", 5)), sees("Issue 5 new"),
		chromedp.DoubleClick("#issue", chromedp.ByQuery), sees("Done"))
	if n := r.Sandbox.Stats().Links; n != 5 {
		t.Errorf("%d links for 5 invoices", n)
	}
}

func TestTwoTabsIssueOnceAndBothWatch(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	one, other := tab(t), tab(t)
	var at string
	do(t, one, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "list.csv", list("A", 5)), sees("Issue 5 new"), chromedp.Location(&at))
	do(t, other, chromedp.Navigate(at), sees("Issue 5 new"))
	do(t, one, chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"))
	do(t, other, chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"))
	r.Start()
	do(t, one, sees("Done"))
	do(t, other, sees("Done"), sees("5 of 5"))
	if n := r.Sandbox.Stats().Links; n != 5 {
		t.Errorf("%d links for 5 invoices", n)
	}
}

func TestBackButtonShowsWhatIsNow(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "list.csv", list("A", 3)), sees("Issue 3 new"),
		chromedp.Click("#issue", chromedp.ByQuery), holds(`!!document.querySelector(".takehome .main")`),
		chromedp.Evaluate("history.back()", nil), holds(`!document.querySelector("#issue")`), sees("3"),
		chromedp.Navigate(r.server.URL+"/"), sees("Recent uploads"), sees("list.csv"))
	if n := r.Sandbox.Stats().Links; n != 3 {
		t.Errorf("%d links for 3 invoices", n)
	}
}

func TestPageSurvivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	front := newFront(t, r)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(front.URL+"/"), sees("Drop a workbook here"),
		drop(t, "list.csv", list("A", 6)), sees("Issue 6 new"), chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"), sees("0 of 6"))
	r.close()
	r.open()
	r.Start()
	do(t, ctx, sees("Done"), sees("6 of 6"))
	if n := r.Sandbox.Stats().Links; n != 6 {
		t.Errorf("%d links for 6 invoices", n)
	}
}

func TestWorkWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	at := r.person().upload("list.csv", list("A", 2)).Request.URL.String()
	ctx := tab(t)
	focused := func(want string) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			for range 30 {
				if err := chromedp.KeyEvent("\t").Do(ctx); err != nil {
					return err
				}
				var so bool
				// While the page loads itself anew at the end, nothing has the focus.
				if err := chromedp.Evaluate(`document.activeElement !== null && document.activeElement.matches(`+strconv.Quote(want)+`) && getComputedStyle(document.activeElement).outlineStyle !== "none"`, &so).Do(ctx); err != nil || so {
					return err
				}
			}
			return errors.New("tabbing never shows the focus on " + want)
		})
	}
	do(t, ctx, chromedp.Navigate(at), sees("Issue 2 new"), focused(".skip"), focused("#issue"), chromedp.KeyEvent("\r"), sees("Done"),
		focused("[data-copy]"))
}

func TestEveryPageFitsAPhoneAndIsNamed(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	large := bytes.Replace(list("A", 3), []byte("Consulting,2,100,"), []byte("Consulting,2,9876543.21,"), 1)
	checked := p.issues("list.csv", large)
	p.post("/invoices/A-0002/paid", url.Values{"amount": {"10"}, "currency": {"EUR"}})
	asked, again := p.upload("odd.csv", odd("B")), p.upload("again.csv", large)
	bad := p.upload("invoices-with-errors.xlsx", fixture(t, "invoices-with-errors.xlsx"))
	ctx := tabFor(t, 4*time.Minute)
	for _, path := range []string{"/", "/invoices", "/invoices?from=2026-01-01", "/invoices/A-0001", "/invoices/A-0001/renew", "/reviews", "/profiles", "/nothing", "/invoices/A-0002", "/invoices/A-0001/paid",
		checked.Request.URL.Path, bad.Request.URL.Path, asked.Request.URL.Path, again.Request.URL.Path} {
		var wide int
		var outside []string
		var unnamed, broken []string
		do(t, ctx, chromedp.EmulateViewport(360, 800, chromedp.EmulateMobile), chromedp.Navigate(r.server.URL+path),
			chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide), // innerWidth grows with what is too wide
			chromedp.Evaluate(`[...document.querySelectorAll("main *, header *")].filter(e => e.getBoundingClientRect().right > 360).slice(0, 6).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right))`, &outside),
			chromedp.Evaluate(`[...document.querySelectorAll(".sum, .big, .number, .totals dd, .list td.num, .figures strong")]
				.filter(e => { const r = document.createRange(); r.selectNodeContents(e); return new Set([...r.getClientRects()].map(b => Math.round(b.top / 4))).size > 1 })
				.map(e => e.textContent)`, &broken),
			chromedp.Evaluate(`[...document.querySelectorAll("a, button, input:not([type=hidden]), select, svg[role=img], progress, [role=region], nav, table, textarea")]
				.filter(e => !(e.tagName !== "TABLE" && e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || (e.labels && e.labels.length) || e.caption)).map(e => e.outerHTML)`, &unnamed))
		if wide > 360 {
			t.Errorf("%s is %d px wide on a phone of 360: %q", path, wide, outside)
		}
		if len(broken) > 0 {
			t.Errorf("%s: numbers break: %q", path, broken)
		}
		if len(unnamed) > 0 {
			t.Errorf("%s: a screen reader finds no name for %q", path, unnamed)
		}
	}
}

func TestPageWorksWithoutScripts(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	ctx := tab(t)
	path := filepath.Join(t.TempDir(), "list.csv")
	testkit.Must(t, os.WriteFile(path, list("A", 3), 0o600))
	do(t, ctx, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(r.server.URL+"/"),
		chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery), chromedp.Click("[data-plain]", chromedp.ByQuery),
		chromedp.WaitVisible("#issue", chromedp.ByQuery), chromedp.Click("#issue", chromedp.ByQuery),
		chromedp.WaitVisible(".takehome .main", chromedp.ByQuery)) // the page loads itself again until it is done
}

func TestLongList(t *testing.T) {
	tool.Long(t)
	t.Parallel()
	r := newHarness(t, nil)
	ctx := tabFor(t, 9*time.Minute)
	began := time.Now()
	do(t, ctx, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "long.csv", list("L", 5000)), sees("Issue 5,000 new"))
	t.Logf("checked after %s", time.Since(began))
	began = time.Now()
	do(t, ctx, chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"))
	r.Start()
	p := r.person()
	p.Timeout = 0
	p.done(strings.TrimPrefix(location(t, ctx), r.server.URL))
	do(t, ctx, sees("Done"), sees("5,000 of 5,000"))
	t.Logf("issued after %s", time.Since(began))
	began = time.Now()
	z, err := zip.OpenReader(saves(t, ctx, chromedp.Click(`a[href$="pdfs.zip"]`, chromedp.ByQuery)))
	testkit.Must(t, err)
	defer z.Close()
	if len(z.File) != 5000 {
		t.Errorf("the ZIP holds %d files", len(z.File))
	}
	t.Logf("ZIP after %s", time.Since(began))
	do(t, ctx, chromedp.Navigate(r.server.URL+"/invoices?q=L-4999"), sees("L-4999"), chromedp.Click("table.list a.strong", chromedp.ByQuery),
		chromedp.WaitVisible("svg.qr", chromedp.ByQuery))
}

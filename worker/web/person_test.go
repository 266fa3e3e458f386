package web_test

import (
	"archive/zip"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestPersonDropsAWorkbook(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := tab(t)
	do(t, ctx,
		chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		look(t, "home-light", 1280, 800, false), look(t, "home-dark", 1280, 800, true), look(t, "home-phone", 390, 800, false),
		drop(t, "invoices.xlsx", fixture(t, "invoices.xlsx")),
		sees("Preview of the first invoice"),
		look(t, "checked-light", 1280, 800, false), look(t, "checked-dark", 1280, 800, true), look(t, "checked-phone", 390, 800, false),
	)
	if n := r.sandbox.Stats().Links; n != 0 {
		t.Fatalf("%d links before the button", n)
	}
	do(t, ctx, chromedp.Click("#issue", chromedp.ByQuery), sees("Issuing"), look(t, "watch-light", 1280, 800, false))
	r.startWorker()
	do(t, ctx, sees("All done"), sees("25 of 25"),
		look(t, "done-light", 1280, 800, false), look(t, "done-dark", 1280, 800, true), look(t, "done-phone", 390, 800, false))

	z, err := zip.OpenReader(saves(t, ctx, chromedp.Click(`a[href$="pdfs.zip"]`, chromedp.ByQuery)))
	must(t, err)
	defer z.Close()
	if len(z.File) != 25 {
		t.Errorf("the ZIP holds %d files", len(z.File))
	}

	do(t, ctx,
		chromedp.Navigate(r.server.URL+"/invoices"), sees("2026-"),
		look(t, "invoices-light", 1280, 800, false), look(t, "invoices-dark", 1280, 800, true), look(t, "invoices-phone", 390, 800, false),
		chromedp.Click("table.list tbody tr:nth-child(3) a.strong", chromedp.ByQuery), chromedp.WaitVisible("svg.qr", chromedp.ByQuery),
		look(t, "invoice-light", 1280, 800, false), look(t, "invoice-dark", 1280, 800, true), look(t, "invoice-phone", 390, 800, false),
		chromedp.Click(`a[href$="/renew"]`, chromedp.ByQuery), chromedp.WaitVisible("#reason", chromedp.ByQuery),
		look(t, "confirm-light", 1280, 800, false),
		chromedp.SendKeys("#reason", "opened by a mail scanner", chromedp.ByQuery),
		chromedp.Click("#yes", chromedp.ByQuery), sees("opened by a mail scanner"), sees("The link was renewed"),
		look(t, "renewed-light", 1280, 800, false),
	)
}

func TestPersonDropsAWorkbookWithErrors(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	ctx := tab(t)
	do(t, ctx, chromedp.Navigate(r.server.URL+"/"), sees("Drop a workbook here"),
		drop(t, "invoices-with-errors.xlsx", fixture(t, "invoices-with-errors.xlsx")), sees("cannot be issued"), sees("Invoices!"),
		look(t, "errors-light", 1280, 800, false), look(t, "errors-phone", 390, 800, true))
}

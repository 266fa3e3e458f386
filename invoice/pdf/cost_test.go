package pdf_test

import (
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/invoice/pdf"

	"invoicelink/worker/testkit/tool"
)

// complete is a page of so many lines with its own e-invoice.
func complete(tb testing.TB, lines int) pdf.Page {
	tb.Helper()
	inv := plainInvoice()
	for len(inv.Lines) < lines {
		inv.Lines = append(inv.Lines, inv.Lines[len(inv.Lines)%7])
	}
	page := pdf.Page{Invoice: inv, Seller: seller(), Payment: payment(tb, sampleLink)}
	var err error
	if page.XML, err = pdf.EInvoice(page); err != nil {
		tb.Fatal(err)
	}
	return page
}

// Sizes: a page with tags and its e-invoice, and the longest document.
func TestFilesAreSmall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines int
		most  int
	}{{"one page", 12, 60 << 10}, {"1,000 lines", invoice.MaxLines, 400 << 10}} {
		size := len(render(t, complete(t, tt.lines)))
		if size > tt.most {
			t.Errorf("%s: file has %d bytes, want at most %d", tt.name, size, tt.most)
		}
		t.Logf("%s: %d bytes", tt.name, size)
	}
}

// A document with tags, metadata and e-invoice costs at most 2.5 times the page
// alone (measured: 1.6, and 2.0 with 1,000 lines). The fastest of many runs counts on both sides, taken in turn, so
// that the load of the machine does not.
func TestCostOfTagsAndEInvoice(t *testing.T) {
	tool.Long(t)
	const most = 2.5
	for _, c := range []struct {
		name  string
		lines int
		runs  int
	}{{"one page", 12, 400}, {"1,000 lines", invoice.MaxLines, 12}} {
		page := complete(t, c.lines)
		page.XML = nil
		plain, whole := time.Hour, time.Hour
		for range c.runs {
			start := time.Now()
			if _, err := pdf.RenderPlain(page); err != nil {
				t.Fatal(err)
			}
			plain, start = min(plain, time.Since(start)), time.Now()
			full := page
			var err error
			if full.XML, err = pdf.EInvoice(full); err != nil {
				t.Fatal(err)
			}
			render(t, full)
			whole = min(whole, time.Since(start))
		}
		ratio := float64(whole) / float64(plain)
		t.Logf("%s: %v plain, %v with tags and e-invoice: %.2f times", c.name, plain, whole, ratio)
		if ratio > most {
			t.Errorf("%s: %.2f times the page without tags and e-invoice, want at most %.1f", c.name, ratio, most)
		}
	}
}

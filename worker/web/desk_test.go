package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"net/url"
	"strings"
	"testing"

	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

func TestWorkbookGoesTheWholeWay(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	p.get("/").has(t, "Drop a workbook here", "Sample Seller ApS", "nothing issued here can be paid")

	checked := p.upload("invoices.xlsx", fixture(t, "invoices.xlsx"))
	checked.status(t, 200)
	checked.has(t, "Issue 25 new", "Preview of ", "How each column was read", "Customers")
	if n := r.Sandbox.Stats().Links; n != 0 {
		t.Fatalf("%d links before the button", n)
	}
	preview := p.get(checked.Request.URL.Path + "/preview.pdf")
	if !strings.HasPrefix(preview.text, "%PDF-") || preview.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("preview is %s: %.20q", preview.Header.Get("Content-Type"), preview.text)
	}

	watch := p.issue(checked)
	path := watch.Request.URL.Path
	p.done(path)
	done := p.get(path)
	done.has(t, "Done", "25 of 25", "Copy link")
	p.get("/").has(t, ">Issued</span>")

	archive := p.get(path + "/pdfs.zip")
	z, err := zip.NewReader(bytes.NewReader([]byte(archive.text)), int64(len(archive.text)))
	testkit.Must(t, err)
	if len(z.File) != 25 {
		t.Errorf("ZIP holds %d files", len(z.File))
	}
	for _, f := range z.File {
		in, err := f.Open()
		testkit.Must(t, err)
		head := make([]byte, 5)
		_, err = io.ReadFull(in, head)
		testkit.Must(t, err)
		if string(head) != "%PDF-" || !strings.HasSuffix(f.Name, ".pdf") || strings.ContainsAny(f.Name, `/\`) {
			t.Errorf("ZIP holds %q, which begins with %q", f.Name, head)
		}
	}

	results := p.get(path + "/results")
	if d := results.Header.Get("Content-Disposition"); !strings.Contains(d, "invoices-results.xlsx") || !strings.HasPrefix(results.text, "PK") {
		t.Errorf("results: %s", d)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.get(path+"/links.csv").text, "\ufeff"))).ReadAll()
	testkit.Must(t, err)
	if len(rows) != 25 { // 24 invoices and the heading; the credit note has no link
		t.Errorf("%d rows of links", len(rows))
	}
	for _, row := range rows[1:] {
		if !strings.HasPrefix(row[12], "http") {
			t.Errorf("link %q", row[12])
		}
	}
	if !strings.Contains(r.log.String(), "what=issue") || !strings.Contains(r.log.String(), "who=local") {
		t.Errorf("no audit line:\n%s", r.log.String())
	}
}

func TestErrorsAreShownByCell(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("invoices-with-errors.xlsx", fixture(t, "invoices-with-errors.xlsx"))
	checked.status(t, 200)
	checked.has(t, "cannot be issued", "Invoices!", "Workbook with the errors", "is not a number")
	results := p.get(checked.Request.URL.Path + "/results")
	results.status(t, 200)
	if !strings.HasPrefix(results.text, "PK") {
		t.Error("the workbook with the errors is none")
	}
	gone := p.post(checked.Request.URL.Path+"/discard", nil)
	gone.has(t, "Drop a workbook here")
	p.get(checked.Request.URL.Path).status(t, 404)
}

func TestFilesThatAreNoWorkbook(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	for name, want := range map[string]struct {
		data   string
		status int
		text   string
	}{
		"page.xlsx":       {"<!DOCTYPE html><title>Error</title>", 422, "is an HTML page"},
		"old.xls":         {"whatever", 422, "old workbook"},
		"virus.exe":       {"MZ", 422, "cannot be read. Send an Excel"},
		"empty.csv":       {"", 422, "empty file"},
		"../../etc/x.csv": {"a,b\n1,2\n", 422, "no header row"},
		"<script>x.csv":   {"a,b\n1,2\n", 422, "&lt;script&gt;x.csv"},
		"\u202Egnp.csv":   {"a,b\n1,2\n", 422, ">gnp.csv"},
		"cut.xlsx":        {"PK\x03\x04 and no more", 422, "cut.xlsx"},
	} {
		a := p.upload(name, []byte(want.data))
		a.status(t, want.status)
		a.has(t, `role="alert"`, want.text)
	}
	p.get("/").has(t, "Drop a workbook here")
	if a := p.post("/batches", url.Values{"file": {"x"}}); a.StatusCode != 400 {
		t.Errorf("no file: %d", a.StatusCode)
	}
}

func TestPressingTwiceIssuesOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("list.csv", list("A", 30))
	done := make(chan page, 8)
	for range cap(done) {
		go func() { done <- r.person().issue(checked) }()
	}
	for range cap(done) {
		(<-done).status(t, 200)
	}
	r.Start()
	p.done(checked.Request.URL.Path)
	if n := r.Sandbox.Stats().Links; n != 30 {
		t.Errorf("%d links for 30 invoices", n)
	}
	if n := strings.Count(r.log.String(), "what=issue"); n != 1 {
		t.Errorf("%d audit lines of issuing", n)
	}
	gone := p.post(checked.Request.URL.Path+"/discard", nil)
	gone.status(t, 409)
}

func TestPlanThatChangedIsShownAgain(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	checked := p.upload("list.csv", list("A", 2))
	a := p.post(checked.Request.URL.Path+"/issue", url.Values{"plan": {"0123"}})
	a.status(t, 409)
	a.has(t, "has changed since you checked", "Issue 2 new")
}

func TestRestartInTheMiddle(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	p := r.person()
	waits := p.upload("waits.csv", list("W", 3))
	checked := p.upload("list.csv", list("A", 40))
	p.issue(checked)
	r.close()
	r.open()
	p.get(checked.Request.URL.Path).has(t, "Issuing", "of 40")
	p.get(waits.Request.URL.Path).has(t, "Issue 3 new")
	r.Start()
	p.done(checked.Request.URL.Path)
	r.close()
	r.open()
	p.get(checked.Request.URL.Path).has(t, "Done", "40 of 40")
	if n := r.Sandbox.Stats().Links; n != 40 {
		t.Errorf("%d links for 40 invoices", n)
	}
}

func TestInvoicePageAndActions(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Config.UBL = true
	r.Start()
	p := r.person()
	p.issues("list.csv", list("A", 3))
	one := p.get("/invoices/A-0001")
	one.status(t, 200)
	one.has(t, `<svg class="qr"`, "Copy the link", "Links and PDFs", "Renew the link", "Example Customer 0", "list.csv")
	first := p.get("/invoices/A-0001/pdf")
	if !strings.HasPrefix(first.text, "%PDF") || !strings.HasPrefix(first.Header.Get("Content-Disposition"), "inline") {
		t.Errorf("PDF: %v", first.Header)
	}

	for path, want := range map[string]string{"/invoices/A-0001/factur-x": "CrossIndustryInvoice", "/invoices/A-0001/ubl": "ubl:schema:xsd:Invoice-2"} {
		one.has(t, `href="`+path+`"`)
		xml := p.get(path)
		xml.status(t, 200)
		if !strings.Contains(xml.text, want) || xml.Header.Get("Content-Type") != "application/xml" || !strings.HasPrefix(xml.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v %.80q", path, xml.Header, xml.text)
		}
	}

	p.get("/invoices/A-0001/renew").has(t, "two links that can be paid", "required")
	p.post("/invoices/A-0001/renew", nil).status(t, 422)
	p.post("/invoices/A-0001/renew", url.Values{"reason": {"opened by a mail scanner"}}).status(t, 200)
	eventually(t, "renewal", func() bool {
		e, err := r.Ledger.Read(t.Context(), "A-0001")
		return err == nil && e.Printed == 2
	})
	again := p.get("/invoices/A-0001")
	again.has(t, "opened by a mail scanner", "/invoices/A-0001/pdf/1", "/invoices/A-0001/pdf/2")
	if old := p.get("/invoices/A-0001/pdf/1?save"); old.text != first.text {
		t.Error("the PDF of revision 1 is another one")
	}

	p.post("/invoices/A-0002/paid", nil).has(t, "The payment is recorded")
	p.post("/invoices/A-0003/cancel", nil).status(t, 422)
	p.post("/invoices/A-0003/cancel", url.Values{"reason": {"sent twice"}}).has(t, "is cancelled", "can still be paid until", "sent twice")
	for number, want := range map[string]ledger.State{"A-0002": ledger.Paid, "A-0003": ledger.Cancelled} {
		e, err := r.Ledger.Read(t.Context(), number)
		testkit.Must(t, err)
		if e.State != want {
			t.Errorf("%s is %s", number, e.State)
		}
	}
	p.get("/invoices/A-0002").has(t, `href="/invoices/A-0002/receipt"`, ">Receipt</a>")
	receipt := p.get("/invoices/A-0002/receipt")
	receipt.status(t, 200)
	if head := receipt.Header.Get("Content-Disposition"); !strings.HasPrefix(receipt.text, "%PDF") || !strings.Contains(head, `attachment; filename="A-0002-receipt.pdf"`) {
		t.Errorf("receipt: %v", receipt.Header)
	}
	if strings.Contains(receipt.text, "factur-x.xml") || !strings.Contains(receipt.text, "Payment receipt for invoice A-0002") {
		t.Error("the receipt has the e-invoice or not its own title")
	}
	if again := p.get("/invoices/A-0002/receipt"); again.text != receipt.text {
		t.Error("the receipt differs the second time")
	}
	if unpaid := p.get("/invoices/A-0001"); strings.Contains(unpaid.text, "/receipt") {
		t.Error("an unpaid invoice offers a receipt")
	}
	p.get("/invoices/A-0001/receipt").status(t, 409)
	p.get("/invoices/A-0003/receipt").status(t, 409)
	p.get("/invoices/A-0002/renew").has(t, "A-0002") // settled: back to its page
	eventually(t, "list", func() bool { return strings.Contains(p.get("/invoices?state=paid").text, "A-0002") })
	p.get("/invoices?q=a-0003").has(t, "A-0003", ">Cancelled</span>")
	for _, path := range []string{"/invoices/A-0001/pdf/9", "/invoices/A-0001/pdf/x", "/invoices/none", "/invoices/..=2Fx", "/invoices/A-0001/explode", "/batches/AAAAAAAAAAAAAAAA", "/nothing"} {
		p.get(path).status(t, 404)
	}
}

func TestPaymentsAreTypedAndReviewed(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	stop := r.Start()
	p := r.person()
	p.issues("list.csv", list("A", 2))
	stop()
	record := func() *ledger.Entry {
		t.Helper()
		e, err := r.Ledger.Read(t.Context(), "A-0001")
		testkit.Must(t, err)
		return e
	}
	payable := record().Payable
	p.get("/invoices/A-0001/paid").has(t, "stays payable until")

	for _, c := range []struct{ name, amount, currency, date, hint string }{
		{"decimal comma", "1.234,56", "", "", "1234.56"},
		{"no currency code", "10", "euros", "", "ISO 4217"},
		{"a day to come", "10", "EUR", "2999-01-01", "future"},
		{"no number", "abc", "EUR", "", "as in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := p.post("/invoices/A-0001/paid", url.Values{"amount": {c.amount}, "currency": {c.currency}, "date": {c.date}})
			at.status(t, 400)
			at.has(t, c.hint, `value="`+c.amount+`"`)
		})
	}
	if got := len(record().Payments); got != 0 {
		t.Fatalf("payments after refusals: got %d, want 0", got)
	}

	p.post("/invoices/A-0001/paid", url.Values{"amount": {"1"}, "currency": {"eur"}, "reference": {"bank 17"}}).status(t, 200)
	e := record()
	if len(e.Payments) != 1 || e.Payments[0].Money.String() != "1.00 EUR" || e.PaymentStatus() != ledger.PartlyPaid {
		t.Fatalf("after one euro: got %+v, %s", e.Payments, e.PaymentStatus())
	}
	p.get("/invoices/A-0001").has(t, "bank 17", "Finance desk", "1.00", "Another amount than due")
	eventually(t, "review on the home page", func() bool {
		return strings.Contains(p.get("/").text, `<span class="soft">Needs review</span> <strong>1</strong>`)
	})
	reviews := p.get("/reviews")
	reviews.has(t, "A-0001", "partly paid")
	id := e.OpenReviews()[0].ID
	p.post("/reviews/"+id, url.Values{"note": {""}}).status(t, 422)
	p.post("/reviews/"+id, url.Values{"note": {"the rest comes in December"}}).has(t, "Nothing to review", "Resolved")
	if v := record().Reviews[0]; v.Open() || v.Note != "the rest comes in December" {
		t.Errorf("review: got %+v, want it resolved with the note", v)
	}
	p.post("/reviews/A-0001.99", url.Values{"note": {"x"}}).status(t, 409)

	p.post("/invoices/A-0001/paid", url.Values{"amount": {payable.Fixed()}, "reference": {"bank 18"}}).status(t, 200)
	if got := record().PaymentStatus(); got != ledger.Overpaid {
		t.Errorf("payment status: got %s, want %s", got, ledger.Overpaid)
	}
}

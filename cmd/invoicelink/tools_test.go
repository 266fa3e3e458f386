package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"invoicelink/checkout/sandbox"
	"invoicelink/worker/testkit/tool"
)

// TestPagesPassOtherPrograms runs the sample workbook and lets other
// people's programs read the pages: the code on the paper, the link that can
// be clicked, the results workbook, the list and the API must agree.
func TestPagesPassOtherPrograms(t *testing.T) {
	t.Parallel()
	qpdf, pdftoppm, zbarimg, pdftotext := tool.Path(t, "qpdf"), tool.Path(t, "pdftoppm"), tool.Path(t, "zbarimg"), tool.Path(t, "pdftotext")
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	api, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(api)
	t.Cleanup(func() {
		if err := api.Close(); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	dir := t.TempDir()
	env := []string{"INVOICELINK_CHECKOUT_PASSWORD=" + sandbox.DefaultPassword}
	if out, err := child(t, dir, env, "run", "--checkout-url", web.URL, "--checkout-username", sandbox.DefaultUsername,
		"--seller", filepath.Join(fixtures, "seller.yaml"), "--data", "data", filepath.Join(fixtures, "invoices.xlsx")).CombinedOutput(); err != nil {
		t.Fatalf("run: %v\n%s", err, out)
	}
	out, err := child(t, dir, env, "list", "--json", "--data", "data").Output()
	if err != nil {
		t.Fatal(err)
	}
	issued := map[string]sandbox.Link{}
	for _, l := range api.Links() {
		issued[l.URL] = l
	}
	amounts := map[string]string{}
	for _, s := range api.Sessions() {
		amounts[s.ID] = s.Amount.String() + " " + s.Currency
	}
	results := resultsByNumber(t, filepath.Join(dir, "out", "invoices-results.xlsx"))

	var wg sync.WaitGroup
	limit := make(chan struct{}, 4)
	payable, credits := 0, 0
	for line := range strings.Lines(string(out)) {
		var r struct { // event.Status, whose moments the list writes as "" where there are none
			Number, PaymentLink, LinkID, SessionID, Payable, Currency, PDF string
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.PaymentLink == "" {
			credits++
		} else {
			payable++
			if l, ok := issued[r.PaymentLink]; !ok || l.ID != r.LinkID || amounts[r.SessionID] != r.Payable+" "+r.Currency {
				t.Errorf("%s: link %+v over %s, the list says %s %s", r.Number, l, amounts[r.SessionID], r.Payable, r.Currency)
			}
		}
		if results[r.Number] != r.PaymentLink {
			t.Errorf("%s: the results workbook says %q, the list %q", r.Number, results[r.Number], r.PaymentLink)
		}
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			pdf := filepath.Join(dir, "out", r.PDF)
			if out, err := exec.Command(qpdf, "--check", pdf).CombinedOutput(); err != nil {
				t.Errorf("qpdf --check %s: %v\n%s", r.PDF, err, out)
			}
			text, err := exec.Command(pdftotext, pdf, "-").Output()
			if err != nil || !strings.Contains(string(text), r.Number) {
				t.Errorf("%s: the page does not show its number (%v)", r.Number, err)
			}
			codes := readCodes(t, pdftoppm, zbarimg, pdf)
			links := readLinks(t, qpdf, pdf)
			if r.PaymentLink == "" {
				if codes != "" || len(links) > 0 {
					t.Errorf("%s: a page without a link shows %q and %v", r.Number, codes, links)
				}
				return
			}
			if codes != r.PaymentLink || len(links) == 0 {
				t.Errorf("%s: the code reads %q, the link is %q, %d can be clicked", r.Number, codes, r.PaymentLink, len(links))
			}
			for _, l := range links {
				if l != r.PaymentLink {
					t.Errorf("%s: a click goes to %q", r.Number, l)
				}
			}
		})
	}
	wg.Wait()
	if payable != 24 || credits != 1 {
		t.Errorf("%d payable pages and %d credit notes, want 24 and 1", payable, credits)
	}
}

// readCodes rasterises every page at an ordinary printer's resolution and
// reads the codes on them.
func readCodes(t *testing.T, pdftoppm, zbarimg, pdf string) string {
	prefix := strings.TrimSuffix(pdf, ".pdf") + "-page"
	if out, err := exec.Command(pdftoppm, "-r", "150", "-gray", pdf, prefix).CombinedOutput(); err != nil {
		t.Errorf("pdftoppm %s: %v\n%s", pdf, err, out)
		return ""
	}
	images, err := filepath.Glob(prefix + "*")
	if err != nil || len(images) == 0 {
		t.Errorf("no image of %s: %v", pdf, err)
	}
	var all []string
	for _, image := range images {
		out, err := exec.Command(zbarimg, "-q", "--raw", image).Output()
		if err != nil && len(out) > 0 {
			t.Errorf("zbarimg %s: %v", image, err)
		}
		all = append(all, strings.Fields(string(out))...)
	}
	return strings.Join(all, " ")
}

var uri = regexp.MustCompile(`/URI \(((?:[^()\\]|\\.)*)\)`)

// readLinks returns the targets of the link annotations.
func readLinks(t *testing.T, qpdf, pdf string) (links []string) {
	out, err := exec.Command(qpdf, "--qdf", "--object-streams=disable", pdf, "-").Output()
	if err != nil {
		t.Errorf("qpdf %s: %v", pdf, err)
	}
	for _, m := range uri.FindAllSubmatch(out, -1) {
		links = append(links, string(bytes.ReplaceAll(m[1], []byte(`\`), nil)))
	}
	return links
}

// resultsByNumber reads the payment links out of a results workbook.
func resultsByNumber(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := f.GetRows("Invoices")
	if err != nil {
		t.Fatal(err)
	}
	number, link := -1, -1
	out := map[string]string{}
	for _, r := range rows {
		for i, cell := range r {
			switch cell {
			case "Invoice number":
				number = i
			case "Payment link":
				link = i
			}
		}
		if number >= 0 && number < len(r) && r[number] != "" && r[number] != "Invoice number" {
			if out[r[number]] == "" && link < len(r) {
				out[r[number]] = r[link]
			}
		}
	}
	return out
}

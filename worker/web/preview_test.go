package web_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/worker/testkit"
	"invoicelink/worker/testkit/tool"
)

// creditNote is a list of one credit note.
func creditNote() []byte {
	data := bytes.Replace(list("C", 1), []byte("Invoice number,"), []byte("Invoice number,Document type,Original invoice number,Reason,"), 1)
	return bytes.Replace(data, []byte("C-0001,"), []byte("C-0001,credit note,A-0001,returned,"), 1)
}

func TestCreditNoteIsPreviewedNegative(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	checked := p.upload("credit.csv", creditNote())
	checked.has(t, `<dd class="due">−250.00 EUR</dd>`, `<dt>Total</dt><dd>−250.00 EUR</dd>`, `<dt>Net</dt><dd>−200.00 EUR</dd>`,
		`<td class="num">−250.00 EUR</td>`)
	p.issue(checked)
	p.done(checked.Request.URL.Path)
	p.get("/invoices/C-0001").has(t, `<dd class="big">−250.00 EUR</dd>`, `<dt>Total</dt><dd>−250.00 EUR</dd>`)
}

// TestPreviewIsWhatIsIssued compares the preview of a credit note, which gets no
// payment link, with the file that is issued.
func TestPreviewIsWhatIsIssued(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	p := r.person()
	checked := p.upload("credit.csv", creditNote())
	preview := p.get(checked.Request.URL.Path + "/preview.pdf")
	p.issue(checked)
	p.done(checked.Request.URL.Path)
	if issued := p.get("/invoices/C-0001/pdf"); issued.text != preview.text {
		t.Errorf("preview: got %d bytes that differ from the %d bytes issued", len(preview.text), len(issued.text))
	}
	pdfdetach := tool.Path(t, "pdfdetach")
	file := filepath.Join(t.TempDir(), "preview.pdf")
	testkit.Must(t, os.WriteFile(file, []byte(preview.text), 0o600))
	list, err := exec.CommandContext(t.Context(), pdfdetach, "-list", file).CombinedOutput()
	if err != nil || !strings.Contains(string(list), "factur-x.xml") {
		t.Errorf("files in the preview: got %s, %v; want factur-x.xml", list, err)
	}
}

package worker_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

func fileDigest(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	testkit.Must(t, err)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// With UBL on, a Peppol e-invoice lies next to each PDF, says the same link,
// and is put back if it is missing. Event and record have both digests.
func TestUBLNextToThePage(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { c.UBL = true })
	r.Start()
	inv := testkit.Invoice("U/1")
	r.Publish(event.SubjectRequested, inv)
	got := r.Subject(event.OutSubject(event.TypeIssued, "U/1"), 1)
	path := filepath.Join(r.Out, got.UBL)
	if got.UBL != "U=2F1.xml" || got.UBLSHA256 != fileDigest(t, path) || len(got.EInvoice) != 64 {
		t.Fatalf("event: ubl %q %s, eInvoice %q", got.UBL, got.UBLSHA256, got.EInvoice)
	}
	xml, err := os.ReadFile(path)
	testkit.Must(t, err)
	for _, want := range []string{"<cbc:ID>U/1</cbc:ID>", strings.ReplaceAll(got.PaymentLink, "&", "&amp;"), `<cbc:PayableAmount currencyID="EUR">387.31</cbc:PayableAmount>`} {
		if !strings.Contains(string(xml), want) {
			t.Errorf("UBL has no %s", want)
		}
	}
	if rec := r.Record("U/1"); rec.EInvoice != got.EInvoice || rec.UBL != got.UBLSHA256 {
		t.Errorf("record: %s %s", rec.EInvoice, rec.UBL)
	}
	if !strings.Contains(strings.Join(got.Warnings, "\n"), "PEPPOL-EN16931-R010") {
		t.Errorf("warnings %q do not say that the buyer has no Peppol address", got.Warnings)
	}

	testkit.Must(t, os.Remove(path))
	r.Publish(event.SubjectRequested, inv)
	again := r.Subject(event.OutSubject(event.TypeIssued, "U/1"), 2)
	if !again.Repeated || fileDigest(t, path) != got.UBLSHA256 {
		t.Errorf("repeated %v; the UBL that was put back differs", again.Repeated)
	}
}

// Without it there is none, and a seller may do without the embedded one too.
func TestNoEInvoice(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) {
		s := *testkit.Seller()
		s.EInvoice = invoice.EInvoiceNone
		c.Seller = &s
	})
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("U-2"))
	got := r.Subject(event.OutSubject(event.TypeIssued, "U-2"), 1)
	if got.EInvoice != "" || got.UBL != "" || got.UBLSHA256 != "" {
		t.Errorf("eInvoice %q, ubl %q", got.EInvoice, got.UBL)
	}
	if files, _ := filepath.Glob(filepath.Join(r.Out, "*.xml")); len(files) > 0 {
		t.Errorf("wrote %v", files)
	}
}

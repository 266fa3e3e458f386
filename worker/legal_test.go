package worker_test

import (
	"slices"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// A document that breaks a legal rule is refused by the rule's id, or goes out
// with a warning, as configured.
func TestLegalRules(t *testing.T) {
	t.Parallel()
	unlawful := testkit.Invoice("L-1")
	for i := range unlawful.Lines {
		unlawful.Lines[i].VATRate, unlawful.Lines[i].VATCategory = "0", invoice.VATReverseCharge // and no VAT id
	}
	for _, c := range []struct {
		name  string
		legal invoice.Enforcement
		state string
	}{
		{"enforced", invoice.LegalEnforce, "rejected"},
		{"warned", invoice.LegalWarn, "issued"},
		{"not looked at", "", "issued"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, func(w *worker.Config) { w.Legal = c.legal })
			r.Start()
			r.Publish(event.SubjectRequested, unlawful)
			got := r.Await(func(_ string, s event.Status) bool { return s.Number == "L-1" })
			if got.State != c.state {
				t.Fatalf("state %s, want %s: %+v", got.State, c.state, got)
			}
			refused := slices.ContainsFunc(got.Problems, func(p event.Problem) bool { return p.Code == "BR-AE-02" && p.Path == "$.buyer.vatId" })
			warned := strings.Contains(strings.Join(got.Warnings, " "), "BR-AE-02")
			if refused != (c.legal == invoice.LegalEnforce) || warned != (c.legal == invoice.LegalWarn) {
				t.Errorf("problems %+v, warnings %q", got.Problems, got.Warnings)
			}
		})
	}
}

// A number that makes no reference for the seller's QR-IBAN is refused before
// the API is asked for anything.
func TestQRReferenceIsNeededAtIntake(t *testing.T) {
	t.Parallel()
	seller := testkit.Seller()
	seller.Address = invoice.Address{Street: "Weg 1", Zip: "8001", City: "Zürich", Country: "CH"}
	seller.IBAN, seller.BIC, seller.Transfer.Code = "CH4431999123000889012", "", invoice.TransferSwiss
	r := newHarness(t, func(w *worker.Config) { w.Seller = seller })
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("ABC"))
	got := r.Await(func(_ string, s event.Status) bool { return s.Number == "ABC" })
	if got.State != "rejected" || len(got.Problems) != 1 || got.Problems[0].Code != "qr-reference" || got.Problems[0].Path != "$.number" {
		t.Errorf("state %s, problems %+v; want rejected by qr-reference", got.State, got.Problems)
	}
	if n := len(r.Sandbox.Links()); n != 0 {
		t.Errorf("%d links were made", n)
	}
}

// Allowances and charges of the document are order lines, and all of them add
// up to what is paid.
func TestOrderLinesAddUp(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	inv := testkit.Invoice("A-1")
	inv.Allowances = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Percent: "3", Reason: "Loyalty"}, VATRate: "25"}}
	inv.Charges = []invoice.DocumentAllowance{{Allowance: invoice.Allowance{Amount: "7.77", Reason: "Freight"}, VATRate: "12.5"}}
	inv.Prepaid = "10"
	r.Publish(event.SubjectRequested, inv)
	got := r.Subject(event.OutSubject(event.TypeIssued, "A-1"), 1)
	// 309.85 − 9.30 + 7.77; 25 % of 300.55 is 75.14, 12.5 % of 7.77 is 0.97
	if got.Total != "384.43" || got.Payable != "374.43" {
		t.Errorf("total %s, payable %s; want 384.43 and 374.43 (%s)", got.Total, got.Payable, got.Error)
	}
}

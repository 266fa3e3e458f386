package worker_test

import (
	"testing"

	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// A request of other content under a number that is out says where it differs.
func TestConflictSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	r.Subject("invoices.issued.A-1", 1)
	other := testkit.Invoice("A-1")
	other.Buyer.Address.City = "Hamburg"
	other.Lines = other.Lines[:1]
	r.Publish(event.SubjectRequested, other)
	got := r.Subject("invoices.rejected.A-1", 1)
	if got.Code != "number-taken" || got.State != "rejected" {
		t.Errorf("code %q, state %q", got.Code, got.State)
	}
	want := map[string]string{"$.buyer.address.city": `"Hamburg"`, "$.lines[1]": "missing"}
	for _, p := range got.Problems {
		if want[p.Path] != p.Value || p.Code != "differs" {
			t.Errorf("problem %+v", p)
		}
		delete(want, p.Path)
	}
	if len(want) > 0 {
		t.Errorf("no problem about %v", want)
	}
}

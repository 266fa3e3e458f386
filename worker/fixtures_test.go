package worker_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"invoicelink/invoice"
	"invoicelink/worker"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
)

// members are the names in a JSON object.
func members(t *testing.T, data []byte) []string {
	t.Helper()
	var object map[string]json.RawMessage
	testkit.Must(t, json.Unmarshal(data, &object))
	return slices.Sorted(maps.Keys(object))
}

// The examples of events have the members that the program writes.
func TestExamplesAreWhatIsPublished(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(c *worker.Config) { c.Bucket = "pdfs" })
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("A-1"))
	issued := r.Subject("invoices.issued.A-1", 1)
	r.Publish(event.SubjectPaid, event.Paid{Number: "A-1", Amount: invoice.Decimal(issued.Payable), Currency: issued.Currency, Reference: "bank-1"})
	settled := r.Subject("invoices.settled.A-1", 1)
	r.Publish(event.SubjectRenew, event.Renew{Number: "B-1"})
	rejected := r.Subject("invoices.rejected.B-1", 1)
	for name, s := range map[string]any{"issued": issued, "settled": settled, "rejected": rejected} {
		got, err := json.Marshal(s)
		testkit.Must(t, err)
		example, err := os.ReadFile("../fixtures/events/" + name + ".json")
		testkit.Must(t, err)
		want := members(t, example)
		for _, m := range members(t, got) {
			if !slices.Contains(want, m) {
				t.Errorf("%s.json lacks %s, which the program writes", name, m)
			}
		}
	}
}

package worker_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"invoicelink/worker/event"
	"invoicelink/worker/ledger"
	"invoicelink/worker/testkit"
)

// withBatch publishes a request with the attribute batch, and a token if it is
// not empty.
func (r *harness) withBatch(id, batch, token string, payload any) {
	r.T.Helper()
	data, err := json.Marshal(payload)
	testkit.Must(r.T, err)
	h := nats.Header{"ce-specversion": {"1.0"}, "ce-id": {id}, "ce-source": {"/erp"}, "ce-type": {string(event.TypeRequested)}, "ce-batch": {batch}}
	if token != "" {
		h["ce-"+event.UploadToken] = []string{token}
	}
	_, err = r.Broker.JetStream().PublishMsg(r.T.Context(), &nats.Msg{Subject: event.SubjectRequested, Data: data, Header: h})
	testkit.Must(r.T, err)
}

// The attribute batch is the sender's own and comes back in the answer.
func TestBatchIsTheSendersOwn(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.withBatch("1", "b 1", "", testkit.Invoice("A-1"))
	if got, want := r.Subject("invoices.issued.A-1", 1).Batch, "b 1"; got != want {
		t.Errorf("batch %q, want %q", got, want)
	}
	if r.Record("A-1").PDF == "" {
		t.Error("no page")
	}
	r.withBatch("2", "b 1", "", map[string]any{"number": "A-2"})
	if got, want := r.Subject("invoices.rejected.A-2", 1).Batch, "b 1"; got != want {
		t.Errorf("batch %q of a rejection, want %q", got, want)
	}
}

// The id of an upload is refused to everybody who has not its token, and their
// answers are none to the upload.
func TestBatchOfAnUploadNeedsItsToken(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	other := testkit.Seller()
	other.Name = "Other Seller ApS"
	digest, err := r.Ledger.SaveSeller(t.Context(), other)
	testkit.Must(t, err)
	testkit.Must(t, r.Ledger.SaveBatchSpec(t.Context(), ledger.BatchSpec{ID: "U1", Token: "secret", Seller: digest}))
	r.Start()
	for id, token := range map[string]string{"1": "", "2": "wrong", "3": "secrets"} {
		r.withBatch(id, "U1", token, testkit.Invoice("N-"+id))
		if got := r.Subject("invoices.rejected.N-"+id, 1); got.Batch != "" || got.RequestID != id || !strings.Contains(got.Error, "id of an upload") {
			t.Errorf("token %q: got batch %q, error %q", token, got.Batch, got.Error)
		}
	}
	r.withBatch("4", "U1", "", map[string]any{"number": 1})
	if got := r.Subject("invoices.rejected.1", 1); got.Batch != "" {
		t.Errorf("malformed request: got batch %q, want none", got.Batch)
	}
	r.withBatch("5", "U1", "secret", testkit.Invoice("GOOD"))
	if got, want := r.Subject("invoices.issued.GOOD", 1).Batch, "U1"; got != want {
		t.Errorf("batch %q, want %q", got, want)
	}
	if got := r.Record("GOOD").Seller; got != digest {
		t.Errorf("seller %q, want the upload's %q", got, digest)
	}
}

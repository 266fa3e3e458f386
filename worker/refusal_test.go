package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"invoicelink/worker"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/event"
	"invoicelink/worker/testkit"
	kit "invoicelink/worker/testkit/harness"
)

var requestSubjects = []string{event.SubjectRequested, event.SubjectRenew, event.SubjectPaid, event.SubjectCancelled}

// hostile are payloads and headers of which at least one part cannot be
// written as it came: on a subject, in a header or in an attribute.
func hostile() map[string]*nats.Msg {
	msgs := map[string]*nats.Msg{
		"no JSON":            {Data: []byte("\x00\xff\x01")},
		"empty":              {},
		"null":               {Data: []byte("null")},
		"number of a group":  {Data: []byte("{\"number\":\"A\u001dB\"}")},
		"blank number":       {Data: []byte(`{"number":"  "}`)},
		"long number":        {Data: fmt.Appendf(nil, `{"number":%q}`, strings.Repeat("9", 5000))},
		"huge number":        {Data: []byte(`{"number":"` + strings.Repeat(`\u0001`, broker.MaxRequest/6-100) + `"}`)},
		"number with U+FFFF": {Data: []byte(`{"number":"A\uffff"}`)},
		"lone surrogate":     {Data: []byte(`{"number":"A\ud800"}`)},
		"subject of another": {Data: []byte(`{"number":"\u0007"}`), Header: nats.Header{
			"ce-specversion": {"1.0"}, "ce-id": {"1"}, "ce-source": {"/x"}, "ce-type": {"x"}, "ce-subject": {"A\x07 \xff"}}},
		"header name":    {Data: []byte(`{"number":"\u0007"}`), Header: nats.Header{"a\x01b": {"c"}, "\xff": {"\xfe"}}},
		"many headers":   {Data: []byte(`{}`), Header: nats.Header{"x": manyValues(2000)}},
		"large header":   {Data: []byte(`{}`), Header: nats.Header{"x": {strings.Repeat("y", 60_000)}}},
		"header of ours": {Data: []byte(`{}`), Header: nats.Header{broker.HeaderReason: {"x\x00"}, "Nats-Rollup": {"sub"}}},
	}
	delete(msgs["header of ours"].Header, "Nats-Rollup") // refused by the server at the door
	for r := range 0x20 {
		msgs[fmt.Sprintf("number U+%04X", r)] = &nats.Msg{Data: fmt.Appendf(nil, `{"number":"\u%04x"}`, r)}
	}
	fields := `"number":"%[1]s","issueDate":"%[1]s","dueDate":"%[1]s","currency":"%[1]s","language":"%[1]s","kind":"%[1]s","note":"%[1]s","buyerReference":"%[1]s",` +
		`"originalInvoice":"%[1]s","sessionId":"%[1]s","rounding":"%[1]s","prepaid":"%[1]s","buyer":{"name":"%[1]s","email":"%[1]s","vatId":"%[1]s",` +
		`"address":{"street":"%[1]s","zip":"%[1]s","city":"%[1]s","country":"%[1]s"}},"lines":[{"description":"%[1]s","item":"%[1]s","unit":"%[1]s",` +
		`"quantity":"%[1]s","unitPrice":"%[1]s","vatRate":"%[1]s","vatCategory":"%[1]s"}],"reason":"%[1]s","reference":"%[1]s","amount":"%[1]s","paidAt":"%[1]s","force":"%[1]s"`
	for _, r := range []string{`\u0000`, `\u0007`, `\u001b`, `\u007f`, `\u0085`, `\u200e`, `\ufeff`, `\ud83d`} {
		msgs["every field "+r] = &nats.Msg{Data: fmt.Appendf(nil, "{"+fields+"}", r)}
		msgs["every field but the number "+r] = &nats.Msg{Data: fmt.Appendf(nil, "{"+strings.Replace(fields, `"%[1]s"`, `"A-1"`, 1)+"}", r)}
	}
	return msgs
}

func manyValues(n int) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	return values
}

// Whatever bytes a message holds, it ends in a rejection, a dead letter with
// its bytes, and an acknowledgement.
func TestAnyMessageEndsInAnAnswer(t *testing.T) {
	t.Parallel()
	addr, _, b := brokertest.Listen(t, embedded.Access{Publish: requestSubjects})
	r := &harness{kit.On(t, b, nil)}
	raw := dialRaw(t, addr)
	names := map[uint64]string{} // by place in the stream
	data := map[uint64][]byte{}
	for name, m := range hostile() {
		for _, subject := range requestSubjects {
			seq := raw.publish(subject, m)
			names[seq], data[seq] = name+" on "+subject, m.Data
		}
	}
	r.Start()
	answered := map[uint64]bool{}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for e, err := range r.Broker.Events(ctx, 1) {
		if err != nil {
			for seq, name := range names {
				if !answered[seq] {
					t.Errorf("%s: no answer", name)
				}
			}
			t.Fatal(err)
		}
		var s struct {
			RequestID string
			Problems  []struct{ Path, Message string }
			Error     string
		}
		if err := json.Unmarshal(e.Data, &s); err != nil {
			t.Fatalf("%s: %v", e.Subject, err)
		}
		seq := uint64(0)
		if _, err := fmt.Sscanf(e.Header.Get("ce-id"), "%d-", &seq); err != nil {
			t.Fatalf("event id %q: %v", e.Header.Get("ce-id"), err)
		}
		answered[seq] = true
		switch refused := strings.HasPrefix(e.Subject, "invoices.rejected."); {
		case !refused && e.Subject == "invoices.settled.A-1": // some of the characters may stand in a reason
			delete(data, seq)
		case !refused || s.Error == "":
			t.Errorf("%s: got %s %s, want a rejection with its reason", names[seq], e.Subject, e.Data)
		}
		if len(answered) == len(names) {
			break
		}
	}
	for {
		n, err := r.Broker.Waiting(ctx)
		testkit.Must(t, err)
		if n == 0 {
			break
		}
	}
	kept := map[uint64]bool{}
	for l, err := range r.Broker.DeadLetters(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seq := uint64(0)
		if _, err := fmt.Sscanf(l.ID, broker.StreamRequests+"-%d-", &seq); err != nil {
			t.Fatalf("dead letter id %q: %v", l.ID, err)
		}
		kept[seq] = true
		if !bytes.Equal(l.Data, data[seq]) {
			t.Errorf("%s: dead letter has %d bytes, want %d", names[seq], len(l.Data), len(data[seq]))
		}
	}
	if len(kept) != len(data) {
		t.Errorf("got %d dead letters, want %d", len(kept), len(data))
	}
}

// Requests that cannot be answered as they are take no place of those that can.
func TestBadNumbersDoNotStopTheQueue(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	for range 1100 {
		if _, err := r.Broker.JetStream().Publish(t.Context(), event.SubjectRequested, []byte(`{"number":"\u0007"}`)); err != nil {
			t.Fatal(err)
		}
	}
	r.Publish(event.SubjectRequested, testkit.Invoice("GOOD-1"))
	r.Start()
	r.Subject("invoices.issued.GOOD-1", 1)
}

// An invoice numbered "unknown" has a subject apart from that of messages
// without a number.
func TestInvoiceNumberedUnknown(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	r.Start()
	r.Publish(event.SubjectRequested, testkit.Invoice("unknown"))
	r.Publish(event.SubjectRequested, map[string]any{})
	if got, want := r.Subject("invoices.issued.=75nknown", 1).Number, "unknown"; got != want {
		t.Errorf("number %q, want %q", got, want)
	}
	if got := r.Subject("invoices.rejected.unknown", 1).Number; got != "" {
		t.Errorf("number %q, want none", got)
	}
	if got, want := r.Record("unknown").State, "issued"; string(got) != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

// What cannot even be refused is set aside with its bytes after three attempts,
// and counted.
func TestWhatCannotBeRefusedIsSetAside(t *testing.T) {
	t.Parallel()
	r := newHarness(t, nil)
	data := []byte(`{"number":"A/1","lines":[]}`)
	if _, err := r.Broker.JetStream().Publish(t.Context(), event.SubjectRequested, data); err != nil {
		t.Fatal(err)
	}
	w := worker.New(r.Config)
	w.PanicAt("publish event")
	r.StartWorker(w)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for n := 1; n > 0; {
		var err error
		n, err = r.Broker.Waiting(ctx)
		testkit.Must(t, err)
	}
	l, err := r.Broker.DeadLetter(t.Context(), 1)
	testkit.Must(t, err)
	if !l.SetAside || l.Key != "A=2F1" || !bytes.Equal(l.Data, data) || !strings.Contains(l.Reason, "panic at publish event") || !strings.Contains(l.Reason, "$.lines") {
		t.Errorf("dead letter %+v", l)
	}
	if n, err := r.Broker.CountSetAside(t.Context()); n != 1 || err != nil {
		t.Errorf("%d set aside, %v, want 1", n, err)
	}
	testkit.Must(t, r.Broker.Replay(t.Context(), l))
	if n, err := r.Broker.Waiting(t.Context()); n != 1 || err != nil {
		t.Errorf("%d requests after the replay, %v, want 1", n, err)
	}
}

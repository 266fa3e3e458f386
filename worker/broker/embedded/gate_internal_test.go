package embedded

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"invoicelink/worker/broker/blocks"
)

// Whatever is asked for, what the server is handed delivers to the outside
// account or not at all, is about the stream of the subject, and ends.
func FuzzConsumerRequest(f *testing.F) {
	for _, body := range []string{
		`{"stream_name":"EVENTS","config":{"durable_name":"erp","ack_policy":"explicit","deliver_subject":"_INBOX.a.b"}}`,
		`{"stream_name":"EVENTS","config":{"DELIVER_SUBJECT":"$KV.ledger.a","deliver_subject":"_INBOX.a"}}`,
		`{"stream_name":"EVENTS","config":{"deliver_subject":"_INBOX.>"},"config":{"deliver_subject":"x"}}`,
		`{"stream_name":"KV_ledger","config":{}}`, `{"stream_name":"EVENTS"}`, `null`, `[]`, ``, `{`,
		`{"stream_name":"EVENTS","config":{"inactive_threshold":-1,"durable_name":"x"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := gate{outsider: &outsider{token: "erp"}}
		checked, err := g.consumerRequest("EVENTS", "", data)
		if err != nil {
			return
		}
		out, err := json.Marshal(checked)
		if err != nil {
			t.Fatal(err)
		}
		var req server.CreateConsumerRequest
		if err := json.Unmarshal(out, &req); err != nil {
			t.Fatalf("%q: the server cannot read %q: %v", data, out, err)
		}
		if req.Stream != "EVENTS" {
			t.Errorf("%q: stream %q", data, req.Stream)
		}
		if n := req.Config.Name; n != "erp" && !strings.HasPrefix(n, "erp~") || req.Config.Durable != "" && req.Config.Durable != n {
			t.Errorf("%q: is named %q, %q", data, n, req.Config.Durable)
		}
		if d := req.Config.DeliverSubject; d != "" && (!strings.HasPrefix(d, deliverPrefix+"erp._INBOX") || !server.IsValidLiteralSubject(d)) {
			t.Errorf("%q: delivers to %q", data, d)
		}
		if i := req.Config.InactiveThreshold; i > maxIdle || (req.Config.Durable != "" && i <= 0) {
			t.Errorf("%q: stays idle for %s", data, i)
		}
	})
}

// What durability rests on is asked for explicitly.
func TestOptions(t *testing.T) {
	t.Parallel()
	s := &Server{dir: t.TempDir()}
	o, err := s.options()
	if err != nil {
		t.Fatal(err)
	}
	if o.SyncAlways == blocks.Grouped || !o.DontListen || !o.NoSigs || o.StoreDir != s.dir || o.JetStreamMaxStore <= 0 {
		t.Errorf("options %+v", o)
	}
}

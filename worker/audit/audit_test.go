package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/audit"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/broker/embedded"
)

var numbers = []string{"2026/1", "2026/2", "INV 3"}

// filled is a data directory with three invoices that are out, after a clean
// stop. spoil may do to it what no worker does.
func filled(t *testing.T, spoil func(b *broker.Broker)) string {
	t.Helper()
	dir := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	nc, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	b, err := broker.Open(t.Context(), nc, broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range numbers {
		key := invoice.Key(number)
		record := map[string]any{"number": number, "state": "issued", "digest": "d", "printed": 1, "link": map[string]any{"revision": 1}}
		put(t, b, key, record)
		if err := b.Documents().Put(t.Context(), "invoices."+key+".d", []byte("{}")); err != nil {
			t.Fatal(err)
		}
		issued(t, b, key, 1)
	}
	spoil(b)
	if err := server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func put(t *testing.T, b *broker.Broker, key string, record map[string]any) {
	t.Helper()
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.LedgerBucket().Put(t.Context(), "i."+key, data); err != nil {
		t.Fatal(err)
	}
}

func issued(t *testing.T, b *broker.Broker, key string, revision int) {
	t.Helper()
	data, err := json.Marshal(map[string]int{"revision": revision, "linkRevision": revision})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.JetStream().Publish(t.Context(), "invoices.issued."+key, data, jetstream.WithExpectStream(broker.StreamEvents)); err != nil {
		t.Fatal(err)
	}
}

func own(t *testing.T, b *broker.Broker, entries ...string) {
	t.Helper()
	for _, entry := range entries {
		stored, err := b.Owners().Append([]byte(entry))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stored(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, b *broker.Broker)
		want  string // of one finding; "" for none
	}{
		"whole": {func(*testing.T, *broker.Broker) {}, ""},
		"no record": {func(t *testing.T, b *broker.Broker) { issued(t, b, invoice.Key("X 9"), 1) },
			"X 9: it was issued (event 4), and there is no record of it"},
		"older record": {func(t *testing.T, b *broker.Broker) { issued(t, b, invoice.Key("2026/2"), 2) },
			"2026/2: its record is older than event 4: page 1 and link 1, the event says 2 and 2"},
		"no content": {func(t *testing.T, b *broker.Broker) {
			put(t, b, "Y", map[string]any{"number": "Y", "state": "accepted", "digest": "gone"})
		}, "Y: its content is missing"},
		"a session that nobody has taken": {func(t *testing.T, b *broker.Broker) {
			put(t, b, "S", map[string]any{"number": "S", "state": "cancelled", "sessionId": "s-1"})
		}, "S: its session s-1 is not in the log of owners"},
		"its own session and link": {func(t *testing.T, b *broker.Broker) {
			own(t, b, `{"number":"S","session":"s-1"}`, `{"number":"S","url":"u","link":"l","of":"2"}`, `{"number":"T","session":"s-1"}`)
			put(t, b, "S", map[string]any{"number": "S", "state": "cancelled", "sessionId": "s-1", "link": map[string]any{"revision": 2, "url": "u", "id": "l"}})
		}, ""},
		"another's session": {func(t *testing.T, b *broker.Broker) {
			own(t, b, `{"number":"T","session":"s-1"}`, `{"number":"S","session":"s-1"}`)
			put(t, b, "S", map[string]any{"number": "S", "state": "cancelled", "sessionId": "s-1"})
		}, "S: its session s-1 belongs to another invoice or link in the log of owners"},
		"the link of another revision": {func(t *testing.T, b *broker.Broker) {
			own(t, b, `{"number":"S","url":"u","link":"l","of":"1"}`)
			put(t, b, "S", map[string]any{"number": "S", "state": "cancelled", "link": map[string]any{"revision": 2, "url": "u", "id": "l"}})
		}, "S: its link URL u belongs to another invoice or link in the log of owners"},
		"an entry of the owners that cannot be read": {func(t *testing.T, b *broker.Broker) { own(t, b, `{"number":"S"}`) },
			"owners: entry #1 of the log cannot be read"},
		"another's record": {func(t *testing.T, b *broker.Broker) { put(t, b, "Z", map[string]any{"number": "Q"}) },
			"Z: its record cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filled(t, func(b *broker.Broker) { c.spoil(t, b) })
			s, err := audit.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Findings()
			if c.want == "" {
				if len(got) != 0 || audit.Check(dir) != nil {
					t.Errorf("findings %v, want none", got)
				}
				return
			}
			if len(got) != 1 || got[0].String() != c.want {
				t.Errorf("findings %v, want %q", got, c.want)
			}
			if _, ok := errors.AsType[*audit.InconsistentError](audit.Check(dir)); !ok {
				t.Error("the check lets it pass")
			}
		})
	}
}

// A damaged record is named, and nothing else is.
func TestExplainNamesInvoices(t *testing.T) {
	t.Parallel()
	dir := filled(t, func(*broker.Broker) {})
	file := filepath.Join(dir, "jetstream", "$G", "streams", "KV_"+broker.BucketLedger, "msgs", "1.blk")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), `"number":"2026/2"`)
	if at < 0 {
		t.Fatal("the record is not in the block")
	}
	data[at+3] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = embedded.Start(t.Context(), embedded.Config{Dir: dir})
	damage, ok := errors.AsType[*blocks.DamageError](err)
	if !ok {
		t.Fatalf("start: %v, want a damage error", err)
	}
	s, readErr := audit.Read(dir)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if got := s.Affected(damage); !slices.Equal(got, []string{"2026/2"}) {
		t.Errorf("affected %v, want 2026/2", got)
	}
	if text := audit.Explain(dir, err).Error(); !strings.Contains(text, "invoices affected: 2026/2;") {
		t.Errorf("the error does not name the invoice: %s", text)
	}
}

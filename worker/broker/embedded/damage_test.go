package embedded_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// tree is what a directory holds, by name.
type tree map[string][]byte

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	out := tree{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (tr tree) write(t *testing.T, dir string) {
	t.Helper()
	for name, data := range tr {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// fillStreams writes to every kind of stream that the program has: a ledger whose
// values are replaced, documents, events, a queue of which half is done, timers,
// leases and pages. It writes enough for several blocks of the ledger.
func fillStreams(t *testing.T, js jetstream.JetStream, round int) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []jetstream.StreamConfig{
		{Name: "EVENTS", Subjects: []string{"events.>"}},
		{Name: "DOCUMENTS", Subjects: []string{"documents.>"}, AllowRollup: true},
		{Name: "TIMERS", Subjects: []string{"timers.*", "due.*"}, Retention: jetstream.WorkQueuePolicy, AllowMsgSchedules: true, AllowRollup: true},
	} {
		_, err := js.CreateOrUpdateStream(ctx, c)
		must(err)
	}
	queue, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "REQUESTS", Subjects: []string{"requests"}, Retention: jetstream.WorkQueuePolicy})
	must(err)
	worker, err := queue.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{Durable: "worker", AckPolicy: jetstream.AckExplicitPolicy})
	must(err)
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "ledger", MaxBytes: 120 << 10})
	must(err)
	leases, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "leases", LimitMarkerTTL: time.Minute})
	must(err)
	pages, err := js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "pdfs"})
	must(err)
	value := bytes.Repeat([]byte("v"), 3<<10)
	for i := range 30 {
		key := fmt.Sprintf("i.N-%d", i)
		_, err = kv.Put(ctx, key, fmt.Appendf(nil, `{"number":"N-%d","round":%d}`, i, round))
		must(err)
		_, err = kv.Put(ctx, fmt.Sprintf("large.%d", i), value)
		must(err)
		_, err = leases.PutString(ctx, "calls", fmt.Sprint(round, i))
		must(err)
		if i%10 == 0 {
			_, err = pages.PutBytes(ctx, fmt.Sprint(i, ".pdf"), fmt.Appendf(value, "page %d", round))
			must(err)
		}
		_, err = js.Publish(ctx, "events."+key, fmt.Appendf(nil, "issued %d", round))
		must(err)
		doc := &nats.Msg{Subject: "documents." + key, Data: fmt.Appendf(nil, "content %d", round), Header: nats.Header{"Nats-Rollup": {"sub"}}}
		_, err = js.PublishMsg(ctx, doc)
		must(err)
		timer := &nats.Msg{Subject: "timers." + fmt.Sprint(i), Header: nats.Header{"Nats-Schedule": {"@at 2099-01-01T00:00:00Z"}, "Nats-Schedule-Target": {"due." + fmt.Sprint(i)}}}
		_, err = js.PublishMsg(ctx, timer)
		must(err)
		_, err = js.Publish(ctx, "requests", []byte(key))
		must(err)
		if i%2 == 0 {
			m, err := worker.Next()
			must(err)
			must(m.DoubleAck(ctx))
		}
	}
}

// stored is every message of every stream, but consumers' positions.
func stored(t *testing.T, js jetstream.JetStream) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range []string{"EVENTS", "DOCUMENTS", "TIMERS", "REQUESTS", "KV_ledger", "KV_leases", "OBJ_pdfs"} {
		s, err := js.Stream(t.Context(), name)
		if err != nil {
			out[name] = err.Error()
			continue
		}
		for seq := uint64(1); ; seq++ {
			m, err := s.GetMsg(t.Context(), seq, jetstream.WithGetMsgSubject(">"))
			if err != nil {
				if !errors.Is(err, jetstream.ErrMsgNotFound) {
					out[fmt.Sprint(name, " ", seq)] = err.Error()
				}
				break
			}
			seq = m.Sequence
			out[fmt.Sprint(name, " ", seq)] = m.Subject + " " + string(m.Data[:min(80, len(m.Data))])
		}
	}
	return out
}

// damages are ways in which a file comes to harm. older is an earlier version
// of it.
var damages = []struct {
	name string
	do   func(t *testing.T, path string, data, older []byte, r *rand.Rand)
}{
	{"bit flipped", func(t *testing.T, path string, data, _ []byte, r *rand.Rand) {
		changed := bytes.Clone(data)
		if len(changed) > 0 {
			changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
		}
		overwrite(t, path, changed)
	}},
	{"4 kB zeroed", func(t *testing.T, path string, data, _ []byte, r *rand.Rand) {
		changed := bytes.Clone(data)
		from := r.IntN(len(changed)+1) &^ 4095
		clear(changed[from:min(from+4096, len(changed))])
		overwrite(t, path, changed)
	}},
	{"cut", func(t *testing.T, path string, data, _ []byte, r *rand.Rand) {
		overwrite(t, path, data[:r.IntN(len(data)+1)])
	}},
	{"missing", func(t *testing.T, path string, _, _ []byte, _ *rand.Rand) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}},
	{"older copy", func(t *testing.T, path string, _, older []byte, _ *rand.Rand) {
		if older != nil {
			overwrite(t, path, older)
		}
	}},
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

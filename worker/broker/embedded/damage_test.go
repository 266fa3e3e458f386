package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/blocks"
	"invoicelink/worker/broker/embedded"
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
// values are replaced, documents, events, a queue of which half is done, and
// timers. It writes enough for a second block of the ledger.
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
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "ledger", MaxBytes: 4 << 20})
	must(err)
	value := bytes.Repeat([]byte("v"), 12<<10)
	for i := range 60 {
		key := fmt.Sprintf("i.N-%d", i)
		_, err = kv.Put(ctx, key, fmt.Appendf(nil, `{"number":"N-%d","round":%d}`, i, round))
		must(err)
		_, err = kv.Put(ctx, fmt.Sprintf("large.%d", i), value)
		must(err)
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
	for _, name := range []string{"EVENTS", "DOCUMENTS", "TIMERS", "REQUESTS", "KV_ledger"} {
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

// TestDamage harms every file below the data directory in every way. The store
// must come up with everything that was acknowledged, or not come up, say why
// and change nothing.
func TestDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, js := connect(t, s)
	fillStreams(t, js, 1)
	older := readTree(t, dir)
	fillStreams(t, js, 2)
	want := stored(t, js)
	if len(want) < 300 {
		t.Fatalf("only %d messages are stored", len(want))
	}
	unclean := readTree(t, dir) // as a kill would leave it
	stop(t, s)
	// The short form harms each block in each way once, and each other file in
	// one way.
	long, places := os.Getenv("INVOICELINK_TEST_LONG") == "1", 1
	if long {
		places = 20
	}
	for kind, is := range map[string]tree{"clean": readTree(t, dir), "unclean": unclean} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for i, name := range slices.Sorted(maps.Keys(is)) {
				for j, d := range damages {
					if !long && !strings.HasSuffix(name, ".blk") && i%len(damages) != j {
						continue
					}
					for place := range places {
						if place > 0 && d.name != "bit flipped" {
							break
						}
						t.Run(fmt.Sprintf("%s %s %d", strings.ReplaceAll(name, "/", " "), d.name, place), func(t *testing.T) {
							dir := t.TempDir()
							is.write(t, dir)
							d.do(t, filepath.Join(dir, name), is[name], older[name], rand.New(rand.NewPCG(uint64(len(name)), uint64(place))))
							harmed(t, dir, name, want)
						})
					}
				}
			}
		})
	}
}

// harmed starts a server on a damaged directory.
func harmed(t *testing.T, dir, name string, want map[string]string) {
	t.Helper()
	before := readTree(t, dir)
	var log bytes.Buffer
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, AdoptCopy: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		damage, ok := errors.AsType[*blocks.DamageError](err)
		if !ok || !strings.HasSuffix(name, ".blk") || len(damage.Damage) == 0 {
			t.Fatalf("it does not start: %v", err)
		}
		for file, data := range before {
			if got, err := os.ReadFile(filepath.Join(dir, file)); strings.HasPrefix(file, "jetstream") && (err != nil || !bytes.Equal(got, data)) {
				t.Errorf("%s was changed although the start was refused (%v)", file, err)
			}
		}
		if kept := damage.Damage[0].Kept; kept != "" {
			if got, err := os.ReadFile(filepath.Join(dir, kept)); err != nil || !bytes.Equal(got, before[name]) {
				t.Errorf("the copy %s is not the damaged file (%v)", kept, err)
			}
		}
		return
	}
	defer func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	_, js := connect(t, s)
	got := stored(t, js)
	for key, message := range want {
		if got[key] != message {
			t.Errorf("%s is %q, want %q; the log said: %s", key, got[key], message, &log)
			return
		}
	}
	for key, message := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s has appeared: %s; the log said: %s", key, message, &log)
			return
		}
	}
}

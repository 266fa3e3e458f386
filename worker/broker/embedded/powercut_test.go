package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/testkit/powercut"
	"invoicelink/worker/testkit/tool"
)

// TestPowerCut writes to every kind of stream, over a clean stop and a new
// start, and cuts the power at any moment of it: what was answered before is
// there after the next start, and stays there.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	trace := recordChild(t, "power")
	points, cuts := trace.Points(), 40
	if tool.IsLong() {
		cuts = 600
	}
	r := rand.New(rand.NewPCG(1, 2))
	t.Logf("%d moments", len(points))
	for i := range cuts {
		at, mode := points[r.IntN(len(points))], powercut.Modes[i%len(powercut.Modes)]
		t.Run(fmt.Sprint(mode, " at ", at), func(t *testing.T) {
			t.Parallel()
			cut := filepath.Join(t.TempDir(), "cut")
			if err := trace.Cut(at, mode, rand.New(rand.NewPCG(uint64(at), uint64(i))), cut); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(cut, "data")
			for range 2 {
				if lost := answered(t, dir, trace.Said(at)); lost != "" {
					t.Error(trace.About(lost, at))
					return
				}
			}
		})
	}
}

// recordChild runs this test binary as another process under strace, with its
// data in a directory "data".
func recordChild(t *testing.T, what string) *powercut.Trace {
	t.Helper()
	strace := tool.Path(t, "strace")
	root := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), childEnv+"="+what, dirEnv+"="+filepath.Join(root, "data"))
	var words bytes.Buffer
	cmd.Stderr = &words
	trace, err := powercut.Record(strace, cmd, root)
	if err != nil {
		if strings.Contains(words.String(), "ptrace") {
			tool.Missing(t, "the right to trace a process is missing")
		}
		t.Fatalf("%v\n%s", err, &words)
	}
	return trace
}

// answered starts a server on what a power cut has left and looks for
// everything that was answered before. It returns a subject whose message is
// missing, or "".
func answered(t *testing.T, dir, said string) (lost string) {
	t.Helper()
	var log bytes.Buffer
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, AdoptCopy: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Errorf("it does not start: %v", err)
		return "checksums"
	}
	defer func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	_, js := connect(t, s)
	got := newest(t, js)
	for line := range strings.Lines(said) {
		var what, key string
		var n int
		if _, err := fmt.Sscan(line, &what, &key, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		switch value, there := got[key]; {
		case what == "gone" && there:
			t.Errorf("%s was acknowledged and is there again; the log says %s", key, &log)
			return key
		case what == "put" && (!there || value < n):
			if !there && slices.Contains(strings.Split(said, "\n"), fmt.Sprint("taken ", key, " ", n)) {
				continue // its acknowledgement had no answer yet
			}
			t.Errorf("%s is %d (%v), the answer said %d; the log says %s", key, value, there, n, &log)
			return key
		}
	}
	return ""
}

// newest is the highest number in the messages of each subject.
func newest(t *testing.T, js jetstream.JetStream) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, name := range []string{"JOBS", "DOCUMENTS", "TIMERS", "KV_ledger"} {
		s, err := js.Stream(t.Context(), name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for seq := uint64(1); ; seq++ {
			m, err := s.GetMsg(t.Context(), seq, jetstream.WithGetMsgSubject(">"))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			seq = m.Sequence
			var n int
			if _, err := fmt.Sscan(string(m.Data), &n); err != nil {
				t.Fatalf("%s %d holds %.40q", name, seq, m.Data)
			}
			out[m.Subject] = max(out[m.Subject], n)
		}
	}
	return out
}

// childPower writes to every kind of stream, stops, starts and writes again. It
// says what was answered: "put SUBJECT N", "taken SUBJECT N" before an
// acknowledgement and "gone SUBJECT N" after it.
func childPower(dir string) error {
	ctx := context.Background()
	for round := range 2 {
		s, js, err := childStart(dir)
		if err != nil {
			return err
		}
		if err := powerStreams(ctx, js); err != nil {
			return err
		}
		var all sync.WaitGroup
		errs := make([]error, 3)
		for who := range errs {
			all.Go(func() { errs[who] = powerWrite(ctx, js, who, round*30) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if err := s.Stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

func powerStreams(ctx context.Context, js jetstream.JetStream) error {
	for _, c := range []jetstream.StreamConfig{
		{Name: "DOCUMENTS", Subjects: []string{"documents.>"}, AllowRollup: true},
		{Name: "TIMERS", Subjects: []string{"timers.*", "due.*"}, Retention: jetstream.WorkQueuePolicy, AllowMsgSchedules: true, AllowRollup: true},
		{Name: "JOBS", Subjects: []string{"jobs.>"}, Retention: jetstream.WorkQueuePolicy},
	} {
		if _, err := js.CreateOrUpdateStream(ctx, c); err != nil {
			return err
		}
	}
	if _, err := js.CreateOrUpdateConsumer(ctx, "JOBS", jetstream.ConsumerConfig{Durable: "worker", AckPolicy: jetstream.AckExplicitPolicy}); err != nil {
		return err
	}
	_, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "ledger", MaxBytes: 120 << 10})
	return err
}

// powerWrite does 30 rounds of writes. The bucket's limit makes blocks of 32 kB,
// so that they fill and go.
func powerWrite(ctx context.Context, js jetstream.JetStream, who, from int) error {
	cons, err := js.Consumer(ctx, "JOBS", "worker")
	if err != nil {
		return err
	}
	pad := strings.Repeat(" v", 2<<10)
	for i := from + 1; i <= from+30; i++ {
		for _, m := range []*nats.Msg{
			{Subject: fmt.Sprintf("jobs.%d.%d", who, i)},
			{Subject: fmt.Sprintf("$KV.ledger.k%d-%d", who, i%5), Data: []byte(pad)},
			{Subject: fmt.Sprintf("documents.%d", who), Header: nats.Header{"Nats-Rollup": {"sub"}}},
			{Subject: fmt.Sprintf("timers.%d-%d", who, i), Header: nats.Header{"Nats-Schedule": {"@at 2099-01-01T00:00:00Z"}, "Nats-Schedule-Target": {fmt.Sprintf("due.%d-%d", who, i)}}},
		} {
			m.Data = append(fmt.Append(nil, i), m.Data...)
			if _, err := js.PublishMsg(ctx, m); err != nil {
				return err
			}
			fmt.Println("put", m.Subject, i)
		}
		if i%2 == 1 {
			continue
		}
		m, err := cons.Next()
		if err != nil {
			return err
		}
		fmt.Println("taken", m.Subject(), string(m.Data()))
		if err := m.DoubleAck(ctx); err != nil {
			return err
		}
		fmt.Println("gone", m.Subject(), string(m.Data()))
	}
	return nil
}

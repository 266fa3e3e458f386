package embedded_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/embedded"
)

func TestKilledLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acked := 0
	for range 2 { // the second time on a directory left by a kill
		cmd, lines := child(t, "publish", dir)
		expect(t, lines, "50")
		said := kill(t, cmd, lines)
		more := 50
		if len(said) > 0 {
			var err error
			if more, err = strconv.Atoi(said[len(said)-1]); err != nil {
				t.Fatal(err)
			}
		}
		acked += more
		if _, err := os.Stat(filepath.Join(dir, "clean")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a killed process has left the mark of a clean stop: %v", err)
		}
		s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		_, js := connect(t, s)
		// One message a round may be stored and not yet acknowledged.
		if n := count(t, js, "JOBS"); n < uint64(acked) {
			t.Errorf("%d messages, %d were acknowledged", n, acked)
		} else {
			acked = int(n)
		}
		kv, err := js.KeyValue(t.Context(), "ledger")
		if err != nil {
			t.Fatal(err)
		}
		if e, err := kv.Get(t.Context(), fmt.Sprint("k", more%10)); err != nil {
			t.Error(err)
		} else if got, _ := strconv.Atoi(string(e.Value())); got < more {
			t.Errorf("the ledger says %d, %d was acknowledged", got, more)
		}
		if err := s.Health(); err != nil {
			t.Error(err)
		}
		stop(t, s)
	}
}

// After a power cut a block file may end in zeros, and nats-server 2.15.2 then
// trusts an index of a stream that was empty, and shows none of its messages.
func TestZerosAtTheEndHideNothing(t *testing.T) {
	t.Parallel()
	for _, guarded := range []bool{true, false} {
		t.Run(fmt.Sprintf("guarded %v", guarded), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd, lines := child(t, "empty", dir)
			expect(t, lines, "published")
			kill(t, cmd, lines)
			blocks, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "JOBS", "msgs", "*.blk"))
			if err != nil || len(blocks) != 1 {
				t.Fatalf("block files: %v, %v", blocks, err)
			}
			f, err := os.OpenFile(blocks[0], os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(make([]byte, 64)); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if guarded {
				_, js := connect(t, start(t, embedded.Config{Dir: dir}))
				if n := count(t, js, "JOBS"); n != 100 {
					t.Errorf("%d messages, want 100", n)
				}
				return
			}
			// A server without the guard. When a newer one does not fall for
			// it the guard may go.
			if n := count(t, bare(t, dir), "JOBS"); n != 0 {
				t.Errorf("%d messages, want 0, which is the fault that the guard is for", n)
			}
		})
	}
}

// bare starts a server without what the package adds.
func bare(t *testing.T, dir string) jetstream.JetStream {
	t.Helper()
	ns, err := server.NewServer(&server.Options{JetStream: true, StoreDir: dir, DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	t.Cleanup(func() {
		ns.Shutdown()
		ns.WaitForShutdown()
	})
	if !ns.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return stream(t, nc)
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := embedded.Dial(dir); !errors.Is(err, embedded.ErrNotHeld) {
		t.Errorf("dial a directory that nobody holds: %v", err)
	}
	cmd, lines := child(t, "hold", dir)
	expect(t, lines, "held")
	pid := fmt.Sprint("process ", cmd.Process.Pid)
	if _, err := embedded.Start(t.Context(), embedded.Config{Dir: dir}); !errors.Is(err, embedded.ErrInUse) || !contains(err, dir, pid) {
		t.Errorf("start next to it: %v, want ErrInUse, the directory and %s", err, pid)
	}
	nc, err := embedded.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	mustPublish(t, stream(t, nc), "jobs.a", "from the parent")
	back := make(chan struct{}, 9)
	nc.SetReconnectHandler(func(*nats.Conn) { back <- struct{}{} })
	kill(t, cmd, lines)
	if _, err := os.Lstat(filepath.Join(dir, "broker.sock")); err != nil {
		t.Errorf("the killed process left no socket, which this test needs: %v", err)
	}
	if _, err := embedded.Dial(dir); !errors.Is(err, embedded.ErrNotHeld) {
		t.Errorf("dial after the kill: %v, want ErrNotHeld", err)
	}
	s := start(t, embedded.Config{Dir: dir})
	_, js := connect(t, s)
	_, out := child(t, "dial", dir)
	expect(t, out, "jobs 2")
	last, err := js.Stream(t.Context(), "JOBS")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := last.GetMsg(t.Context(), 2); err != nil || string(m.Data) != "from the child" {
		t.Errorf("got %v, %v", m, err)
	}
	// The connection to the killed process has found its successor.
	select {
	case <-back:
	case <-time.After(20 * time.Second):
		t.Fatal("the connection did not come back")
	}
	if ack, err := stream(t, nc).Publish(t.Context(), "jobs.a", nil); err != nil || ack.Sequence != 3 {
		t.Errorf("after the change of the holder: %v, %v", ack, err)
	}
}

func contains(err error, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			return false
		}
	}
	return true
}

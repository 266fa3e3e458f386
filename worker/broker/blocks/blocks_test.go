package blocks_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/blocks"
)

// serve runs a server on a directory until stop is called or the test ends.
func serve(t *testing.T, dir string) (js jetstream.JetStream, stop func()) {
	t.Helper()
	ns, err := server.NewServer(&server.Options{JetStream: true, StoreDir: dir, DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	if !ns.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	if js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		nc.Close()
		ns.Shutdown()
		ns.WaitForShutdown()
	})
	t.Cleanup(stop)
	return js, stop
}

// stored is a directory with one stream of 40 messages, committed while the
// server ran and after it stopped. The block is 1.
func stored(t *testing.T) (dir, block string) {
	t.Helper()
	dir = t.TempDir()
	js, stop := serve(t, dir)
	s, err := blocks.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "THINGS", Subjects: []string{"things.>"}}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 40; i++ {
		m := &nats.Msg{Subject: fmt.Sprintf("things.%d", i), Data: fmt.Appendf(nil, "content of %d", i)}
		if i%2 == 0 {
			m.Header = nats.Header{"Kind": {"even"}}
		}
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(1); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(blocks.StreamDir(dir, "THINGS"), "msgs", "1.blk")
}

func TestEachReadsWhatTheServerWrote(t *testing.T) {
	t.Parallel()
	dir, _ := stored(t)
	n := 0
	err := blocks.Each(dir, "THINGS", func(r blocks.Record) error {
		n++
		want := fmt.Sprintf("content of %d", n)
		if r.Sequence != uint64(n) || r.Subject != fmt.Sprint("things.", n) || string(r.Data) != want || r.Tombstone || r.Erased {
			t.Errorf("record %d: %d %s %q", n, r.Sequence, r.Subject, r.Data)
		}
		if has := bytes.Contains(r.Header, []byte("Kind: even")); has != (n%2 == 0) {
			t.Errorf("record %d has the header %q", n, r.Header)
		}
		return nil
	})
	if err != nil || n != 40 {
		t.Errorf("%d records (%v), want 40", n, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	flip := func(at func(data []byte) int) func(t *testing.T, dir, block string, data []byte) {
		return func(t *testing.T, _, block string, data []byte) {
			data[at(data)] ^= 0x10
			write(t, block, data)
		}
	}
	for name, c := range map[string]struct {
		harm      func(t *testing.T, dir, block string, data []byte)
		clean     bool
		damage    string // of the error; "" for none
		subject   string // that the error names
		inspected string // that the report of Inspect says, if anything is wanted of it
		repaired  string // that the report says
	}{
		"whole":              {harm: func(*testing.T, string, string, []byte) {}, clean: true},
		"whole after a kill": {harm: func(*testing.T, string, string, []byte) {}},
		"a bit in a message": {harm: flip(func(data []byte) int { return bytes.Index(data, []byte("content of 17")) }), damage: "are damaged, after message 16",
			subject: "things.17"},
		"a bit in the last message": {harm: flip(func(data []byte) int { return len(data) - 1 }), damage: "are damaged, after message 39", subject: "things.40"},
		"cut": {harm: func(t *testing.T, _, block string, data []byte) { write(t, block, data[:len(data)/2]) },
			damage: "the file was cut to"},
		"missing":                 {harm: func(t *testing.T, _, block string, _ []byte) { must(t, os.Remove(block)) }, damage: "the file is missing"},
		"more than was committed": {harm: func(t *testing.T, _, block string, data []byte) { write(t, block, append(data, "half a reco"...)) }},
		"more than at a clean stop": {harm: func(t *testing.T, _, block string, data []byte) { write(t, block, append(data, "half a reco"...)) }, clean: true,
			repaired: "11 bytes more than at the clean stop"},
		"no checksums": {harm: func(t *testing.T, dir, _ string, _ []byte) { must(t, os.Remove(filepath.Join(dir, "checksums"))) }},
		"no checksums, and a bit": {harm: func(t *testing.T, dir, block string, data []byte) {
			must(t, os.Remove(filepath.Join(dir, "checksums")))
			data[bytes.Index(data, []byte("content of 17"))] ^= 1
			write(t, block, data)
		}, damage: "are damaged, after message 16", subject: "things.17"},
		"checksums cut in a line": {harm: func(t *testing.T, dir, _ string, _ []byte) {
			file := filepath.Join(dir, "checksums")
			lines, err := os.ReadFile(file)
			must(t, err)
			write(t, file, append(lines, "0badc0de THINGS 1 5"...))
		}, clean: true},
		"description damaged": {harm: func(t *testing.T, dir, _ string, _ []byte) {
			write(t, filepath.Join(blocks.StreamDir(dir, "THINGS"), "meta.inf"), []byte("{}"))
		}, clean: true, inspected: "THINGS: the description was missing or damaged; the next start restores it from its copy",
			repaired: "THINGS: the description was missing or damaged and was restored from its copy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, block := stored(t)
			data, err := os.ReadFile(block)
			must(t, err)
			c.harm(t, dir, block, bytes.Clone(data))
			if c.inspected != "" {
				if report, err := blocks.Inspect(dir, c.clean); err != nil || strings.Join(report.Repaired, "\n") != c.inspected {
					t.Errorf("inspected, it says %+v, %v, want %q", report, err, c.inspected)
				}
			}
			harmed, _ := os.ReadFile(block)
			report, err := blocks.Check(dir, c.clean)
			damage, ok := errors.AsType[*blocks.DamageError](err)
			if ok != (c.damage != "") || err != nil && !ok {
				t.Fatalf("the check ends with %v, want damage %q", err, c.damage)
			}
			if ok {
				if !strings.Contains(damage.Error(), c.damage) || c.subject != "" && !slices.Contains(damage.Subjects(), c.subject) {
					t.Errorf("it says %v and names %v, want %q and %s", damage, damage.Subjects(), c.damage, c.subject)
				}
				if is, _ := os.ReadFile(block); !bytes.Equal(is, harmed) {
					t.Error("the damaged block was changed")
				}
				if kept := damage.Damage[0].Kept; kept != "" {
					if is, err := os.ReadFile(filepath.Join(dir, kept)); err != nil || !bytes.Equal(is, harmed) {
						t.Errorf("its copy is another (%v)", err)
					}
				}
				return
			}
			if said := strings.Join(report.Repaired, "\n"); c.repaired == "" && said != "" || !strings.Contains(said, c.repaired) {
				t.Errorf("it says %q, want %q", said, c.repaired)
			}
			if report.Missing != strings.HasPrefix(name, "no checksums") || report.Files != 1 {
				t.Errorf("checksums missing: %v, %d files", report.Missing, report.Files)
			}
		})
	}
}

// Full blocks have hard links, from which one that was removed or replaced comes
// back.
func TestFullBlocksAreRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	js, stop := serve(t, dir)
	s, err := blocks.Open(dir, nil)
	must(t, err)
	_, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "THINGS", Subjects: []string{"things"}, MaxBytes: 100 << 10})
	must(t, err)
	for range 10 { // blocks of 32 kB
		_, err := js.Publish(t.Context(), "things", bytes.Repeat([]byte("x"), 8<<10))
		must(t, err)
		must(t, s.Commit(1))
	}
	stop()
	must(t, s.Close())
	msgs := filepath.Join(blocks.StreamDir(dir, "THINGS"), "msgs")
	for _, harm := range []func(path string, data []byte){
		func(path string, _ []byte) { must(t, os.Remove(path)) },
		func(path string, data []byte) { must(t, os.Remove(path)); write(t, path, data[:77]) },
	} {
		path := filepath.Join(msgs, "1.blk")
		was, err := os.ReadFile(path)
		must(t, err)
		harm(path, bytes.Clone(was))
		if report, err := blocks.Inspect(dir, true); err != nil || !strings.Contains(strings.Join(report.Repaired, ""), "the next start restores it from its copy") {
			t.Errorf("inspect: %+v, %v", report, err)
		}
		report, err := blocks.Check(dir, true)
		if err != nil || !strings.Contains(strings.Join(report.Repaired, ""), "was restored from its copy") {
			t.Errorf("check: %+v, %v", report, err)
		}
		if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, was) {
			t.Errorf("the block is not what it was (%v)", err)
		}
	}
}

// Forget takes a stream out of what is checked, and no other.
func TestForget(t *testing.T) {
	t.Parallel()
	dir, block := stored(t)
	must(t, blocks.Forget(dir, "OTHERS"))
	must(t, os.Remove(block))
	if _, err := blocks.Check(dir, true); err == nil {
		t.Error("a missing block is not noticed after another stream was forgotten")
	}
	must(t, blocks.Forget(dir, "THINGS"))
	if _, err := blocks.Check(dir, true); err != nil {
		t.Errorf("a forgotten stream is still missed: %v", err)
	}
}

// Open does not read again what Check has read, as long as the file is in the
// state that it had then.
func TestOpenReadsWhatHasChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		touch   func(t *testing.T, file string, was os.FileInfo)
		noticed bool // that the bytes are not those that were checked
	}{
		"same state": {func(t *testing.T, file string, was os.FileInfo) {
			must(t, os.Chtimes(file, was.ModTime(), was.ModTime()))
		}, true},
		"written to": {func(*testing.T, string, os.FileInfo) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, file := stored(t)
			old := time.Now().Add(-time.Hour)
			must(t, os.Chtimes(file, old, old))
			was, err := os.Stat(file)
			must(t, err)
			report, err := blocks.Check(dir, true)
			must(t, err)
			data, err := os.ReadFile(file)
			must(t, err)
			data[len(data)/2] ^= 1
			write(t, file, data)
			c.touch(t, file, was)
			s, err := blocks.Open(dir, report.Verified())
			must(t, err)
			must(t, s.Close())
			_, err = blocks.Check(dir, true)
			if _, damaged := errors.AsType[*blocks.DamageError](err); damaged != c.noticed {
				t.Errorf("check after it: %v, want an error: %v", err, c.noticed)
			}
		})
	}
}

// Commits may come from many goroutines while the server writes.
func TestCommitsShare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	js, stop := serve(t, dir)
	s, err := blocks.Open(dir, nil)
	must(t, err)
	for i := range 4 {
		_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: fmt.Sprint("S", i), Subjects: []string{fmt.Sprintf("s%d.>", i)}})
		must(t, err)
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := range 10 {
				if _, err := js.Publish(t.Context(), fmt.Sprintf("s%d.%d", i%4, n), []byte("x")); err != nil {
					t.Error(err)
				}
				if err := s.Commit(1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	stop()
	must(t, s.Close())
	if report, err := blocks.Check(dir, true); err != nil || len(report.Repaired) > 0 || report.Files != 4 {
		t.Errorf("check: %+v, %v", report, err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

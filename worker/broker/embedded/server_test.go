package embedded_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/embedded"
)

func TestStartStopKeepsMessages(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b [x]*") // characters of patterns
	for round := range 3 {
		s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if s.Created() != (round == 0) {
			t.Errorf("round %d: Created is %v", round, s.Created())
		}
		_, js := connect(t, s)
		if round == 0 {
			mustStream(t, js, "JOBS", "jobs.>")
		}
		if n := count(t, js, "JOBS"); n != uint64(round) {
			t.Errorf("round %d: %d messages", round, n)
		}
		mustPublish(t, js, "jobs.a", "x")
		if err := s.Health(); err != nil {
			t.Error(err)
		}
		if s.ListenAddr() != "" {
			t.Errorf("it listens on %s", s.ListenAddr())
		}
		stop(t, s)
		stop(t, s) // once more is harmless
		if s.Health() == nil {
			t.Error("a stopped server is healthy")
		}
		if err := s.Restart(t.Context()); err == nil {
			t.Error("a stopped server restarted")
		}
		if nc, err := s.Connect(); err == nil {
			nc.Close()
			t.Error("a stopped server took a connection")
		}
	}
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v, %v; want mode 0700", fi.Mode(), err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range left {
		names = append(names, filepath.Base(f))
	}
	if got := strings.Join(names, " "); got != "checksums clean copies identity jetstream lock" {
		t.Errorf("left in the directory: %s", got)
	}
}

func TestStopClosesConnections(t *testing.T) {
	t.Parallel()
	s := start(t, embedded.Config{})
	nc, _ := connect(t, s)
	stop(t, s)
	if !nc.IsClosed() {
		t.Error("the connection still tries to reconnect")
	}
}

func TestStartCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user has had enough")
	cancel(why)
	if _, err := embedded.Start(ctx, embedded.Config{Dir: dir}); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	start(t, embedded.Config{Dir: dir}) // the directory was given back
}

func TestSecondServer(t *testing.T) {
	t.Parallel()
	s := start(t, embedded.Config{})
	_, err := embedded.Start(t.Context(), embedded.Config{Dir: s.Dir()})
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), s.Dir()) {
		t.Errorf("got %v, want ErrInUse and the directory", err)
	}
	if err := s.Health(); err != nil {
		t.Errorf("after it: %v", err)
	}
	nc, err := embedded.Dial(s.Dir())
	if err != nil {
		t.Fatalf("the refused one took the socket away: %v", err)
	}
	nc.Close()
}

func TestRestartKeepsConnections(t *testing.T) {
	t.Parallel()
	s := start(t, embedded.Config{Listen: "127.0.0.1:0", Access: access})
	nc, js := connect(t, s)
	mustStream(t, js, "EVENTS", "invoices.issued.>")
	other, err := embedded.Dial(s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	back := make(chan string, 9)
	out, err := nats.Connect("nats://"+s.ListenAddr(), nats.ReconnectWait(50*time.Millisecond), nats.MaxReconnects(-1),
		nats.ReconnectHandler(func(*nats.Conn) { back <- "outside" }))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	addr := s.ListenAddr()
	nc.SetReconnectHandler(func(*nats.Conn) { back <- "inside" })
	other.SetReconnectHandler(func(*nats.Conn) { back <- "socket" })
	sub, err := nc.SubscribeSync("hello")
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, js, "invoices.issued.a", "before")

	for round := range 2 {
		if err := s.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for range 3 {
			select {
			case who := <-back:
				seen[who] = true
			case <-time.After(20 * time.Second):
				t.Fatalf("round %d: only %v are back", round, seen)
			}
		}
		if len(seen) != 3 {
			t.Errorf("round %d: %v", round, seen)
		}
		if n := count(t, js, "EVENTS"); n != uint64(round+1) {
			t.Errorf("round %d: %d messages", round, n)
		}
		mustPublish(t, stream(t, other), "invoices.issued.a", "after")
		if err := nc.Flush(); err != nil { // its subscription is there again
			t.Fatal(err)
		}
		if err := other.Publish("hello", []byte("again")); err != nil {
			t.Fatal(err)
		}
		if _, err := sub.NextMsg(5 * time.Second); err != nil {
			t.Errorf("round %d: the subscription is gone: %v", round, err)
		}
		if s.ListenAddr() != addr {
			t.Errorf("it moved from %s to %s", addr, s.ListenAddr())
		}
		if _, err := embedded.Start(t.Context(), embedded.Config{Dir: s.Dir()}); !errors.Is(err, embedded.ErrInUse) {
			t.Errorf("after a restart: %v, want ErrInUse", err)
		}
	}
	// Outside clients are served again.
	c, err := stream(t, out).OrderedConsumer(t.Context(), "EVENTS", jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.Next(jetstream.FetchMaxWait(5 * time.Second)); err != nil || string(m.Data()) != "before" {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestStoreLimit(t *testing.T) {
	t.Parallel()
	s := start(t, embedded.Config{MaxStore: 64 << 10})
	_, js := connect(t, s)
	st := mustStream(t, js, "JOBS", "jobs.>")
	body := strings.Repeat("x", 8<<10)
	var err error
	for range 100 {
		if _, err = js.Publish(t.Context(), "jobs.a", []byte(body)); err != nil {
			break
		}
	}
	if api, ok := errors.AsType[*jetstream.APIError](err); !ok || api.ErrorCode != 10023 {
		t.Fatalf("publishing beyond the limit: %v, want error 10023", err)
	}
	if err := s.Health(); !errors.Is(err, embedded.ErrDiskFull) {
		t.Errorf("health: %v, want ErrDiskFull", err)
	}
	if err := st.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, js, "jobs.a", body)
	if err := s.Health(); err != nil {
		t.Errorf("after the purge: %v", err)
	}
}

func TestBadDirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		file:                     "not a directory",
		filepath.Join(file, "x"): "not a directory",
	} {
		if _, err := embedded.Start(t.Context(), embedded.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, name := range []string{"lock", "clean", "broker.sock"} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := embedded.Start(t.Context(), embedded.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("a directory called %s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		start(t, embedded.Config{Dir: dir}) // nothing was left behind
	}
}

func TestListenTaken(t *testing.T) {
	t.Parallel()
	first := start(t, embedded.Config{Listen: "127.0.0.1:0"})
	dir := t.TempDir()
	_, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, Listen: first.ListenAddr()})
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
	start(t, embedded.Config{Dir: dir})
}

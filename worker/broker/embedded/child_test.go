package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/embedded"
)

// The test binary runs itself again as another process: what it does there is
// the value of childEnv, on the directory in dirEnv.
const (
	childEnv = "EMBEDDED_TEST_CHILD"
	dirEnv   = "EMBEDDED_TEST_DIR"
)

var children = map[string]func(dir string) error{
	"publish": childPublish,
	"empty":   childEmpty,
	"hold":    childHold,
	"dial":    childDial,
	"power":   childPower,
}

func TestMain(m *testing.M) {
	if what := os.Getenv(childEnv); what != "" {
		if err := children[what](os.Getenv(dirEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child starts another process. Its lines come on the channel, which is closed
// at its end.
func child(t *testing.T, what, dir string, adapt ...func(*exec.Cmd)) (*exec.Cmd, <-chan string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+what, dirEnv+"="+dir)
	cmd.Stderr = os.Stderr
	for _, f := range adapt {
		f(cmd)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 10_000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		for range lines { // until the pipe is closed
		}
		_ = cmd.Wait()
	})
	return cmd, lines
}

// expect waits for a line.
func expect(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the process ended before it said %q", want)
			}
			if line == want {
				return
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("the process does not say %q", want)
		}
	}
}

// kill ends the process with SIGKILL and gives the lines that it had said.
func kill(t *testing.T, cmd *exec.Cmd, lines <-chan string) (said []string) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for line := range lines {
		said = append(said, line)
	}
	_ = cmd.Wait()
	return said
}

func childStart(dir string) (*embedded.Server, jetstream.JetStream, error) {
	s, err := embedded.Start(context.Background(), embedded.Config{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	nc, err := s.Connect()
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(nc)
	return s, js, err
}

// childPublish publishes until it is killed, and says what was acknowledged.
func childPublish(dir string) error {
	ctx := context.Background()
	_, js, err := childStart(dir)
	if err != nil {
		return err
	}
	if _, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "JOBS", Subjects: []string{"jobs.>"}}); err != nil {
		return err
	}
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "ledger"})
	if err != nil {
		return err
	}
	for i := 1; ; i++ {
		if _, err := js.Publish(ctx, "jobs.a", fmt.Append(nil, i)); err != nil {
			return err
		}
		if _, err := kv.Put(ctx, fmt.Sprint("k", i%10), fmt.Append(nil, i)); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// childEmpty leaves a stream that is empty at a clean stop, which is what the
// fault of the index needs, and then publishes 100 messages and waits.
func childEmpty(dir string) error {
	ctx := context.Background()
	s, js, err := childStart(dir)
	if err != nil {
		return err
	}
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "JOBS", Subjects: []string{"jobs.>"}}); err != nil {
		return err
	}
	if err := s.Stop(ctx); err != nil {
		return err
	}
	if _, js, err = childStart(dir); err != nil {
		return err
	}
	for i := range 100 {
		if _, err := js.Publish(ctx, "jobs.a", fmt.Append(nil, i)); err != nil {
			return err
		}
	}
	fmt.Println("published")
	select {}
}

func childHold(dir string) error {
	_, js, err := childStart(dir)
	if err != nil {
		return err
	}
	if _, err := js.CreateStream(context.Background(), jetstream.StreamConfig{Name: "JOBS", Subjects: []string{"jobs.>"}}); err != nil {
		return err
	}
	fmt.Println("held")
	select {}
}

// childDial publishes through the process that holds the directory.
func childDial(dir string) error {
	nc, err := embedded.Dial(dir, nats.Name("child"))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	ack, err := js.Publish(context.Background(), "jobs.child", []byte("from the child"))
	if err != nil {
		return err
	}
	fmt.Println(strings.ToLower(ack.Stream), ack.Sequence)
	return nil
}

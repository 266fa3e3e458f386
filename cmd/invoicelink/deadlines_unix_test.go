//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// commandDeadline is how long a command may take whose store does not answer:
// the README says 30 seconds, and a busy machine takes its time.
const commandDeadline = 50 * time.Second

// storeCommands are all commands that ask a store and end, without the flag that
// names it. Their files are those of killFiles and a backup.
func storeCommands(account []string) map[string][]string {
	with := func(args ...string) []string { return append(args, account...) }
	return map[string][]string{
		"run": with("run", "--seller", "seller.yaml", "--out", "other", "list.csv"), "renew": with("renew", "K-0001"),
		"list": {"list"}, "list one": {"list", "K-0001"}, "paid": {"paid", "K-0001"}, "receipt": {"receipt", "K-0001"}, "cancel": {"cancel", "--reason", "typo", "K-0001"},
		"review list": {"review", "list"}, "review resolve": {"review", "resolve", "--note", "x", "R-1"},
		"paypage export": {"paypage", "export", "pages"}, "paypage rotate": {"paypage", "rotate", "K-0001"},
		"dead-letters list": {"dead-letters", "list"}, "dead-letters show": {"dead-letters", "show", "1"}, "dead-letters replay": {"dead-letters", "replay", "1"},
		"backup": {"backup", "new.tar"}, "restore": {"restore", "whole.tar"},
	}
}

// Whatever keeps a store from answering, each command ends by itself and says
// what is wrong.
func TestNoCommandWaitsForever(t *testing.T) {
	t.Parallel()
	dir, _, run, env := killFiles(t, 2)
	account := run[1:5]
	for _, args := range [][]string{run, {"backup", "--data", "data", "whole.tar"}} {
		if out, err := child(t, dir, env, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, out)
		}
	}
	leaderless := startCluster(t)
	for _, p := range leaderless.running[:2] {
		p.signal(syscall.SIGKILL)
	}
	leaderless.until("the last server knows that it is alone", time.Minute, func(ctx context.Context) error {
		_, err := leaderless.broker.JetStream().AccountInfo(ctx)
		if refused, ok := errors.AsType[*jetstream.APIError](err); ok && refused.Code == 503 {
			return nil
		}
		return fmt.Errorf("got %v, want 503", err)
	})
	holder := child(t, dir, env, append([]string{"serve", "--data", "data", "--seller", "seller.yaml", "--listen", "127.0.0.1:0"}, account...)...)
	awaitLine(t, holder, "msg=serving")
	if err := holder.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		store []string
		want  string
	}{
		{"a server that says nothing", []string{"--nats", natsAnswering(t, func(string) string { return "" })}, "i/o timeout"},
		{"a server that takes commands and answers none", []string{"--nats", natsAnswering(t, handshake)}, "does not answer"},
		{"a cluster without a leader", []string{"--nats", leaderless.urls}, "the cluster has no leader"},
		{"a stopped process that holds the directory", []string{"--data", "data"}, "does not answer within 30s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			for name, args := range storeCommands(account) {
				want := c.want
				switch {
				case c.store[0] != "--data":
				case name == "restore":
					want = "holds something already"
				case name == "run":
					want = "the data directory is in use"
				}
				all.Go(func() {
					if err := endsInTime(child(t, dir, env, append(args, c.store...)...), want); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			all.Wait()
		})
	}
}

// endsInTime runs a command that is to fail for want of a store.
func endsInTime(cmd *exec.Cmd, want string) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(commandDeadline, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !timer.Stop() {
		return fmt.Errorf("does not end within %v\n%s", commandDeadline, &out)
	}
	if code := cmd.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(out.String(), want) {
		return fmt.Errorf("%v after %v, want exit code %d and %q\n%s", err, time.Since(begun), exitUsage, want, &out)
	}
	return nil
}

// awaitLine starts a command and waits for a line that holds a text.
func awaitLine(t *testing.T, cmd *exec.Cmd, text string) {
	t.Helper()
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); fmt.Fprintln(&said, lines.Text()) {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	t.Fatalf("it never says %q:\n%s", text, &said)
}

// natsAnswering listens and answers each line of a client, the first of which
// is empty: the beginning. It returns its URL.
func natsAnswering(t *testing.T, answer func(line string) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // the end of the test
			}
			go func() {
				_, err := io.WriteString(c, answer(""))
				for lines := bufio.NewScanner(c); err == nil && lines.Scan(); {
					_, err = io.WriteString(c, answer(lines.Text()))
				}
				if !errors.Is(err, net.ErrClosed) {
					_ = c.Close()
				}
			}()
		}
	}()
	return "nats://" + l.Addr().String()
}

// handshake is what a NATS server says before a client asks for anything.
func handshake(line string) string {
	switch line {
	case "":
		return `INFO {"server_id":"S","version":"2.15.0","proto":1,"headers":true,"jetstream":true,"max_payload":1048576}` + "\r\n"
	case "PING":
		return "PONG\r\n"
	}
	return ""
}

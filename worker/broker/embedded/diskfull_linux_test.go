package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/testkit/tool"
)

func init() { children["diskfull"] = childDiskFull }

// TestDiskFull runs on a small file system of its own, in a mount namespace
// that ends with the process.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	_, lines := child(t, "diskfull", t.TempDir(), func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if os.Getuid() != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
	})
	for line := range lines {
		switch line {
		case "done":
			return
		case "not permitted":
			tool.Missing(t, "the right to mount a small file system is missing")
		}
		t.Log(line)
	}
	t.Error("the process failed")
}

func childDiskFull(dir string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		fmt.Println("not permitted")
		return nil
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		fmt.Println("not permitted")
		return nil
	}
	data := filepath.Join(dir, "data")
	acked, err := fillUntil(data, 0, func(err error) bool {
		api, ok := errors.AsType[*jetstream.APIError](err)
		return ok && api.ErrorCode == 10023
	})
	if err != nil {
		return fmt.Errorf("with the derived limit: %w", err)
	}
	fmt.Println(acked, "messages until the derived limit said so")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	return freeze(dir, data)
}

// fillUntil publishes 256 KiB messages until an error, which must be the one
// that is expected.
func fillUntil(data string, limit int64, expected func(error) bool) (int, error) {
	s, err := embedded.Start(context.Background(), embedded.Config{Dir: data, MaxStore: limit})
	if err != nil {
		return 0, err
	}
	acked, err := fill(s)
	if !expected(err) {
		return 0, fmt.Errorf("after %d messages: %w", acked, err)
	}
	if err := s.Health(); !errors.Is(err, embedded.ErrDiskFull) {
		return 0, fmt.Errorf("health after %d messages: %w", acked, err)
	}
	return acked, s.Stop(context.Background())
}

func fill(s *embedded.Server) (int, error) {
	js, err := inProcess(s)
	if err != nil {
		return 0, err
	}
	if _, err := js.CreateOrUpdateStream(context.Background(), jetstream.StreamConfig{Name: "JOBS", Subjects: []string{"jobs.>"}}); err != nil {
		return 0, err
	}
	body := make([]byte, 256<<10)
	for acked := range 1000 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_, err := js.Publish(ctx, "jobs.a", body)
		cancel()
		if err != nil {
			return acked, err
		}
	}
	return 1000, errors.New("the disk was never full")
}

func inProcess(s *embedded.Server) (jetstream.JetStream, error) {
	nc, err := s.Connect()
	if err != nil {
		return nil, err
	}
	return jetstream.New(nc)
}

// freeze fills the disk below the server, makes room and restarts.
func freeze(dir, data string) error {
	ctx := context.Background()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 32<<20), 0o600); err != nil {
		return err
	}
	s, err := embedded.Start(ctx, embedded.Config{Dir: data, MaxStore: 1 << 40})
	if err != nil {
		return err
	}
	acked, err := fill(s)
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded) {
		fmt.Println("on the full disk a publish says:", err)
	}
	fmt.Println(acked, "messages until the disk was full; health:", s.Health())
	if err := s.Health(); !errors.Is(err, embedded.ErrDiskFull) {
		return fmt.Errorf("health on a full disk: %w", err)
	}
	if s.Stalled() {
		return errors.New("the stream is said to be frozen with room, and the disk is full")
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	if !s.Stalled() {
		return errors.New("there is room again and the stream is not said to be frozen")
	}
	if err := s.Health(); !errors.Is(err, embedded.ErrDiskFull) {
		return fmt.Errorf("the stream is said to be frozen until a restart, but health is: %w", err)
	}
	if err := s.Restart(ctx); err != nil {
		return err
	}
	if err := s.Health(); err != nil || s.Stalled() {
		return fmt.Errorf("health after the restart: %w, frozen %t", err, s.Stalled())
	}
	js, err := inProcess(s)
	if err != nil {
		return err
	}
	ack, err := js.Publish(ctx, "jobs.a", []byte("x"))
	if err != nil {
		return fmt.Errorf("publish after the restart: %w", err)
	}
	if ack.Sequence <= uint64(acked) {
		return fmt.Errorf("sequence %d after %d acknowledged messages: some were lost", ack.Sequence, acked)
	}
	if err := s.Stop(ctx); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

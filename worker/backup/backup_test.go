package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/worker/backup"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/brokertest"
	"invoicelink/worker/broker/embedded"
)

// filled is a broker with something in each stream.
func filled(t *testing.T) (*nats.Conn, *broker.Broker) {
	t.Helper()
	nc, b := brokertest.OpenBytes(t)
	js := b.JetStream()
	ctx := t.Context()
	for i := range 50 {
		key := fmt.Sprint("i.N-", i)
		if _, err := b.LedgerBucket().Put(ctx, key, fmt.Append(nil, "record ", i)); err != nil {
			t.Fatal(err)
		}
		for _, subject := range []string{"invoices.requested", "invoices.issued." + fmt.Sprint(i), "deadletters.requested.x"} {
			if _, err := js.Publish(ctx, subject, fmt.Append(nil, "message ", i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Documents().Put(ctx, "invoices."+fmt.Sprint(i), []byte("content")); err != nil {
			t.Fatal(err)
		}
		if err := b.SetTimer(ctx, fmt.Sprint("N-", i), time.Now().Add(time.Hour), nil); err != nil {
			t.Fatal(err)
		}
	}
	return nc, b
}

// messages are those of every stream, by stream and sequence.
func messages(t *testing.T, js jetstream.JetStream) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name := range js.StreamNames(t.Context()).Name() {
		s, err := js.Stream(t.Context(), name)
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
			out[fmt.Sprint(name, " ", seq)] = fmt.Sprint(m.Subject, m.Header, string(m.Data))
		}
	}
	return out
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	nc, b := filled(t)
	cons, err := b.Requests(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cons.Next(t.Context()); err != nil { // in progress for the whole backup
		t.Fatal(err)
	}
	data := t.TempDir()
	write(t, filepath.Join(data, "desk", "uploads", "1", "list.xlsx"), "a workbook")
	write(t, filepath.Join(data, "desk", "profiles", "1.yaml"), "an import profile")
	write(t, filepath.Join(data, "desk", "logins.json"), "nobody's business")
	file := filepath.Join(t.TempDir(), "backup.tar")
	m, err := backup.Write(t.Context(), nc, file, backup.Options{Dir: data, Wait: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if m.Quiet || m.Messages() < 250 || len(m.Files) != 2 {
		t.Errorf("quiet %v, %d messages, files %v; want work in progress, at least 250 messages, two files", m.Quiet, m.Messages(), m.Files)
	}
	if _, err := backup.Write(t.Context(), nc, file, backup.Options{}); err == nil {
		t.Error("a file was overwritten")
	}
	want := messages(t, b.JetStream())

	read, err := backup.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Restore(t.Context(), nc, 0); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("restore over a live server: %v, want ErrNotEmpty", err)
	}
	dir := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	there, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(read.Restore(t.Context(), there, 0), read.RestoreFiles(dir)); err != nil {
		t.Fatal(err)
	}
	again, err := broker.Open(t.Context(), there, broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := messages(t, again.JetStream())
	for key, message := range want {
		if got[key] != message {
			t.Errorf("%s is %q, want %q", key, got[key], message)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
	if data, err := os.ReadFile(filepath.Join(dir, "desk", "uploads", "1", "list.xlsx")); string(data) != "a workbook" {
		t.Errorf("the upload is %q, %v", data, err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "desk", "profiles", "1.yaml")); string(data) != "an import profile" {
		t.Errorf("the desk's profile is %q, %v", data, err)
	}
	if err := read.RestoreFiles(dir); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("files over files: %v, want ErrNotEmpty", err)
	}
	// What was in progress comes again.
	next, err := again.Requests(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := next.Next(t.Context()); err != nil || string(d.Data()) != "message 0" {
		t.Errorf("the first request after the restore: %v, %v", d, err)
	}
}

func TestDamagedBackup(t *testing.T) {
	t.Parallel()
	nc, _ := filled(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup.tar")
	if _, err := backup.Write(t.Context(), nc, file, backup.Options{}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/3] ^= 1
	for name, data := range map[string][]byte{"flipped": flipped, "cut": whole[:len(whole)/2], "empty": nil, "no archive": []byte("hello")} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			write(t, path, string(data))
			if _, err := backup.Open(path); err == nil {
				t.Error("it was taken for a whole backup")
			}
		})
	}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(data), 0o600)); err != nil {
		t.Fatal(err)
	}
}

//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"invoicelink/invoice"
	"invoicelink/worker/broker"
	"invoicelink/worker/broker/embedded"
	"invoicelink/worker/ledger"
)

// largeLedger makes a data directory with n issued invoices: the record, the
// entries of session and link in the owners' log, the document and the event of
// each, in the sizes that a run leaves.
func largeLedger(t testing.TB, dir string, n int) {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := broker.Open(t.Context(), conn, broker.Options{}); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(1024))
	if err != nil {
		t.Fatal(err)
	}
	document, event := make([]byte, 700), bytes.Repeat([]byte("e"), 1500)
	for i := range n {
		r := largeRecord(i)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		messages := []nats.Msg{
			{Subject: "documents.invoices." + ledger.ContentName(r.Number, r.Digest), Data: document},
			{Subject: "$KV." + broker.BucketLedger + ".i." + r.Number, Data: data},
			{Subject: "invoices.issued." + r.Number, Data: event, Header: nats.Header{jetstream.ExpectedStreamHeader: {broker.StreamEvents}}},
		}
		for _, o := range r.Ownerships() {
			data, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, nats.Msg{Subject: "owners", Data: data})
		}
		for _, m := range messages {
			if _, err := js.PublishMsgAsync(&m, jetstream.WithStallWait(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
	}
	<-js.PublishAsyncComplete()
	conn.Close()
	if err := server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func largeRecord(i int) ledger.Record {
	number, over := fmt.Sprintf("N-%07d", i), time.Now().Add(time.Duration(i%60+2)*24*time.Hour).UTC()
	money := invoice.Money{Amount: "1562.50", Currency: "EUR"}
	session := fmt.Sprintf("%08x-3dff-41b5-8880-2ce9529aa505", i)
	return ledger.Record{
		Number: number, State: ledger.Issued, Kind: invoice.KindInvoice, Digest: fmt.Sprintf("%x", sha256.Sum256([]byte(number))), Seller: fmt.Sprintf("%064x", 1),
		Total: money, Payable: money, DueDate: invoice.Date(over.Format(time.DateOnly)), IssueDate: "2026-11-20",
		Buyer: "Sample Buyer GmbH", Email: "buyer@example.com", Language: "en", Environment: "test", Request: session, Batch: "b-1", Sequence: uint64(i),
		Requested: &ledger.Act{At: over.AddDate(0, -1, 0), Source: ledger.SourceUpload}, SessionID: session, SessionFor: fmt.Sprintf("%064x", i),
		Link: &ledger.Link{Revision: 1, ID: session, URL: "https://pay.example.com/l/" + session, CreatedAt: over.AddDate(0, -1, 0), ValidUntil: over, ExpiredBy: over,
			By: ledger.Act{At: over.AddDate(0, -1, 0), Reason: "issue"}, QR: make([]byte, 211), Size: 41, QRSource: "returned", SHA256: fmt.Sprintf("%064x", i)},
		PDF: number + ".pdf", SHA256: fmt.Sprintf("%064x", i), PDFBytes: 25000, Printed: 1, IssuedAt: over.AddDate(0, -1, 0), UpdatedAt: over.AddDate(0, -1, 0),
	}
}

// BenchmarkLargeLedger measures commands on a ledger of 200,000 invoices, or of
// INVOICELINK_BENCH_INVOICES, each as a process of its own: wall time, CPU time
// and the most memory. INVOICELINK_BENCH_DIR keeps the ledger between runs.
func BenchmarkLargeLedger(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("INVOICELINK_BENCH_INVOICES"))
	if err != nil {
		n = 200_000
	}
	dir := os.Getenv("INVOICELINK_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	data := filepath.Join(dir, fmt.Sprintf("data-%d", n))
	if _, err := os.Stat(data); err != nil {
		largeLedger(b, data, n)
	}
	one := "Invoice number,Issue date,Due date,Currency,Customer name,Description,Quantity,Unit price,VAT %%\nK-%d,2026-11-20,2026-12-20,EUR,Sample Buyer,Consulting,1,100,25\n"
	for name, text := range map[string]string{"seller.yaml": killSeller, "one.csv": fmt.Sprintf(one, time.Now().UnixNano())} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"list-one", []string{"list", "--json", "N-0000007"}},
		{"first-run-of-one", []string{"run", "--sandbox", "--seller", "seller.yaml", "one.csv"}},
		{"run-of-one", []string{"run", "--sandbox", "--seller", "seller.yaml", "one.csv"}},
		{"renew-due", []string{"renew", "--sandbox", "--due"}},
		{"list", []string{"list"}},
		{"list-json", []string{"list", "--json"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var wall, cpu time.Duration
			var most int64
			for b.Loop() {
				cmd := benchChild(b, dir, append(c.args, "--data", data)...)
				start := time.Now()
				most = max(most, peakOf(b, cmd))
				wall += time.Since(start)
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			b.ReportMetric(wall.Seconds()/float64(b.N), "s-wall")
			b.ReportMetric(cpu.Seconds()/float64(b.N), "s-cpu")
			b.ReportMetric(float64(most)/(1<<20), "MB-peak")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Run("serve", func(b *testing.B) {
		for b.Loop() {
			measureServer(b, dir, data)
		}
	})
}

// measureServer measures a server on the ledger: the most memory that it had
// when it was ready, when the desk's list was complete, and after three scrapes.
// Where there is no /proc it measures the time alone.
func measureServer(b *testing.B, dir, data string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := benchChild(b, dir, "serve", "--sandbox", "--seller", "seller.yaml", "--data", data, "--listen", address)
	cmd.Stderr = nil
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	get := func(path string, wait time.Duration, unfinished string) {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for end := time.Now().Add(wait); ; <-tick.C {
			answer, err := http.Get("http://" + address + path)
			var body []byte
			if err == nil {
				body, err = io.ReadAll(answer.Body)
				err = errors.Join(err, answer.Body.Close())
			}
			if err == nil && answer.StatusCode == http.StatusOK && (unfinished == "" || !bytes.Contains(body, []byte(unfinished))) {
				return
			}
			if time.Now().After(end) {
				b.Fatalf("%s: %v", path, err)
			}
		}
	}
	report := func(when string) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if err != nil {
			return
		}
		_, rest, _ := strings.Cut(string(status), "VmHWM:")
		var kilobytes float64
		if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
			b.ReportMetric(kilobytes/(1<<10), "MB-"+when)
		}
	}
	get("/readyz", 5*time.Minute, "")
	b.ReportMetric(time.Since(start).Seconds(), "s-ready")
	report("ready")
	get("/invoices", 5*time.Minute, "still being read")
	report("list")
	for range 3 {
		get("/metrics", time.Minute, "")
	}
	report("scraped")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
}

func benchChild(b *testing.B, dir string, args ...string) *exec.Cmd {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "INVOICELINK_TEST_AS_PROGRAM=1", "INVOICELINK_LEGAL=warn")
	return cmd
}

// peakOf runs a child and returns the most memory that it had resident, in
// bytes. What wait4(2) says of it is at least what this process had before:
// a child begins with its parent's figure. So the child reads its own.
func peakOf(b *testing.B, cmd *exec.Cmd) int64 {
	b.Helper()
	file := filepath.Join(b.TempDir(), "peak")
	cmd.Env = append(cmd.Env, peakFile+"="+file)
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v", cmd.Args[1:], err)
	}
	status, err := os.ReadFile(file)
	if err != nil {
		usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		return usage.Maxrss // not Linux
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes << 10
}

//go:build !race

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/testkit/tool"
)

// TestSyncsPerInvoice counts the synced writes of a run with 64 invoices in
// progress: each is shared by all that wait at the same time. With the race
// detector, which slows the program down several times, fewer would wait.
func TestSyncsPerInvoice(t *testing.T) {
	t.Parallel()
	strace := tool.Path(t, "strace")
	const invoices, most = 1000, 1.0 // the start and the stop are in it
	dir, _, args, env := killFiles(t, invoices)
	trace := filepath.Join(dir, "trace")
	program := child(t, dir, env, append(args, "--concurrency", "64")...)
	program.Args = append([]string{strace, "-f", "-q", "-e", "trace=fsync,fdatasync,syncfs,openat", "-o", trace, program.Path}, program.Args[1:]...)
	program.Path = strace
	if out, err := program.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("ptrace")) {
			tool.Missing(t, "the right to trace a process is missing")
		}
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	syncs := 0
	for _, call := range []string{"fsync(", "fdatasync(", "syncfs(", "O_SYNC", "O_DSYNC"} {
		syncs += bytes.Count(data, []byte(call))
	}
	got := float64(syncs) / invoices
	t.Logf("%.2f synced writes per invoice", got)
	if got > most || syncs < 20 {
		t.Errorf("%d synced writes for %d invoices: %.2f each, want at most %.1f and some", syncs, invoices, got, most)
	}
}

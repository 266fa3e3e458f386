package sheet_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"invoicelink/invoice/sheet"

	"invoicelink/worker/testkit/tool"
)

const (
	manyRows    = 100_000
	mostMemory  = 100 << 10 // KiB of resident memory, the program included
	memoryChild = "INVOICELINK_TEST_MEMORY"
)

// TestMemoryOfManyRows reads 100,000 rows of 5,000 invoices in a process of its
// own and holds the memory that it ever had against the limit. It grows with the
// invoices: 25,000 take 130 MiB.
func TestMemoryOfManyRows(t *testing.T) {
	if path := os.Getenv(memoryChild); path != "" {
		b := read(t, path, sheet.Options{})
		if b.Rows != manyRows || !b.Entries[len(b.Entries)-1].OK() {
			t.Fatalf("%d entries", len(b.Entries))
		}
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Println("peak", strings.Fields(rest)[0])
		return
	}
	tool.Long(t)
	if runtime.GOOS != "linux" {
		tool.Missing(t, "the peak of memory is read from Linux")
	}
	for name, path := range map[string]string{"xlsx": largeOf(t, manyRows, 20), "csv": manyLines(t, manyRows)} {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfManyRows$")
			child.Env = append(os.Environ(), memoryChild+"="+path)
			out, err := child.CombinedOutput()
			_, rest, ok := strings.Cut(string(out), "peak ")
			if err != nil || !ok {
				t.Fatalf("%v: %s", err, out)
			}
			got, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil || got > mostMemory {
				t.Errorf("%d KiB (%v), want at most %d", got, err, mostMemory)
			}
			t.Logf("%d MiB for %d rows", got>>10, manyRows)
		})
	}
}

// manyLines writes a CSV file of n rows, 20 for each invoice.
func manyLines(tb testing.TB, n int) string {
	tb.Helper()
	var out strings.Builder
	out.WriteString(head + ",Line total\n")
	for i := range n {
		quantity := 2 + i%3
		fmt.Fprintf(&out, "R-%d,2026-11-20,2026-12-20,Customer %d Ltd,EUR,Article %d,%d,12.50,25,%.2f\n", i/20, i/20%997, i%5000, quantity, 12.5*float64(quantity))
	}
	path := filepath.Join(tb.TempDir(), "many.csv")
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkReadManyRows reads 100,000 rows of 5,000 invoices.
func BenchmarkReadManyRows(b *testing.B) { benchRead(b, manyLines(b, manyRows)) }

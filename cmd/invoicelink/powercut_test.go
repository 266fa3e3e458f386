package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"invoicelink/worker/testkit/powercut"
	"invoicelink/worker/testkit/tool"
)

// TestPowerCutDuringARun cuts the power at any moment of a run, every other time
// once more in the run after it, and runs the same command on what is left: every page that anybody can have seen
// before is the page afterwards, byte for byte, so with the same link, and each
// invoice is issued once.
func TestPowerCutDuringARun(t *testing.T) {
	t.Parallel()
	strace := tool.Path(t, "strace")
	invoices, cuts := 20, 4
	if tool.IsLong() {
		invoices, cuts = 40, 60
	}
	dir, api, args, env := killFiles(t, invoices)
	args = append(args, "--concurrency", "16", "--adopt-copy")
	record := func(t *testing.T, dir string) *powercut.Trace {
		t.Helper()
		cmd := child(t, dir, env, args...)
		var words bytes.Buffer
		cmd.Stderr = &words
		trace, err := powercut.Record(strace, cmd, dir)
		if err != nil {
			if bytes.Contains(words.Bytes(), []byte("ptrace")) {
				tool.Missing(t, "the right to trace a process is missing")
			}
			t.Fatalf("%v\n%s", err, &words)
		}
		return trace
	}
	trace := record(t, dir)
	r := rand.New(rand.NewPCG(3, 4))
	cutOf := func(t *testing.T, trace *powercut.Trace, mode powercut.Mode) (cut, seen string) {
		t.Helper()
		at := trace.Points()[r.IntN(len(trace.Points()))]
		cut, seen = filepath.Join(t.TempDir(), "cut"), filepath.Join(t.TempDir(), "seen")
		if err := errors.Join(trace.Cut(at, mode, r, cut), trace.Cut(at, powercut.Kept, r, seen)); err != nil {
			t.Fatal(err)
		}
		t.Logf("cut at %d of %d moments", at, len(trace.Points()))
		return cut, filepath.Join(seen, "out")
	}
	for i := range cuts {
		mode := powercut.Modes[i%len(powercut.Modes)]
		t.Run(fmt.Sprint(i, " ", mode), func(t *testing.T) {
			dir, seen := cutOf(t, trace, mode)
			later := ""
			if i%2 == 1 { // and once more while the program recovers
				dir, later = cutOf(t, record(t, dir), mode)
			}
			if out, err := child(t, dir, env, args...).CombinedOutput(); err != nil {
				t.Fatalf("the run after the cut: %v\n%s", err, out)
			}
			held(t, dir, env, api, invoices)
			samePages(t, seen, filepath.Join(dir, "out"))
			if later != "" {
				samePages(t, later, filepath.Join(dir, "out"))
			}
		})
	}
}

// samePages holds the pages of before against those of now.
func samePages(t *testing.T, before, now string) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(before, "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		was, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		is, err := os.ReadFile(filepath.Join(now, filepath.Base(page)))
		if err != nil || !bytes.Equal(was, is) {
			t.Errorf("%s is not the page that lay there before the cut (%v)", filepath.Base(page), err)
		}
	}
	t.Logf("%d pages lay there before the cut", len(pages))
}

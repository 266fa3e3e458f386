package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"invoicelink/worker/testkit/powercut"
	"invoicelink/worker/testkit/tool"
)

// TestPowerCutDuringARun cuts the power at any moment of a run, and runs the
// same command again on what is left: every page that anybody can have seen
// before is the page afterwards, byte for byte, so with the same link, and each
// invoice is issued once.
func TestPowerCutDuringARun(t *testing.T) {
	t.Parallel()
	strace := tool.Path(t, "strace")
	invoices, cuts := 20, 5
	if os.Getenv("INVOICELINK_TEST_LONG") == "1" {
		invoices, cuts = 40, 60
	}
	dir, api, args, env := killFiles(t, invoices)
	cmd := child(t, dir, env, append(args, "--concurrency", "16")...)
	var words bytes.Buffer
	cmd.Stderr = &words
	trace, err := powercut.Record(strace, cmd, dir)
	if err != nil {
		if bytes.Contains(words.Bytes(), []byte("ptrace")) {
			tool.Missing(t, "the right to trace a process is missing")
		}
		t.Fatalf("%v\n%s", err, &words)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range cuts {
		at, mode := trace.Points()[r.IntN(len(trace.Points()))], powercut.Modes[i%len(powercut.Modes)]
		t.Run(fmt.Sprint(mode, " at ", at), func(t *testing.T) {
			cut, seen := filepath.Join(t.TempDir(), "cut"), filepath.Join(t.TempDir(), "seen")
			if err := trace.Cut(at, mode, rand.New(rand.NewPCG(uint64(at), uint64(i))), cut); err != nil {
				t.Fatal(err)
			}
			if err := trace.Cut(at, powercut.Kept, r, seen); err != nil {
				t.Fatal(err)
			}
			out, err := child(t, cut, env, append(slices.Clone(args), "--adopt-copy")...).CombinedOutput()
			if err != nil {
				t.Fatalf("the run after the cut: %v\n%s", err, out)
			}
			held(t, cut, env, api, invoices)
			samePages(t, filepath.Join(seen, "out"), filepath.Join(cut, "out"))
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

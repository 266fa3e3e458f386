package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
)

// TestSortedLines: lines come out by their keys, the last of equal ones, from
// memory and from the file.
func TestSortedLines(t *testing.T) {
	t.Parallel()
	const n = 3000
	var l sortedLines
	filler := strings.Repeat("x", 2*linesInMemory/n) // twice what memory takes
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		for _, text := range []string{"old", "new"} {
			if err := l.add(fmt.Sprintf("%05d", i), fmt.Appendf(nil, "%d %s %s", i, text, filler)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if l.file == nil {
		t.Fatal("nothing went into the file")
	}
	next := 0
	err := l.each(func(line []byte) error {
		if want := fmt.Sprintf("%d new ", next); !bytes.HasPrefix(line, []byte(want)) || len(line) != len(want)+len(filler) {
			t.Fatalf("line %d begins with %.20q, want %q", next, line, want)
		}
		next++
		return nil
	})
	if err != nil || next != n {
		t.Errorf("%d lines, %v; want %d", next, err, n)
	}
	name := l.file.Name()
	if err := l.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("the temporary file is still there: %v", err)
	}
}

// TestTable holds the alignment against that of text/tabwriter.
func TestTable(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"NUMBER", "BUYER", "NOTES"}, {"1", "Ærø Købmand", ""}, {"A-1000", "", "needs review"}, {"", "x", "y"}}
	var got, want bytes.Buffer
	var tab table
	for _, r := range rows {
		tab.fit(r)
	}
	w, out := tabwriter.NewWriter(&want, 0, 4, 2, ' ', 0), bufio.NewWriter(&got)
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
		tab.row(out, r)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("table\n%swant\n%s", &got, &want)
	}
}

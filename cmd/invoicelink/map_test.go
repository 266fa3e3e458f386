package main_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestREADMEShowsTheMap holds the table of packages in worker/README.md to what
// the code imports. INVOICELINK_UPDATE=1 writes it anew; what a package is, in
// its second column, is written by hand.
func TestREADMEShowsTheMap(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "worker", "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- map -->\n", "<!-- /map -->\n"
	before, rest, ok1 := strings.Cut(string(data), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s: has no %q … %q", path, begin, end)
	}
	want := packageTable(t, got)
	switch {
	case got == want:
	case os.Getenv("INVOICELINK_UPDATE") != "":
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: the table of packages is not what the imports draw; INVOICELINK_UPDATE=1 go test -run %s ./cmd/invoicelink writes it anew\ngot:\n%s\nwant:\n%s",
			path, t.Name(), got, want)
	}
}

// packageTable lists the packages, those that import most first, with what they
// are, from the old table, and what they import.
func packageTable(t *testing.T, old string) string {
	t.Helper()
	about := map[string]string{}
	for row := range strings.Lines(old) {
		if cells := strings.Split(row, " | "); len(cells) == 3 {
			about[strings.Trim(cells[0], "|` ")] = cells[1]
		}
	}
	imports := map[string]map[string]bool{}
	for _, s := range sources(t) {
		p := s.pkg()
		if s.test || p == "fixtures" {
			continue
		}
		if imports[p] == nil {
			imports[p] = map[string]bool{}
		}
		for _, spec := range s.ast.Imports {
			to, mine := strings.CutPrefix(importPath(t, spec), ours)
			if mine && !slices.Contains(leaves, to) {
				imports[p][to] = true
			}
		}
	}
	level := map[string]int{}
	var height func(p string) int
	height = func(p string) int {
		if level[p] == 0 {
			level[p] = 1
			for to := range imports[p] {
				level[p] = max(level[p], 1+height(to))
			}
		}
		return level[p]
	}
	packages := slices.SortedFunc(maps.Keys(imports), func(a, b string) int { return cmp.Or(height(b)-height(a), cmp.Compare(a, b)) })
	var b strings.Builder
	b.WriteString("| package | is | imports |\n|---|---|---|\n")
	for _, p := range packages {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p, cmp.Or(about[p], "…"), strings.Join(slices.Sorted(maps.Keys(imports[p])), ", "))
	}
	return b.String()
}

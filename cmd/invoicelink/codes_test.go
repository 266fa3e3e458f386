package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// codesIn collects the codes that a package gives: the first argument of add,
// addf and refuse, and what is assigned to a field named code.
func codesIn(t *testing.T, dir string, codes map[string]bool) {
	t.Helper()
	files, err := filepath.Glob("../../" + dir + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	text := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && codePattern.MatchString(s) {
				codes[s] = true
			}
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					name = f.Sel.Name
				case *ast.Ident:
					name = f.Name
				}
				if len(n.Args) > 2 && (name == "add" || name == "addf" || name == "fullAddress") || len(n.Args) > 1 && name == "refuse" {
					text(n.Args[0])
				}
			case *ast.AssignStmt:
				if v, ok := n.Lhs[0].(*ast.Ident); ok && v.Name == "code" {
					text(n.Rhs[0])
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "code") {
					text(n.Value)
				}
			}
			return true
		})
	}
}

var codePattern = regexp.MustCompile(`^[a-z]+[0-9]*(-[a-z]+)*$`)

// The contract lists every code that a refusal or problem can have, and no
// other. Those of EN 16931 (BR-…) have the names of its rules.
func TestContractListsEveryCode(t *testing.T) {
	t.Parallel()
	got := map[string]bool{"invalid-request": true, "given-up": true, "missing": true}
	for _, dir := range []string{"invoice", "invoice/pdf", "worker", "worker/event", "worker/ledger", "worker/settlement"} {
		codesIn(t, dir, got)
	}
	for _, own := range []string{"paid-before-request"} { // ledger.ReviewPaidBeforeRequest as a code
		got[own] = true
	}
	text, err := os.ReadFile("../../worker/event/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "\n## Codes\n")
	listed := map[string]bool{}
	for line := range strings.Lines(tables) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			if listed[m[1]] {
				t.Errorf("code %s is listed twice", m[1])
			}
			listed[m[1]] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(got)) {
		if !listed[code] {
			t.Errorf("code %s is not in worker/event/README.md", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(listed)) {
		if !got[code] {
			t.Errorf("code %s is in worker/event/README.md, and nothing gives it", code)
		}
	}
}

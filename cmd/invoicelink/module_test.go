package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// source is one Go file of the module, parsed.
type source struct {
	file string // its path below the module, with slashes
	test bool
	ast  *ast.File
}

// pkg is the directory of the file below the module.
func (s source) pkg() string { return path.Dir(s.file) }

// module parses every Go file below go.mod, whatever system it is built for.
// It reads the files itself, so that the test cache sees which they were.
var module = sync.OnceValues(func() ([]source, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	var all []source
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != root && (base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(below), strings.HasSuffix(name, "_test.go"), parsed})
		return nil
	})
	return all, err
})

// moduleRoot is the nearest directory upwards that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
}

// sources returns the module's files and refuses to go on with so few of them
// that something must have been overlooked.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := module()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for _, s := range all {
		packages[s.pkg()] = true
	}
	for _, must := range []string{"invoice", "checkout", "worker", "cmd/invoicelink"} {
		if !packages[must] {
			t.Fatalf("found no Go file in %s; read %d files in all", must, len(all))
		}
	}
	return all
}

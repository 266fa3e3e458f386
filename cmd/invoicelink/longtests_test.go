package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"invoicelink/worker/testkit/tool"
)

// .ci/long runs each package that has long tests, and no other.
func TestLongTestsAreFound(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	long := regexp.MustCompile(`\btool\.(Long|IsLong)\(`)
	var want []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && long.Match(data) {
			dir, err := filepath.Rel(root, filepath.Dir(path))
			want = append(want, "./"+filepath.ToSlash(dir))
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	cmd := exec.Command(tool.Path(t, "bash"), filepath.Join(root, ".ci", "long"), "-list")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(out)); !slices.Equal(got, slices.Compact(want)) || len(got) == 0 {
		t.Errorf(".ci/long runs %v, want %v", got, slices.Compact(want))
	}
}

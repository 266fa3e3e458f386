package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"invoicelink/worker/testkit/tool"
)

// shellBlock is a block of shell commands in a document; "run" after "sh" says
// that it can be pasted and run as it is.
var shellBlock = regexp.MustCompile("(?ms)^```sh( run)?\n(.*?)^```$")

// documents are the READMEs of the module, by path.
func documents(t *testing.T, root string) map[string]string {
	t.Helper()
	paths, err := exec.Command("git", "-C", root, "ls-files", "*README.md").Output()
	if err != nil {
		tool.Missing(t, "a git checkout of the module: "+err.Error())
	}
	out := map[string]string{}
	for path := range strings.FieldsSeq(string(paths)) {
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		out[path] = string(data)
	}
	return out
}

// TestDocumentedBlocksRun runs every block that says so, in a directory that
// has the fixtures and nothing else of the module.
func TestDocumentedBlocksRun(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for path, text := range documents(t, root) {
		for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
			if block[1] == "" {
				continue
			}
			ran++
			t.Run(fmt.Sprintf("%s/%d", path, ran), func(t *testing.T) {
				if strings.Contains(block[2], "nats") {
					tool.Long(t) // builds the nats command
				}
				runBlock(t, root, self, block[2])
			})
		}
	}
	if ran == 0 {
		t.Error("no document has a block that can be run")
	}
}

func runBlock(t *testing.T, root, self, block string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root, "fixtures"), filepath.Join(dir, "fixtures")); err != nil {
		t.Fatal(err)
	}
	script := `set -euo pipefail
go() { if [ "$1 $2" = "run ./cmd/invoicelink" ]; then shift 2; INVOICELINK_TEST_AS_PROGRAM=1 "$SELF" "$@"; else command go "$@"; fi; }
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
` + strings.ReplaceAll(block, "127.0.0.1:4222", freeAddress(t))
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SELF="+self, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "INVOICELINK_LISTEN="+freeAddress(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the block fails: %v\n%s\n%s", err, block, out)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestDocumentedCommandsParse parses every command of the program that a
// document shows: no flag or command is shown that does not exist.
func TestDocumentedCommandsParse(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`(?m)^\s*(?:go run \./cmd/)?invoicelink ([a-z][^#&|\n]*)`)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	parsed := 0
	for path, text := range documents(t, root) {
		for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
			for _, line := range command.FindAllStringSubmatch(block[2], -1) {
				parsed++
				var c cli
				parser, err := newParser(&c, streams{}, kong.Exit(func(int) {}))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := parser.Parse(strings.Fields(line[1])); err != nil {
					t.Errorf("%s: %q: %v", path, line[0], err)
				}
			}
		}
	}
	if parsed < 8 {
		t.Errorf("got %d commands in the documents, want at least 8: this test sees too little", parsed)
	}
}

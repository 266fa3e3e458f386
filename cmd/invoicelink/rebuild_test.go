package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"invoicelink/worker/broker"
)

// issuedData runs eight invoices. before is what `list` said.
func issuedData(t *testing.T) (dir string, program func(args ...string) (string, int), run []string, links func() int, before string) {
	t.Helper()
	dir, api, run, env := killFiles(t, 8)
	program = func(args ...string) (string, int) {
		t.Helper()
		out, err := child(t, dir, env, args...).CombinedOutput()
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			return string(out), failed.ExitCode()
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(out), 0
	}
	if out, code := program(run...); code != 0 {
		t.Fatalf("run: exit code %d\n%s", code, out)
	}
	if out, code := program("paid", "--data", "data", "K-0005", "--amount", "6.88"); code != 0 {
		t.Fatalf("paid: exit code %d\n%s", code, out)
	}
	before, code := program("list", "--json", "--data", "data")
	if code != 0 {
		t.Fatalf("list: exit code %d\n%s", code, before)
	}
	return dir, program, run, func() int { return len(api.Links()) }, before
}

// recordOf3 is in the record of K-0003 and nowhere else in the ledger.
const recordOf3 = `"number":"K-0003","state":"issued"`

// flipAfter flips a bit after the last place of a text in a stream's first block.
func flipAfter(t *testing.T, dir, stream, text string) {
	t.Helper()
	file := filepath.Join(dir, "data", "jetstream", "$G", "streams", stream, "msgs", "1.blk")
	block, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(block, []byte(text))
	if at < 0 {
		t.Fatalf("%s does not hold %s", file, text)
	}
	block[at+3] ^= 1
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A damaged record comes back as it was, nothing is issued again, and the
// damaged file is kept.
func TestRebuild(t *testing.T) {
	t.Parallel()
	dir, program, run, links, before := issuedData(t)
	flipAfter(t, dir, ledgerStream, recordOf3)
	if out, code := program("list", "--data", "data"); code != exitUsage || !strings.Contains(out, "invoices affected: K-0003;") || !strings.Contains(out, "invoicelink rebuild") {
		t.Fatalf("list of a damaged ledger: exit code %d\n%s", code, out)
	}
	if out, code := program("rebuild", "--data", "data", "--pages", "out", "--dry-run"); code != 0 || !strings.Contains(out, "K-0003: rebuilt as issued from event ") {
		t.Fatalf("dry run: exit code %d\n%s", code, out)
	}
	if out, code := program("list", "--data", "data"); code != exitUsage {
		t.Fatalf("list after the dry run: exit code %d, want %d\n%s", code, exitUsage, out)
	}
	if out, code := program("rebuild", "--data", "data", "--pages", "out"); code != 0 || !strings.Contains(out, "has 8 records, 1 of them rebuilt") {
		t.Fatalf("rebuild: exit code %d\n%s", code, out)
	}
	after, code := program("list", "--json", "--data", "data")
	if code != 0 {
		t.Fatalf("list: exit code %d\n%s", code, after)
	}
	drawn := strings.NewReplacer(`"qrSource":"returned",`, "", `"qrSource":"drawn",`, "", `"qrNote":"QR code drawn from the link, since the record was rebuilt",`, "")
	was, is := strings.Split(drawn.Replace(before), "\n"), strings.Split(drawn.Replace(after), "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Errorf("line %d of the list differs:\n%s\nwant\n%s", i+1, at(is, i), at(was, i))
		}
	}
	made := links()
	if out, code := program(run...); code != 0 {
		t.Errorf("the same run again: exit code %d\n%s", code, out)
	}
	kept, err := filepath.Glob(filepath.Join(dir, "data", "damaged", "KV_*"))
	if err != nil || len(kept) == 0 {
		t.Errorf("the damaged stream is not kept: %v, %v", kept, err)
	}
	if out, code := program("verify", "--data", "data", "--pages", "out"); code != 0 {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
	if out, code := program("rebuild", "--data", "data"); code != 0 || !strings.Contains(out, "nothing is lost") {
		t.Errorf("a second rebuild: exit code %d\n%s", code, out)
	}
	if n := links(); n != made {
		t.Errorf("%d links, want %d", n, made)
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// The log of owners is made again from what is left of it and from the records,
// with the ledger or alone.
func TestRebuildOwners(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm map[string]string // texts by stream
		want string
	}{
		"alone":           {map[string]string{ownersStream: `{"number":"K-0003","session":`}, "has 8 records, 0 of them rebuilt"},
		"with the ledger": {map[string]string{ownersStream: `{"number":"K-0003","session":`, ledgerStream: recordOf3}, "has 8 records, 1 of them rebuilt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, program, run, links, _ := issuedData(t)
			for stream, text := range c.harm {
				flipAfter(t, dir, stream, text)
			}
			if out, code := program("list", "--data", "data"); code != exitUsage || !strings.Contains(out, "invoices affected: K-0003;") {
				t.Fatalf("list of damaged owners: exit code %d\n%s", code, out)
			}
			if out, code := program("rebuild", "--data", "data", "--pages", "out"); code != 0 || !strings.Contains(out, c.want) {
				t.Fatalf("rebuild: exit code %d\n%s", code, out)
			}
			made := links()
			if out, code := program(run...); code != 0 || links() != made {
				t.Errorf("the same run again: exit code %d, %d links, want %d\n%s", code, links(), made, out)
			}
			if out, code := program("verify", "--data", "data", "--pages", "out"); code != 0 {
				t.Errorf("verify: exit code %d\n%s", code, out)
			}
		})
	}
}

// What would have to be guessed is refused, and nothing is changed.
func TestRebuildRefusesToGuess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(t *testing.T, dir string)
		args []string
		code int
		want string
	}{
		"a page that no event knows": {func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "out", "K-0003.pdf"), []byte("%PDF-1.7 of another link"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"--pages", "out"}, exitUsage, "K-0003.pdf is a page that no event knows"},
		"done without": {func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "out", "K-0003.pdf"), []byte("%PDF-1.7 of another link"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"--pages", "out", "--without", "K-0003"}, 0, "has 7 records, 0 of them rebuilt"},
		"events damaged as well": {func(t *testing.T, dir string) {
			file := filepath.Join(dir, "data", "jetstream", "$G", "streams", broker.StreamEvents, "msgs", "1.blk")
			block, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			block[len(block)/2] ^= 1
			if err := os.WriteFile(file, block, 0o600); err != nil {
				t.Fatal(err)
			}
		}, nil, exitUsage, "INVOICELINK_EVENTS block 1 is damaged as well"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, program, _, _, _ := issuedData(t)
			flipAfter(t, dir, ledgerStream, recordOf3)
			c.harm(t, dir)
			file := filepath.Join(dir, "data", "jetstream", "$G", "streams", ledgerStream, "msgs", "1.blk")
			was, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out, code := program(append([]string{"rebuild", "--data", "data"}, c.args...)...)
			if code != c.code || !strings.Contains(out, c.want) {
				t.Errorf("exit code %d, want %d and %q\n%s", code, c.code, c.want, out)
			}
			if is, err := os.ReadFile(file); c.code != 0 && (err != nil || !bytes.Equal(was, is)) {
				t.Errorf("the ledger was changed (%v)", err)
			}
		})
	}
}

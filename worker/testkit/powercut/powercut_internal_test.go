package powercut

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hexed writes a string as strace -xx does.
func hexed(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, `\x%02x`, s[i])
	}
	return `"` + b.String() + `"`
}

// read replays a trace on an empty root. In a line, <text> is a string.
func read(t *testing.T, lines ...string) *Trace {
	t.Helper()
	var text strings.Builder
	for _, line := range lines {
		for {
			head, rest, ok := strings.Cut(line, "{")
			if !ok {
				break
			}
			word, tail, _ := strings.Cut(rest, "}")
			line = head + hexed(word) + tail
		}
		text.WriteString(line + "\n")
	}
	calls, err := parse(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	tr := &Trace{root: "/data", cwd: "/data", top: newDir(), fds: map[int64]*handle{}}
	if err := tr.replay(calls); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestCut(t *testing.T) {
	t.Parallel()
	made := []string{
		`1 openat(AT_FDCWD, {/data}, O_RDONLY|O_DIRECTORY) = 3`,
		`1 openat(3, {a}, O_RDWR|O_CREAT, 0600) = 4`,
		`1 write(4, {one}, 3)            = 3`,
	}
	for name, c := range map[string]struct {
		lines []string
		mode  Mode
		want  map[string]string // content by name; what is not named is not there
	}{
		"nothing synced":         {nil, Dropped, map[string]string{}},
		"nothing lost":           {nil, Kept, map[string]string{"a": "one"}},
		"name without content":   {[]string{`1 fsync(3) = 0`}, Dropped, map[string]string{"a": ""}},
		"content without a name": {[]string{`1 fsync(4) = 0`}, Dropped, map[string]string{}},
		"both":                   {[]string{`1 fdatasync(4) = 0`, `1 fsync(3) = 0`, `1 write(4, {two}, 3) = 3`}, Dropped, map[string]string{"a": "one"}},
		"everything":             {[]string{`1 syncfs(3) = 0`, `1 pwrite64(4, {X}, 1, 1) = 1`}, Dropped, map[string]string{"a": "one"}},
		"renamed":                {[]string{`1 syncfs(3) = 0`, `1 renameat(3, {a}, 3, {b}) = 0`}, Dropped, map[string]string{"a": "one"}},
		"renamed and synced":     {[]string{`1 renameat(3, {a}, 3, {b}) = 0`, `1 syncfs(3) = 0`}, Dropped, map[string]string{"b": "one"}},
		"linked":                 {[]string{`1 linkat(3, {a}, AT_FDCWD, {/data/b}, 0) = 0`, `1 unlinkat(3, {a}, 0) = 0`}, Kept, map[string]string{"b": "one"}},
		"cut and written":        {[]string{`1 ftruncate(4, 1) = 0`, `1 pwrite64(4, {Z}, 1, 4) = 1`}, Kept, map[string]string{"a": "o\x00\x00\x00Z"}},
		"written during a sync": {[]string{`1 syncfs(3 <unfinished ...>`, `2 write(4, {two}, 3) = 3`, `1 <... syncfs resumed>) = 0`}, Dropped,
			map[string]string{"a": "one"}},
		"written with O_SYNC": {[]string{`1 openat(3, {b}, O_WRONLY|O_CREAT|O_SYNC, 0600) = 5`, `1 write(5, {two}, 3) = 3`, `1 fsync(3) = 0`}, Dropped,
			map[string]string{"a": "", "b": "two"}},
		"names after a sync of another file": {[]string{`1 openat(3, {b}, O_WRONLY|O_CREAT, 0600) = 5`, `1 write(5, {two}, 3) = 3`, `1 fsync(5) = 0`},
			Journaled, map[string]string{"a": "", "b": "two"}},
		"opened while it is removed": {[]string{`1 unlinkat(3, {a}, 0 <unfinished ...>`, `2 openat(3, {a}, O_RDONLY) = 5`, `1 <... unlinkat resumed>) = 0`, `1 syncfs(3) = 0`}, Dropped,
			map[string]string{}},
		"sync not ended":   {[]string{`1 syncfs(3 <unfinished ...>`}, Dropped, map[string]string{}},
		"killed in a call": {[]string{`1 syncfs(3) = 0`, `2 pwrite64(4, {two}, 3, 0 <detached ...>`, `1 +++ killed by SIGKILL +++`}, Kept, map[string]string{"a": "one"}},
		"sync that failed": {[]string{`1 syncfs(3) = -1 EIO (Input/output error)`}, Dropped, map[string]string{}},
		"closed":           {[]string{`1 close(4) = 0`, `1 write(4, {socket}, 6) = 6`}, Kept, map[string]string{"a": "one"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := read(t, append(append([]string{}, made...), c.lines...)...)
			to := filepath.Join(t.TempDir(), "cut")
			if err := tr.Cut(tr.lines, c.mode, rand.New(rand.NewPCG(1, 1)), to); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"a", "b"} {
				want, there := c.want[name]
				got, err := os.ReadFile(filepath.Join(to, name))
				if there && string(got) != want || !there && !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s holds %q (%v), want %q (there: %v)", name, got, err, want, there)
				}
			}
		})
	}
}

// What was said before the cut is what the program wrote to its standard
// output, and a torn file holds old or new pages.
func TestSaidAndTorn(t *testing.T) {
	t.Parallel()
	page2 := strings.Repeat("x", page) + strings.Repeat("y", page)
	tr := read(t, `1 openat(AT_FDCWD, {a}, O_RDWR|O_CREAT, 0600) = 4`, `1 syncfs(4) = 0`, `1 write(1, {first`+"\n"+`}, 6) = 6`,
		`1 writev(4, [[iov_base=`+hexed(page2)+`, iov_len=8192]], 1) = 8192`, `1 write(1, {second}, 6) = 6`)
	if got := tr.Said(4); got != "first\n" {
		t.Errorf("said %q before the write, want the first line", got)
	}
	seen := map[string]bool{}
	for i := range 40 {
		to := filepath.Join(t.TempDir(), "cut")
		if err := tr.Cut(tr.lines, Torn, rand.New(rand.NewPCG(uint64(i), 1)), to); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(to, "a"))
		if err != nil {
			t.Fatal(err)
		}
		seen[strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(string(data), strings.Repeat("x", page), "x"), strings.Repeat("y", page), "y"),
			strings.Repeat("\x00", page), "0")] = true
	}
	for _, want := range []string{"", "x", "xy", "0y"} {
		if !seen[want] {
			t.Errorf("%q has not come, of %d contents", want, len(seen))
		}
	}
}

package powercut

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Mode says what becomes of changes that no sync covers.
type Mode string

const (
	// Dropped loses all of them.
	Dropped Mode = "dropped"
	// Torn keeps a random part, page by page and name by name, in any order.
	Torn Mode = "torn"
	// Ordered keeps the names up to a moment before the cut, as a journaling
	// file system does, and of the contents a random part; what was lost may
	// stand there as zeros.
	Ordered Mode = "ordered"
	// Journaled keeps the names up to the last sync of any file and, of those
	// after it, up to a moment, as ext4 and XFS do: such a sync writes the
	// journal. Of the contents that no sync covers it keeps a random part or
	// none.
	Journaled Mode = "journaled"
	// Kept loses nothing, as a kill does.
	Kept Mode = "kept"
)

// Modes are those of a power cut for a program that names the directories it
// needs to a sync. A program that leaves this to the file system, as nats-server
// does, is cut in the mode Journaled.
var Modes = []Mode{Dropped, Torn, Ordered}

// Trace is what a program did to the files below a directory.
type Trace struct {
	root, cwd string
	top       *node
	fds       map[int64]*handle
	lines     int
	syncs     []syncCall
	said      []said
	points    []int // lines at which something is written or synced
}

type handle struct {
	n      *node
	at     int64
	append bool
	sync   bool // each write is synced when it ends
}

// syncCall brings changes before begin to disk at end; of everything where n is
// nil.
type syncCall struct {
	begin, end int
	n          *node
}

type said struct {
	line int
	text string
}

// Record runs a command under strace and reads what it did below the
// directory, which must be the command's own. An error of the command is
// returned with the trace.
func Record(strace string, cmd *exec.Cmd, root string) (*Trace, error) {
	r, err := Start(strace, cmd, root)
	if err != nil {
		return nil, err
	}
	failed := cmd.Wait()
	t, err := r.Trace()
	if err != nil {
		return nil, errors.Join(err, failed)
	}
	return t, failed
}

// Recording is a command that runs under strace.
type Recording struct {
	t      *Trace
	out    *os.File
	copied chan error
}

// Start starts a command as Record does. The command's process is the traced
// program itself, so it can be killed; whoever started it waits for its end and
// then reads the trace.
func Start(strace string, cmd *exec.Cmd, root string) (*Recording, error) {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	r := &Recording{t: &Trace{root: root, cwd: cmd.Dir, fds: map[int64]*handle{}}, copied: make(chan error, 1)}
	if r.t.top, err = load(root); err != nil {
		return nil, err
	}
	if r.out, err = os.CreateTemp("", "powercut-*"); err != nil {
		return nil, err
	}
	from, to, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, to)
	name := fmt.Sprint("/dev/fd/", 2+len(cmd.ExtraFiles))
	cmd.Args = append([]string{strace, "-D", "-f", "--seccomp-bpf", "-qq", "-xx", "-s", "16777216", "-e", "signal=none", "-e", traced, "-o", name, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = strace
	if err := errors.Join(cmd.Start(), to.Close()); err != nil {
		return nil, errors.Join(err, from.Close(), r.close())
	}
	go func() { // until strace and the program have ended
		_, err := io.Copy(r.out, from)
		r.copied <- errors.Join(err, from.Close())
	}()
	return r, nil
}

func (r *Recording) close() error { return errors.Join(r.out.Close(), os.Remove(r.out.Name())) }

// Trace waits for the end of the program, which somebody else brings about, and
// returns what it did until then.
func (r *Recording) Trace() (t *Trace, err error) {
	defer func() { err = errors.Join(err, r.close()) }()
	if err := <-r.copied; err != nil {
		return nil, err
	}
	if _, err := r.out.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	calls, err := parse(r.out)
	if err != nil {
		return nil, err
	}
	return r.t, r.t.replay(calls)
}

// replay builds the tree out of the calls, each at its place.
func (t *Trace) replay(calls []*call) error {
	type event struct {
		line int
		do   func() error
	}
	var events []event
	for _, c := range calls {
		t.lines = max(t.lines, c.end+1)
		switch c.name {
		case "fsync", "fdatasync", "syncfs", "sync":
			events = append(events, event{c.end, func() error { return t.sync(c) }})
		case "open", "openat", "creat", "dup", "dup2", "dup3", "fcntl":
			events = append(events, event{c.end, func() error { return t.opened(c) }})
		default:
			events = append(events, event{c.begin, func() error { return t.changed(c) }})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.line - b.line })
	for _, e := range events {
		if err := e.do(); err != nil {
			return fmt.Errorf("line %d of the trace: %w", e.line+1, err)
		}
	}
	return nil
}

func (t *Trace) sync(c *call) error {
	if c.result < 0 {
		return nil
	}
	s := syncCall{begin: c.begin, end: c.end}
	if c.name == "fsync" || c.name == "fdatasync" {
		h := t.fds[number(c.args[0])]
		if h == nil {
			return nil
		}
		s.n = h.n
	}
	t.syncs = append(t.syncs, s)
	t.points = append(t.points, c.begin, c.end)
	return nil
}

func (t *Trace) opened(c *call) error {
	if c.result < 0 {
		return nil
	}
	switch c.name {
	case "dup", "dup2", "dup3":
		t.fds[c.result] = t.fds[number(c.args[0])]
		return nil
	case "fcntl":
		if strings.HasPrefix(c.args[1], "F_DUPFD") {
			t.fds[c.result] = t.fds[number(c.args[0])]
		}
		return nil
	}
	path, flags := c.args[0], strings.Join(c.args[1:], " ")
	base := "AT_FDCWD"
	if c.name == "openat" {
		base, path, flags = c.args[0], c.args[1], strings.Join(c.args[2:], " ")
	}
	dir, name, ok := t.place(base, path)
	delete(t.fds, c.result)
	if !ok {
		return nil
	}
	n := dir
	if name != "" {
		n = dir.now[name]
	}
	if n == nil {
		switch {
		case strings.Contains(flags, "O_CREAT"), c.name == "creat":
			n = &node{}
			dir.put(c.end, c.begin, name, n)
			t.points = append(t.points, c.end)
		default: // a call that removes it has begun and came second
			if n = dir.last(name); n == nil {
				return fmt.Errorf("%s is opened and was never made", path)
			}
		}
	}
	if strings.Contains(flags, "O_TRUNC") && n.size > 0 {
		n.truncate(c.end, 0)
	}
	t.fds[c.result] = &handle{n: n, append: strings.Contains(flags, "O_APPEND"), sync: strings.Contains(flags, "O_SYNC") || strings.Contains(flags, "O_DSYNC")}
	return nil
}

// place finds the directory and name of a path; without a name it is the
// directory itself. It is false outside the root.
func (t *Trace) place(base, path string) (dir *node, name string, ok bool) {
	path = strings.TrimPrefix(path, `"`)
	if !filepath.IsAbs(path) {
		if base == "AT_FDCWD" {
			path = filepath.Join(t.cwd, path)
		} else if h := t.fds[number(base)]; h != nil && h.n.dir {
			if path == "." || path == "" {
				return h.n, "", true
			}
			dir, name, ok = h.n.parent(filepath.Clean(path))
			return dir, name, ok
		} else {
			return nil, "", false
		}
	}
	rest, inside := strings.CutPrefix(filepath.Clean(path), t.root)
	if !inside || rest != "" && rest[0] != '/' {
		return nil, "", false
	}
	if rest == "" {
		return t.top, "", true
	}
	return t.top.parent(rest)
}

func number(arg string) int64 {
	n, err := strconv.ParseInt(arg, 0, 64)
	if err != nil {
		return -1
	}
	return n
}

// Points are the moments at which a cut may make a difference: each before a
// call that writes, names or syncs something.
func (t *Trace) Points() []int { return t.points }

// End is the moment after the last call: a cut there is that of a program that
// was killed.
func (t *Trace) End() int { return t.lines }

// Said is what the program had written to its standard output before a moment.
func (t *Trace) Said(at int) string {
	var b strings.Builder
	for _, s := range t.said {
		if s.line < at {
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// Cut writes the directory to another one, which must not exist, as a power
// cut at the moment leaves it. It may be called from several goroutines.
func (t *Trace) Cut(at int, mode Mode, r *rand.Rand, to string) error {
	c := &chooser{line: at, mode: mode, r: r, together: map[int]bool{}, synced: map[*node]int{}}
	c.order, c.drop = at-r.IntN(at+1)*r.IntN(2), mode == Dropped || mode == Journaled && r.IntN(2) == 0
	for _, s := range t.syncs {
		switch {
		case s.end >= at:
		case s.n == nil:
			c.whole = max(c.whole, s.begin)
		default:
			c.synced[s.n] = max(c.synced[s.n], s.begin)
		}
		if s.end < at && mode == Journaled {
			c.journal = max(c.journal, s.begin)
		}
	}
	c.order = max(c.order, c.journal)
	return c.store(t.top, to, map[*node]string{})
}

// About says, for a test that failed, where a text was written before a moment
// and which syncs cover it then.
func (t *Trace) About(text string, at int) string {
	var b strings.Builder
	var walk func(path string, n *node, seen map[*node]bool)
	walk = func(path string, n *node, seen map[*node]bool) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, o := range n.ops {
			switch {
			case o.line >= at:
			case o.child != nil:
				walk(path+"/"+o.name, o.child, seen)
			case strings.Contains(string(o.bytes), text):
				fmt.Fprintf(&b, "%s at %d: written at %d", path, o.at, o.line)
				for _, s := range t.syncs {
					if (s.n == nil || s.n == n) && s.begin > o.line && s.end < at {
						fmt.Fprintf(&b, ", synced from %d to %d (all %v)", s.begin, s.end, s.n == nil)
						break
					}
				}
				b.WriteString("\n")
			}
		}
	}
	walk("", t.top, map[*node]bool{})
	return b.String()
}

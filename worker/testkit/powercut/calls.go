package powercut

import (
	"fmt"
	"strings"
)

// changed applies a call that changes files or names.
func (t *Trace) changed(c *call) error {
	if c.name == "close" {
		if len(c.args) > 0 {
			delete(t.fds, number(c.args[0]))
		}
		return nil
	}
	if c.result < 0 {
		return nil
	}
	switch c.name {
	case "write", "pwrite64", "writev", "pwritev", "pwritev2":
		return t.wrote(c)
	case "truncate", "ftruncate", "fallocate", "sync_file_range", "copy_file_range", "sendfile":
		return t.resized(c)
	case "rename":
		return t.renamed(c, "AT_FDCWD", c.args[0], "AT_FDCWD", c.args[1])
	case "renameat", "renameat2":
		return t.renamed(c, c.args[0], c.args[1], c.args[2], c.args[3])
	case "link":
		return t.linked(c, "AT_FDCWD", c.args[0], "AT_FDCWD", c.args[1])
	case "linkat":
		return t.linked(c, c.args[0], c.args[1], c.args[2], c.args[3])
	case "unlink", "rmdir":
		return t.removed(c, "AT_FDCWD", c.args[0])
	case "unlinkat":
		return t.removed(c, c.args[0], c.args[1])
	case "mkdir":
		return t.made(c, "AT_FDCWD", c.args[0])
	case "mkdirat":
		return t.made(c, c.args[0], c.args[1])
	}
	return fmt.Errorf("%s is not known", c.name)
}

func (t *Trace) wrote(c *call) error {
	fd := number(c.args[0])
	data := strings.TrimPrefix(c.args[1], `"`)
	if strings.Contains(c.name, "writev") {
		var err error
		if data, err = vector(c.args[1]); err != nil {
			return err
		}
	}
	h := t.fds[fd]
	if h == nil {
		if fd == 1 {
			t.said = append(t.said, said{c.begin, data})
		}
		return nil
	}
	if h.n.dir || int64(len(data)) < c.result {
		return fmt.Errorf("%d bytes are traced of a write of %d", len(data), c.result)
	}
	data = data[:c.result]
	at := h.at
	if h.append {
		at = h.n.size
	}
	if strings.HasPrefix(c.name, "pwrite") {
		at = number(c.args[3])
	} else {
		h.at = at + c.result
	}
	h.n.write(c.begin, at, []byte(data))
	if h.sync {
		t.syncs = append(t.syncs, syncCall{begin: c.begin + 1, end: c.end, n: h.n})
		t.points = append(t.points, c.end)
	}
	t.points = append(t.points, c.begin)
	return nil
}

func (t *Trace) resized(c *call) error {
	switch h := t.fds[number(c.args[0])]; {
	case h == nil && c.name != "truncate":
		return nil // a socket
	case c.name == "ftruncate":
		h.n.truncate(c.begin, number(c.args[1]))
		return nil
	case c.name == "truncate":
		dir, name, ok := t.place("AT_FDCWD", c.args[0])
		if ok && dir.now[name] != nil {
			dir.now[name].truncate(c.begin, number(c.args[1]))
		}
		return nil
	}
	return fmt.Errorf("%s on a file is not understood", c.name)
}

func (t *Trace) renamed(c *call, fromBase, from, toBase, to string) error {
	dir, name, inside := t.place(fromBase, from)
	target, as, into := t.place(toBase, to)
	if !inside && !into {
		return nil
	}
	if !inside || !into {
		return fmt.Errorf("%s was moved over the edge to %s", from, to)
	}
	n := dir.now[name]
	if n == nil {
		return nil // a socket
	}
	dir.put(c.begin, c.begin, name, nil)
	target.put(c.begin, c.begin, as, n)
	t.points = append(t.points, c.begin)
	return nil
}

func (t *Trace) linked(c *call, fromBase, from, toBase, to string) error {
	target, as, into := t.place(toBase, to)
	if !into {
		return nil
	}
	var n *node
	if fd, ok := strings.CutPrefix(strings.TrimPrefix(from, `"`), "/proc/self/fd/"); ok {
		if h := t.fds[number(fd)]; h != nil {
			n = h.n
		}
	} else if dir, name, ok := t.place(fromBase, from); ok {
		n = dir.now[name]
	}
	if n == nil {
		return fmt.Errorf("%s has no file to be linked to %s", from, to)
	}
	target.put(c.begin, c.begin, as, n)
	t.points = append(t.points, c.begin)
	return nil
}

func (t *Trace) removed(c *call, base, path string) error {
	if dir, name, ok := t.place(base, path); ok {
		dir.put(c.begin, c.begin, name, nil)
		t.points = append(t.points, c.begin)
	}
	return nil
}

func (t *Trace) made(c *call, base, path string) error {
	if dir, name, ok := t.place(base, path); ok {
		dir.put(c.begin, c.begin, name, newDir())
		t.points = append(t.points, c.begin)
	}
	return nil
}

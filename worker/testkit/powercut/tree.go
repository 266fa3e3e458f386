package powercut

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// page is the unit in which a power cut keeps or drops what was written.
const page = 4096

// node is a file or a directory.
type node struct {
	dir  bool
	data []byte // of a file, before the trace
	ops  []change
	now  map[string]*node // of a directory: what a program sees
	size int64            // of a file: what a program sees
}

// change is one thing done to a node.
type change struct {
	line int
	id   int // changes with the same id are on disk together
	// Of a file: the bytes at an offset, or with cut the new length.
	at    int64
	bytes []byte
	cut   bool
	// Of a directory: the name gets this node; nil removes it.
	name  string
	child *node
}

func newDir() *node { return &node{dir: true, now: map[string]*node{}} }

// load reads what is below a directory, as on disk.
func load(root string) (*node, error) {
	top := newDir()
	seen := []struct {
		info fs.FileInfo
		n    *node
	}{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		parent, name, ok := top.parent(strings.TrimPrefix(path, root))
		if !ok || !e.IsDir() && !e.Type().IsRegular() {
			return nil // a socket
		}
		n := newDir()
		if !e.IsDir() {
			info, err := e.Info()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(seen, func(s struct {
				info fs.FileInfo
				n    *node
			}) bool {
				return os.SameFile(s.info, info)
			})
			if i >= 0 {
				n = seen[i].n
			} else {
				n = &node{}
				if n.data, err = os.ReadFile(path); err != nil {
					return err
				}
				n.size = int64(len(n.data))
				seen = append(seen, struct {
					info fs.FileInfo
					n    *node
				}{info, n})
			}
		}
		parent.put(-1, 0, name, n)
		return nil
	})
	return top, err
}

// parent finds the directory that a path below the root is in.
func (n *node) parent(path string) (dir *node, name string, ok bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for _, part := range parts[:len(parts)-1] {
		if n = n.now[part]; n == nil || !n.dir {
			return nil, "", false
		}
	}
	return n, parts[len(parts)-1], true
}

func (n *node) put(line, id int, name string, child *node) {
	n.ops = append(n.ops, change{line: line, id: id, name: name, child: child})
	if child == nil {
		delete(n.now, name)
	} else {
		n.now[name] = child
	}
}

// last is the node that had a name last, removed or not.
func (n *node) last(name string) *node {
	for _, o := range slices.Backward(n.ops) {
		if o.name == name && o.child != nil {
			return o.child
		}
	}
	return nil
}

func (n *node) write(line int, at int64, data []byte) {
	for len(data) > 0 { // one change for each page
		k := min(int64(len(data)), page-at%page)
		n.ops = append(n.ops, change{line: line, id: -1, at: at, bytes: data[:k]})
		data, at = data[k:], at+k
	}
	n.size = max(n.size, at)
}

func (n *node) truncate(line int, size int64) {
	n.ops = append(n.ops, change{line: line, id: -1, at: size, cut: true})
	n.size = size
}

// chooser says which changes that no sync covers are on disk.
type chooser struct {
	line, whole int // the cut; changes before whole are covered by a sync of everything
	mode        Mode
	r           *rand.Rand
	synced      map[*node]int // changes before this line are on disk
	together    map[int]bool
	order       int  // in Ordered and Journaled, names change up to this line
	journal     int  // the begin of the last sync, in Journaled
	drop        bool // of contents that no sync covers nothing is kept
}

func (c *chooser) keeps(n *node, o change) bool {
	switch {
	case o.line >= c.line:
		return false
	case o.line < max(c.synced[n], c.whole) || o.line < 0 || c.mode == Kept:
		return true
	case n.dir && (c.mode == Ordered || c.mode == Journaled):
		return o.line < c.order
	case c.drop:
		return false
	case o.id < 0:
		return c.r.IntN(2) == 0
	}
	kept, ok := c.together[o.id]
	if !ok {
		kept = c.r.IntN(2) == 0
		c.together[o.id] = kept
	}
	return kept
}

// content is a file after the cut.
func (c *chooser) content(n *node) []byte {
	out := slices.Clone(n.data)
	size := 0 // of those that are lost: their length may be on disk without them
	for _, o := range n.ops {
		if !c.keeps(n, o) {
			if o.line < c.line && !o.cut {
				size = max(size, int(o.at)+len(o.bytes))
			}
			continue
		}
		end := int(o.at) + len(o.bytes)
		if o.cut && len(out) > end {
			out = out[:end]
		}
		out = append(out, make([]byte, max(0, end-len(out)))...)
		copy(out[o.at:], o.bytes)
	}
	if (c.mode == Ordered || c.mode == Journaled && !c.drop) && size > len(out) && c.r.IntN(2) == 0 {
		out = append(out, make([]byte, size-len(out))...) // delayed allocation
	}
	return out
}

// entries are the names in a directory after the cut.
func (c *chooser) entries(n *node) map[string]*node {
	out := map[string]*node{}
	for _, o := range n.ops {
		switch {
		case !c.keeps(n, o):
		case o.child == nil:
			delete(out, o.name)
		default:
			out[o.name] = o.child
		}
	}
	return out
}

// store writes a directory as it is after the cut. Files with several names
// keep them.
func (c *chooser) store(n *node, path string, made map[*node]string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for name, child := range c.entries(n) {
		to := filepath.Join(path, name)
		if child.dir {
			if err := c.store(child, to, made); err != nil {
				return err
			}
			continue
		}
		if other, ok := made[child]; ok {
			if err := os.Link(other, to); err != nil {
				return err
			}
			continue
		}
		made[child] = to
		if err := os.WriteFile(to, c.content(child), 0o600); err != nil {
			return err
		}
	}
	return nil
}

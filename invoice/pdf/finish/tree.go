package finish

import (
	"fmt"
	"strconv"
)

// Tree is the structure of a document: its elements in reading order.
type Tree struct {
	root  Node
	pages []page
	links int
}

type page struct {
	marked []*Node // by marked-content identifier
	links  []*link
}

// Node is a structure element (ISO 32000-1, 14.7.2). It becomes part of the
// tree when the first thing in it is marked, so that the order of the tree is
// the order in which the content is drawn, and what is never drawn leaves
// nothing behind.
type Node struct {
	// Alt describes what cannot be read as text: a figure, a link.
	Alt string
	// Lang is the BCP 47 tag of the text, empty for that of the document.
	Lang   string
	role   string
	attr   string // attribute dictionary without its brackets
	parent *Node
	joined bool // in its parent's kids
	kids   []kid
	object int // number, once it is written
}

// kid is one of: an element, marked content on a page, an annotation.
type kid struct {
	node       *Node
	link       *link
	page, mcid int
}

// link is an annotation that opens a URI.
type link struct {
	uri, contents string
	x, y, w, h    float64 // points, from the lower left corner
	node          *Node
	page, parent  int // its page and its key in the parent tree
	object        int
}

// NewTree returns an empty tree. Its root is the Document element.
func NewTree() *Tree {
	t := &Tree{root: Node{role: "Document", joined: true}}
	return t
}

// Root is the Document element.
func (t *Tree) Root() *Node { return &t.root }

// Child makes an element below n, of a standard structure type such as P, H1,
// Table or Figure. It takes its place when something in it is marked.
func (n *Node) Child(role string) *Node { return &Node{role: role, parent: n} }

// Cell appends a cell to a row at once, so that a row has all of its cells even
// if some are empty. role is TH or TD; scope is Row or Column for a TH.
func (n *Node) Cell(role, scope string) *Node {
	c := &Node{role: role, parent: n, joined: true}
	if scope != "" {
		c.attr = "/O/Table/Scope/" + scope
	}
	if n.kids == nil {
		n.kids = make([]kid, 0, 9) // a row of lines has as many at most
	}
	n.kids = append(n.kids, kid{node: c})
	return c
}

// Span makes a cell as wide as several columns.
func (n *Node) Span(columns int) *Node {
	if columns > 1 {
		if n.attr == "" {
			n.attr = "/O/Table"
		}
		n.attr += "/ColSpan " + strconv.Itoa(columns)
	}
	return n
}

// Bounds says where a figure stands, in points from the lower left corner.
func (n *Node) Bounds(x, y, w, h float64) {
	n.attr = fmt.Sprintf("/O/Layout/BBox[%.2f %.2f %.2f %.2f]", x, y, x+w, y+h)
}

// NextPage begins a page; the first one too.
func (t *Tree) NextPage() { t.pages = append(t.pages, page{}) }

// Mark gives out the identifier of marked content of n on the current page.
func (t *Tree) Mark(n *Node) int {
	n.join()
	p := &t.pages[len(t.pages)-1]
	id := len(p.marked)
	p.marked = append(p.marked, n)
	n.kids = append(n.kids, kid{page: len(t.pages) - 1, mcid: id})
	return id
}

// Link puts an area on the current page that opens a URI. n is its Link
// element; contents says in words where it leads. Measures are points from the
// lower left corner.
func (t *Tree) Link(n *Node, uri, contents string, x, y, w, h float64) {
	n.join()
	l := &link{uri: uri, contents: contents, x: x, y: y, w: w, h: h, node: n, page: len(t.pages) - 1}
	t.links++
	t.pages[l.page].links = append(t.pages[l.page].links, l)
	n.kids = append(n.kids, kid{link: l, page: l.page})
}

// Role is the element's structure type, as the content stream names it.
func (n *Node) Role() string { return n.role }

// join puts n and what is above it into the tree.
func (n *Node) join() {
	for ; n.parent != nil; n = n.parent {
		if n.joined {
			continue
		}
		n.joined = true
		n.parent.kids = append(n.parent.kids, kid{node: n})
	}
}

// number gives the elements and annotations their object numbers, parents
// first, and returns the first number that is left.
func (n *Node) number(next int) int {
	n.object = next
	next++
	for _, k := range n.kids {
		switch {
		case k.node != nil:
			next = k.node.number(next)
		case k.link != nil:
			k.link.object = next
			next++
		}
	}
	return next
}

// write appends the element's dictionary. pageObject gives the number of a
// page's object, parent that of the element above.
func (n *Node) write(b []byte, parent int, pageObject []int) []byte {
	b = append(append(b, "<</S/"...), n.role...)
	b = appendRef(append(b, "/P "...), parent)
	if n.Alt != "" {
		b = appendText(append(b, "/Alt"...), n.Alt)
	}
	if n.Lang != "" {
		b = appendText(append(b, "/Lang"...), n.Lang)
	}
	if n.attr != "" {
		b = append(append(append(b, "/A<<"...), n.attr...), ">>"...)
	}
	home := -1 // the page that numbers without one belong to
	for _, k := range n.kids {
		if k.node == nil {
			home = k.page
			b = appendRef(append(b, "/Pg "...), pageObject[home])
			break
		}
	}
	if len(n.kids) == 1 {
		b = n.kids[0].write(append(b, "/K"...), home, pageObject)
	} else if len(n.kids) > 1 {
		b = append(b, "/K["...)
		for _, k := range n.kids {
			b = k.write(b, home, pageObject)
		}
		b = append(b, ']')
	}
	return append(b, ">>"...)
}

func (k kid) write(b []byte, home int, pageObject []int) []byte {
	switch {
	case k.node != nil:
		return appendRef(append(b, ' '), k.node.object)
	case k.link != nil:
		return fmt.Appendf(b, "<</Type/OBJR/Pg %d 0 R/Obj %d 0 R>>", pageObject[k.page], k.link.object)
	case k.page != home:
		return fmt.Appendf(b, "<</Type/MCR/Pg %d 0 R/MCID %d>>", pageObject[k.page], k.mcid)
	}
	return strconv.AppendInt(append(b, ' '), int64(k.mcid), 10)
}

func appendRef(b []byte, n int) []byte {
	return append(strconv.AppendInt(b, int64(n), 10), " 0 R"...)
}

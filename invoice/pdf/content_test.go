package pdf_test

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// decodeText reads a text string (ISO 32000-1, 7.9.2).
func decodeText(s string) string {
	rest, wide := strings.CutPrefix(s, "\xFE\xFF")
	if !wide {
		return s
	}
	var units []uint16
	for i := 0; i+1 < len(rest); i += 2 {
		units = append(units, uint16(rest[i])<<8|uint16(rest[i+1]))
	}
	return string(utf16.Decode(units))
}

// content is what a page's content stream does.
type content struct {
	pieces    []piece // of marked content
	outside   []string
	artifacts int
	// mixed are artifacts inside of tagged content, and the other way round.
	artifactInside, taggedInside int
	open                         int // pieces at the end
	deepest                      int // q inside of q
	operators                    map[operator]bool
	codes                        map[name][]byte // that are set in each font
	images                       []name
}

// piece is marked content with an identifier.
type piece struct {
	tag  name
	mcid int
}

func (f *file) content(page any) *content {
	c := &content{operators: map[operator]bool{}, codes: map[name][]byte{}}
	var stack []string // of marked content: "tagged", "artifact" or neither
	var operands array
	var font name
	depth := 0
	inside := func(what string) bool {
		for _, s := range stack {
			if s == what {
				return true
			}
		}
		return false
	}
	operand := func(i int) any {
		if i < len(operands) {
			return operands[i]
		}
		return nil
	}
	p := lexer{data: f.data(f.dict(page)["Contents"]), file: f}
	for {
		v := p.next()
		op, is := v.(operator)
		if !is {
			operands = append(operands, v)
			continue
		}
		if op == "" {
			break
		}
		c.operators[op] = true
		switch op {
		case "BDC", "BMC":
			tag, _ := operand(0).(name)
			properties, _ := operand(1).(dict)
			id, tagged := properties["MCID"].(int)
			switch {
			case tagged:
				c.pieces = append(c.pieces, piece{tag, id})
				if inside("artifact") {
					c.taggedInside++
				}
				stack = append(stack, "tagged")
			case tag == "Artifact":
				c.artifacts++
				if inside("tagged") {
					c.artifactInside++
				}
				stack = append(stack, "artifact")
			default:
				stack = append(stack, "")
			}
		case "EMC":
			stack = stack[:max(0, len(stack)-1)]
		case "q":
			depth++
			c.deepest = max(c.deepest, depth)
		case "Q":
			depth--
		case "Tf":
			font, _ = operand(0).(name)
		case "Tj", "TJ", "'", "\"":
			s, _ := operand(0).(string)
			c.codes[font] = append(c.codes[font], s...)
		case "Do":
			n, _ := operand(0).(name)
			c.images = append(c.images, n)
		}
		if painting[op] && !inside("tagged") && !inside("artifact") {
			c.outside = append(c.outside, fmt.Sprint(operands, " ", op))
		}
		operands = operands[:0]
	}
	c.open = len(stack)
	return c
}

// painting are the operators that leave marks (ISO 32000-1, annex A).
var painting = operators("B B* b b* f F f* S s Do sh Tj TJ ' \" EI")

// known are those that ISO 32000-1 defines, without those of inline images.
var known = operators("b B b* B* BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX f F f* G g gs h i j J K k l m M MP n q Q re RG rg ri " +
	"s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"")

func operators(list string) map[operator]bool {
	all := map[operator]bool{}
	for s := range strings.FieldsSeq(list) {
		all[operator(s)] = true
	}
	return all
}

// element is a structure element.
type element struct {
	dict
	role        name
	alt         string
	ref, parent ref
	above       *element // where it was found; nil for the root
	kids        []*element
	content     []place
	annotations []ref
}

// place is marked content on a page.
type place struct {
	page ref
	mcid int
}

// structure reads the tree from its root; nil without one.
func (f *file) structure() *element {
	root, _ := f.dict(f.catalog(), "StructTreeRoot")["K"].(ref)
	if f.dict(root) == nil {
		return nil
	}
	if f.tree == nil {
		f.tree = f.element(root, nil, map[ref]bool{})
	}
	return f.tree
}

func (f *file) element(r ref, above *element, seen map[ref]bool) *element {
	d := f.dict(r)
	seen[r] = true
	e := &element{dict: d, role: f.name(d, "S"), alt: f.text(d, "Alt"), ref: r, above: above}
	e.parent, _ = d["P"].(ref)
	home, _ := d["Pg"].(ref)
	kids, many := d["K"].(array)
	if !many {
		kids = array{d["K"]}
	}
	for _, k := range kids {
		switch k := k.(type) {
		case int:
			e.content = append(e.content, place{home, k})
		case ref:
			if !seen[k] {
				e.kids = append(e.kids, f.element(k, e, seen))
			}
		case dict:
			if f.name(k, "Type") == "OBJR" {
				a, _ := k["Obj"].(ref)
				e.annotations = append(e.annotations, a)
				continue
			}
			page, _ := k["Pg"].(ref)
			e.content = append(e.content, place{page, f.number(k, "MCID")})
		}
	}
	return e
}

// elements are an element and all below it, in reading order.
func (e *element) elements() []*element {
	if e == nil {
		return nil
	}
	all := []*element{e}
	for _, k := range e.kids {
		all = append(all, k.elements()...)
	}
	return all
}

// roles are those of the elements below.
func (e *element) roles() []name {
	var roles []name
	for _, k := range e.kids {
		roles = append(roles, k.role)
	}
	return roles
}

// parents are the entries of the parent tree.
func (f *file) parents() map[int]any {
	parents := map[int]any{}
	nums := f.list(f.catalog(), "StructTreeRoot", "ParentTree", "Nums")
	for i := 0; i+1 < len(nums); i += 2 {
		key, _ := nums[i].(int)
		parents[key] = nums[i+1]
	}
	return parents
}

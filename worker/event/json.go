package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// node is one JSON value with everything that the bytes say about it: members
// in their order, repeated ones too, and numbers digit by digit. encoding/json
// alone would let the last of two equal members win, fold case, and stop at
// the first value of a wrong type.
type node struct {
	kind    kind
	text    string // of a text, a number, or true and false
	members []member
	items   []node
	repeats bool // a member stands twice, here or further in
}

type member struct {
	name  string
	value node
	again bool // the name stood before in the same object
}

type kind int

const (
	isNull kind = iota
	isBool
	isNumber
	isText
	isList
	isObject
)

var errTooDeep = fmt.Errorf("nests objects and lists more than %d deep", MaxDepth)

// parse reads one JSON value and nothing after it. On an error the node holds
// what stood before the fault, so that the invoice number may still be found;
// the error's text is worded to follow "$: ".
func parse(data []byte) (node, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // RFC 8259, section 8.1: may be ignored
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return node{}, errors.New("is empty; send a JSON object")
	case !utf8.Valid(data):
		return node{}, fmt.Errorf("is not UTF-8 text from byte %d on; JSON is sent in UTF-8", invalidAt(data))
	}
	syntax := json.Unmarshal(data, new(json.RawMessage))
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if errors.Is(err, errTooDeep) {
		return n, err
	}
	if at, ok := errors.AsType[*json.SyntaxError](syntax); ok {
		line, column := position(data, at.Offset)
		return n, fmt.Errorf("is not valid JSON at line %d, column %d: %w", line, column, at)
	}
	if syntax != nil {
		return n, fmt.Errorf("is not valid JSON: %w", syntax)
	}
	return n, err
}

// readNode reads the next value. The decoder stands before it.
func readNode(dec *json.Decoder, depth int) (node, error) {
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth >= MaxDepth {
			return node{}, errTooDeep
		}
		if t == '[' {
			return readList(dec, depth)
		}
		return readObject(dec, depth)
	case string:
		return node{kind: isText, text: t}, nil
	case json.Number:
		return node{kind: isNumber, text: t.String()}, nil
	case bool:
		return node{kind: isBool, text: strconv.FormatBool(t)}, nil
	}
	return node{kind: isNull}, nil
}

func readList(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: isList}
	for dec.More() {
		item, err := readNode(dec, depth+1)
		n.items = append(n.items, item)
		n.repeats = n.repeats || item.repeats
		if err != nil {
			return n, err
		}
	}
	return n, closing(dec)
}

func readObject(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: isObject}
	seen := names{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return n, err
		}
		name, ok := token.(string)
		if !ok {
			return n, io.ErrUnexpectedEOF
		}
		value, err := readNode(dec, depth+1)
		m := member{name: name, value: value, again: seen.add(name)}
		n.members = append(n.members, m)
		n.repeats = n.repeats || m.again || value.repeats
		if err != nil {
			return n, err
		}
	}
	return n, closing(dec)
}

// names is a set. An object of ours has some 20 members; only one with more
// is worth a map.
type names struct {
	few  []string
	many map[string]bool
}

// add adds the name and reports whether it was there before.
func (s *names) add(name string) bool {
	const few = 24
	switch {
	case s.many != nil:
		if s.many[name] {
			return true
		}
		s.many[name] = true
		return false
	case slices.Contains(s.few, name):
		return true
	}
	if s.few = append(s.few, name); len(s.few) > few {
		s.many = make(map[string]bool, 2*few)
		for _, n := range s.few {
			s.many[n] = true
		}
	}
	return false
}

func closing(dec *json.Decoder) error {
	_, err := dec.Token()
	return err
}

// first returns the first member of that name.
func (n node) first(name string) (node, bool) {
	for _, m := range n.members {
		if m.name == name {
			return m.value, true
		}
	}
	return node{}, false
}

// repeated calls report for every member that stands more than once in its
// object. Which one counts is left open by RFC 8259, section 4, so none may.
func (n node) repeated(path string, report func(path, name string)) {
	if !n.repeats {
		return
	}
	for _, m := range n.members {
		at := child(path, m.name)
		if m.again {
			report(at, m.name)
		}
		m.value.repeated(at, report)
	}
	for i, item := range n.items {
		item.repeated(index(path, i), report)
	}
}

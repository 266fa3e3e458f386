package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
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
}

type member struct {
	name  string
	value node
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
		if err != nil {
			return n, err
		}
	}
	return n, closing(dec)
}

func readObject(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: isObject}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return n, err
		}
		text, ok := name.(string)
		if !ok {
			return n, io.ErrUnexpectedEOF
		}
		value, err := readNode(dec, depth+1)
		n.members = append(n.members, member{text, value})
		if err != nil {
			return n, err
		}
	}
	return n, closing(dec)
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
	seen := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		if seen[m.name] {
			report(child(path, m.name), m.name)
		}
		seen[m.name] = true
		m.value.repeated(child(path, m.name), report)
	}
	for i, item := range n.items {
		item.repeated(index(path, i), report)
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// child is the JSON path of a member (RFC 9535). An unusual name is written in
// brackets and shortened.
func child(path, name string) string {
	if plainName.MatchString(name) {
		return path + "." + name
	}
	quoted := strconv.Quote(clip(name, 64))
	quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\"`, `"`), `'`, `\'`)
	return path + "['" + quoted[1:len(quoted)-1] + "']"
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func invalidAt(data []byte) int {
	at := 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
		data = data[size:]
	}
	return at
}

// position is the line and column of the byte before the offset, both from 1;
// the column counts characters.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

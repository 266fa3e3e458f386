package einvoice

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// writer writes elements in the order they are called for. An element without
// content is left out, and so is a parent of nothing.
type writer struct {
	b bytes.Buffer
}

func newWriter(root string, spaces ...string) *writer {
	w := new(writer)
	w.b.WriteString(xml.Header)
	w.start(root, spaces)
	return w
}

// in writes an element that holds what children writes, or nothing if that is
// nothing.
func (w *writer) in(name string, children func()) {
	before := w.b.Len()
	w.start(name, nil)
	inside := w.b.Len()
	children()
	if w.b.Len() == inside {
		w.b.Truncate(before)
		return
	}
	w.end(name)
}

// text writes an element with a text and attributes, as names and values in
// turn. An attribute without value is left out.
func (w *writer) text(name, value string, attributes ...string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	w.start(name, attributes)
	w.escaped(value)
	w.end(name)
}

func (w *writer) start(name string, attributes []string) {
	w.b.WriteByte('<')
	w.b.WriteString(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] == "" {
			continue
		}
		w.b.WriteString(" " + attributes[i] + `="`)
		w.escaped(attributes[i+1])
		w.b.WriteByte('"')
	}
	w.b.WriteByte('>')
}

func (w *writer) end(name string) { w.b.WriteString("</" + name + ">") }

// escaped writes a text; what XML 1.0 cannot hold becomes U+FFFD. Line feeds
// stay as they are, for people to read.
func (w *writer) escaped(s string) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			w.b.WriteByte('\n')
		}
		_ = xml.EscapeText(&w.b, []byte(line)) // a buffer takes everything
	}
}

func (w *writer) close(root string) []byte {
	w.end(root)
	w.b.WriteByte('\n')
	return w.b.Bytes()
}

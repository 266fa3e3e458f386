package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Values of a PDF (ISO 32000-1, 7.3): nil, bool, int, float64, and these.
type (
	name   string
	ref    int // to an object of generation 0
	dict   map[name]any
	array  []any
	stream struct {
		dict
		data []byte // inflated, except that of images
	}
	operator string // of a content stream, and any other keyword
)

// The text of a string is kept as a Go string.

// file is a PDF, taken apart without the help of the code that wrote it.
type file struct {
	raw     []byte
	objects map[ref]any
	trailer dict
	// faults are what is wrong with the form of the file, by clause.
	faults map[string][]string
	// What was read once.
	read       []*content
	typefaces  map[name]*fontObject
	properties []property
	tree       *element
}

func (f *file) fault(clause, format string, args ...any) {
	f.faults[clause] = append(f.faults[clause], fmt.Sprintf(format, args...))
}

// parseFile reads a file with a cross-reference stream or a table.
func parseFile(raw []byte) (*file, error) {
	f := &file{raw: raw, objects: map[ref]any{}, faults: map[string][]string{}}
	_, tail, _ := bytes.Cut(raw[max(0, len(raw)-64):], []byte("startxref\n"))
	line, _, _ := bytes.Cut(tail, []byte("\n"))
	at, err := strconv.Atoi(string(line))
	if err != nil || at <= 0 || at >= len(raw) {
		return nil, fmt.Errorf("no startxref: %q", tail)
	}
	if bytes.HasPrefix(raw[at:], []byte("xref\n")) {
		return f, f.readTable(at)
	}
	n, v, err := f.object(at)
	s, ok := v.(*stream)
	if err != nil || !ok || s.dict["Type"] != name("XRef") {
		return nil, fmt.Errorf("no cross-reference stream at %d: %w", at, err)
	}
	f.objects[n], f.trailer = s, s.dict
	const width = 7 // of the rows of finish, [1 4 2]
	inside := map[ref][]ref{}
	for i := 0; (i+1)*width <= len(s.data); i++ {
		row := s.data[i*width:]
		where := int(row[1])<<24 | int(row[2])<<16 | int(row[3])<<8 | int(row[4])
		switch row[0] {
		case 1:
			if err := f.readAt(ref(i), where); err != nil {
				return nil, err
			}
		case 2:
			inside[ref(where)] = append(inside[ref(where)], ref(i))
		}
	}
	for n := range inside {
		if err := f.unpack(n); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *file) readTable(at int) error {
	p := lexer{data: f.raw, at: at + len("xref\n")}
	_ = p.next() // the first number, 0
	count, _ := p.next().(int)
	p.at++
	for n := 1; n < count; n++ {
		where, err := strconv.Atoi(string(f.raw[p.at+20*n : p.at+20*n+10]))
		if err != nil {
			return err
		}
		if err := f.readAt(ref(n), where); err != nil {
			return err
		}
	}
	p.at += 20 * count
	if p.next() != operator("trailer") {
		return errors.New("no trailer")
	}
	f.trailer, _ = p.next().(dict)
	return nil
}

func (f *file) readAt(n ref, at int) error {
	got, v, err := f.object(at)
	if err == nil && got != n {
		err = fmt.Errorf("object %d stands where %d should", got, n)
	}
	f.objects[n] = v
	return err
}

// object reads the indirect object at an offset.
func (f *file) object(at int) (ref, any, error) {
	head, rest, found := bytes.Cut(f.raw[at:min(at+30, len(f.raw))], []byte(" 0 obj\n"))
	n, err := strconv.Atoi(string(head))
	if !found || err != nil {
		err = nil
		// Read on, so that the clause is what fails.
		fields := strings.Fields(string(f.raw[at:min(at+30, len(f.raw))]))
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "obj") {
			return 0, nil, fmt.Errorf("no object at %d", at)
		}
		f.fault("6.1.9-1", "object at %d begins with %q", at, f.raw[at:at+12])
		n, _ = strconv.Atoi(fields[0])
		_, rest, _ = bytes.Cut(f.raw[at:min(at+40, len(f.raw))], []byte("obj"))
	}
	p := lexer{data: f.raw, at: at + bytes.Index(f.raw[at:], rest), file: f}
	v := p.next()
	d, ok := v.(dict)
	if !ok || !bytes.HasPrefix(f.raw[p.at:], []byte("\nstream")) {
		if p.next() != operator("endobj") {
			return 0, nil, fmt.Errorf("object %d does not end", n)
		}
		return ref(n), v, nil
	}
	p.at += len("\nstream")
	if f.raw[p.at] != '\n' {
		f.fault("6.1.7.1-2", "object %d: stream is followed by %q", n, f.raw[p.at])
	}
	p.at++
	size, _ := d["Length"].(int)
	end := p.at + size
	if end > len(f.raw) || !bytes.HasPrefix(f.raw[end:], []byte("\nendstream\nendobj\n")) {
		f.fault("6.1.7.1-1", "object %d: no endstream after %d bytes", n, size)
		end = p.at + max(0, bytes.Index(f.raw[p.at:], []byte("\nendstream")))
	}
	s := &stream{dict: d, data: f.raw[p.at:end]}
	if d["Filter"] == name("FlateDecode") && (d["DecodeParms"] == nil || d["Type"] == name("XRef")) {
		s.data, err = inflate(s.data, d["DecodeParms"])
	}
	return ref(n), s, err
}

// inflate undoes FlateDecode, and the predictor of PNG's filter "up".
func inflate(data []byte, parms any) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if data, err = io.ReadAll(r); err != nil {
		return nil, err
	}
	p, _ := parms.(dict)
	if p["Predictor"] != 12 {
		return data, nil
	}
	width, _ := p["Columns"].(int)
	var out []byte
	last := make([]byte, width)
	for len(data) > width {
		row := slices.Clone(data[1 : width+1])
		for i := range row {
			row[i] += last[i]
		}
		out, last, data = append(out, row...), row, data[width+1:]
	}
	return out, nil
}

// unpack reads the objects in an object stream.
func (f *file) unpack(n ref) error {
	s, ok := f.objects[n].(*stream)
	if !ok || s.dict["Type"] != name("ObjStm") {
		return fmt.Errorf("object %d is no object stream", n)
	}
	count, _ := s.dict["N"].(int)
	first, _ := s.dict["First"].(int)
	index := lexer{data: s.data, file: f}
	for range count {
		member, _ := index.next().(int)
		at, _ := index.next().(int)
		p := lexer{data: s.data, at: first + at, file: f}
		f.objects[ref(member)] = p.next()
	}
	return nil
}

func (f *file) bodies() map[ref][]byte {
	bodies := map[ref][]byte{}
	for n, v := range f.objects {
		s, ok := v.(*stream)
		switch {
		case !ok:
			bodies[n] = write(nil, v)
		case s.dict["Type"] != name("XRef") && s.dict["Type"] != name("ObjStm"):
			d := maps.Clone(s.dict)
			delete(d, "Length")
			if d["Filter"] == name("FlateDecode") && d["DecodeParms"] == nil {
				delete(d, "Filter")
			}
			bodies[n] = append(append(write(nil, d), streamBegins...), s.data...)
		}
	}
	return bodies
}

// assemble writes a file of bodies, with a table and without compression.
func assemble(bodies map[ref][]byte, trailer dict) []byte {
	out := []byte("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	last := slices.Max(slices.Collect(maps.Keys(bodies)))
	table := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", last+1)
	for n := ref(1); n <= last; n++ {
		body, known := bodies[n]
		if !known {
			body = []byte("null")
		}
		table = fmt.Appendf(table, "%010d 00000 n \n", len(out))
		out = fmt.Appendf(out, "%d 0 obj\n", n)
		if d, data, is := bytes.Cut(body, []byte(streamBegins)); is {
			out = append(out, bytes.TrimSuffix(d, []byte(">>"))...)
			out = fmt.Appendf(out, "/Length %d>>\nstream\n%s\nendstream", len(data), data)
		} else {
			out = append(out, body...)
		}
		out = append(out, "\nendobj\n"...)
	}
	at := len(out)
	out = append(append(out, table...), "trailer\n"...)
	out = write(out, dict{"Size": int(last) + 1, "Root": trailer["Root"], "Info": trailer["Info"], "ID": trailer["ID"]})
	return fmt.Appendf(out, "\nstartxref\n%d\n%%%%EOF\n", at)
}

// get follows keys and references from a value; nil if something is missing.
func (f *file) get(v any, keys ...name) any {
	v = f.resolve(v)
	for _, key := range keys {
		v = f.resolve(f.dict(v)[key])
	}
	return v
}

func (f *file) resolve(v any) any {
	if r, is := v.(ref); is {
		return f.objects[r]
	}
	return v
}

// dict is a dictionary, that of a stream too; an empty one if v is none.
func (f *file) dict(v any, keys ...name) dict {
	switch d := f.get(v, keys...).(type) {
	case dict:
		return d
	case *stream:
		return d.dict
	}
	return nil
}

func (f *file) name(v any, keys ...name) name {
	n, _ := f.get(v, keys...).(name)
	return n
}

func (f *file) list(v any, keys ...name) array {
	l, _ := f.get(v, keys...).(array)
	return l
}

// number is a whole number, -1 if it is none.
func (f *file) number(v any, keys ...name) int {
	if n, ok := f.get(v, keys...).(int); ok {
		return n
	}
	return -1
}

// text is a text string; empty if it is none.
func (f *file) text(v any, keys ...name) string {
	s, _ := f.get(v, keys...).(string)
	return decodeText(s)
}

// data is what a stream holds.
func (f *file) data(v any, keys ...name) []byte {
	if s, ok := f.get(v, keys...).(*stream); ok {
		return s.data
	}
	return nil
}

func (f *file) catalog() dict { return f.dict(f.trailer, "Root") }

func (f *file) pages() array { return f.list(f.catalog(), "Pages", "Kids") }

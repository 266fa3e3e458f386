package pdf_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"invoicelink/invoice/pdf"
)

// file is a PDF as qpdf reads it, for tests of what stands in it.
type file struct {
	t       *testing.T
	raw     []byte
	objects map[string]object // by reference, such as "3 0 R"
	trailer dict
}

type dict = map[string]any

type object struct {
	Value  any
	Stream struct {
		Dict dict
		Data string
	}
}

func openFile(t *testing.T, p pdf.Page) *file {
	t.Helper()
	f := &file{t: t, raw: render(t, p), objects: map[string]object{}}
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, f.raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, "qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=generalized", path)
	var whole struct{ Qpdf []json.RawMessage }
	if err := json.Unmarshal([]byte(out), &whole); err != nil || len(whole.Qpdf) != 2 {
		t.Fatalf("qpdf --json: %v", err)
	}
	all := map[string]object{}
	if err := json.Unmarshal(whole.Qpdf[1], &all); err != nil {
		t.Fatal(err)
	}
	for name, o := range all {
		f.objects[strings.TrimPrefix(name, "obj:")] = o
	}
	f.trailer = all["trailer"].Value.(dict)
	return f
}

// get follows keys and references from a value; nil if something is missing.
func (f *file) get(v any, keys ...string) any {
	v = f.resolve(v)
	for _, key := range keys {
		d, _ := v.(dict)
		v = f.resolve(d["/"+key])
	}
	return v
}

func (f *file) resolve(v any) any {
	if s, ok := v.(string); ok && strings.HasSuffix(s, " 0 R") {
		o := f.objects[s]
		if o.Stream.Dict != nil {
			return o.Stream.Dict
		}
		return o.Value
	}
	return v
}

func (f *file) text(v any, keys ...string) string {
	s, _ := f.get(v, keys...).(string)
	return s
}

func (f *file) list(v any, keys ...string) []any {
	l, _ := f.get(v, keys...).([]any)
	return l
}

// number is a number, -1 if it is none.
func (f *file) number(v any, keys ...string) int {
	n, ok := f.get(v, keys...).(float64)
	if !ok {
		return -1
	}
	return int(n)
}

// stream is the inflated data behind a reference.
func (f *file) stream(ref any) []byte {
	f.t.Helper()
	s, _ := ref.(string)
	data, err := base64.StdEncoding.DecodeString(f.objects[s].Stream.Data)
	if err != nil || f.objects[s].Stream.Dict == nil {
		f.t.Fatalf("%v is no stream: %v", ref, err)
	}
	return data
}

func (f *file) catalog() any { return f.get(f.trailer, "Root") }

func (f *file) pages() []any { return f.list(f.catalog(), "Pages", "Kids") }

// marked is one piece of marked content.
type marked struct {
	tag  string
	mcid int // -1 for an artifact
}

// content takes a page's content apart: its marked pieces, the fonts with the
// codes that they set, and operators that paint outside of any piece.
func (f *file) content(page any) (pieces []marked, outside []string, codes map[string][]byte) {
	f.t.Helper()
	codes = map[string][]byte{}
	d := f.resolve(page).(dict)
	depth, name := 0, ""
	for _, line := range strings.Split(string(f.stream(d["/Contents"])), "\n") {
		switch fields := strings.Fields(line); {
		case strings.HasSuffix(line, ">>BDC") && strings.Contains(line, "<</MCID "):
			tag, rest, _ := strings.Cut(strings.TrimPrefix(line, "/"), "<</MCID ")
			id, err := strconv.Atoi(strings.TrimSuffix(rest, ">>BDC"))
			if err != nil || depth > 0 {
				f.t.Errorf("marked content inside of another: %s", line)
			}
			pieces, depth = append(pieces, marked{tag, id}), depth+1
		case strings.HasPrefix(line, "/Span<</ActualText"):
			depth++
		case line == "/Artifact BMC":
			if depth > 0 {
				f.t.Errorf("an artifact inside of marked content")
			}
			pieces, depth = append(pieces, marked{"Artifact", -1}), depth+1
		case line == "EMC":
			depth--
		case len(fields) == 0:
		default:
			// Choosing a font, as fpdf does on each new page, paints nothing.
			if last := fields[len(fields)-1]; depth == 0 && !strings.HasSuffix(line, " Tf ET") && strings.Contains(" f S Do ET re m l c ", " "+last+" ") {
				outside = append(outside, line)
			}
			if strings.HasSuffix(line, " Tf ET") || strings.HasSuffix(line, " Tf") {
				name = strings.Fields(strings.TrimPrefix(line, "BT "))[0]
			}
			if start := strings.Index(line, " Td ("); start >= 0 {
				codes[name] = append(codes[name], unescape(line[start+len(" Td ("):len(line)-len(") Tj ET")])...)
			}
		}
	}
	if depth != 0 {
		f.t.Errorf("%d pieces of marked content are open at the end of a page", depth)
	}
	return pieces, outside, codes
}

func unescape(s string) []byte {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		}
		b = append(b, s[i])
	}
	return b
}

// element is a structure element.
type element struct {
	role, alt, ref string
	kids           []*element
	content        []string // "page/mcid" of what it holds itself
	annotations    []string
	dict           dict
}

// structure reads the tree from its root.
func (f *file) structure() *element {
	root := f.get(f.catalog(), "StructTreeRoot")
	return f.element(f.resolve(root).(dict)["/K"].(string), f.ref(f.catalog(), "StructTreeRoot"))
}

func (f *file) ref(v any, key string) string {
	s, _ := f.resolve(v).(dict)["/"+key].(string)
	return s
}

func (f *file) element(ref, parent string) *element {
	f.t.Helper()
	d := f.resolve(ref).(dict)
	e := &element{ref: ref, role: strings.TrimPrefix(f.text(d, "S"), "/"), alt: strings.TrimPrefix(f.text(d, "Alt"), "u:"), dict: d}
	if d["/P"] != parent {
		f.t.Errorf("element %s %s has the parent %v, want %s", ref, e.role, d["/P"], parent)
	}
	kids := []any{d["/K"]}
	if l, ok := d["/K"].([]any); ok {
		kids = l
	}
	for _, k := range kids {
		switch k := k.(type) {
		case nil:
		case float64:
			e.content = append(e.content, fmt.Sprintf("%s/%d", d["/Pg"], int(k)))
		case string:
			e.kids = append(e.kids, f.element(k, ref))
		case dict:
			if f.text(k, "Type") == "/OBJR" {
				e.annotations = append(e.annotations, k["/Obj"].(string))
			} else {
				e.content = append(e.content, fmt.Sprintf("%s/%d", k["/Pg"], f.number(k, "MCID")))
			}
		}
	}
	return e
}

// each visits an element and all below it, in reading order.
func (e *element) each(visit func(*element)) {
	visit(e)
	for _, k := range e.kids {
		k.each(visit)
	}
}

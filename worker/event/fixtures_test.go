package event_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"invoicelink/worker/event"
)

const fixtures = "../../fixtures/events"

// typeOf tells what an example holds from its name: requested-structured.json
// is a requested event.
func typeOf(t *testing.T, file string) event.Type {
	t.Helper()
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	name, _, _ = strings.Cut(name, "-")
	for _, typ := range allTypes() {
		if verb(typ) == name {
			return typ
		}
	}
	t.Fatalf("%s is named after no event", file)
	return ""
}

func read(t *testing.T, file string) event.Message {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := event.Message{Subject: event.OutSubject(typeOf(t, file), ""), Data: data}
	if filepath.Ext(file) == ".txt" { // headers, an empty line, the payload
		r := textproto.NewReader(bufio.NewReader(bytes.NewReader(data)))
		header, err := r.ReadMIMEHeader()
		if err != nil {
			t.Fatal(err)
		}
		m.Header = header
		if m.Data, err = io.ReadAll(r.R); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(fixtures, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s in %s: %v", pattern, fixtures, err)
	}
	return files
}

func compiled(t testing.TB) map[event.Type]*jsonschema.Schema {
	t.Helper()
	schemas := map[event.Type]*jsonschema.Schema{}
	for _, typ := range allTypes() {
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		name := "schema/" + verb(typ) + ".json"
		data, err := fs.ReadFile(event.Schemas(), name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		if schemas[typ], err = c.Compile(name); err != nil {
			t.Fatal(err)
		}
	}
	return schemas
}

func conforms(t testing.TB, s *jsonschema.Schema, what string, data []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// payload is the data of an example that may be structured.
func payload(t *testing.T, data []byte) []byte {
	t.Helper()
	var e struct {
		SpecVersion string
		Data        json.RawMessage
	}
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	if e.SpecVersion != "" {
		return e.Data
	}
	return data
}

func TestExamplesComingIn(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	seen := map[event.Type]bool{}
	for _, file := range append(glob(t, "*.json"), glob(t, "*.txt")...) {
		typ := typeOf(t, file)
		if event.Outgoing[typ] != "" {
			continue
		}
		seen[typ] = true
		m := read(t, file)
		conforms(t, schemas[typ], file, payload(t, m.Data))
		e, p, err := event.Decode(m, event.DecodeOptions{Strict: true})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if e.Type != typ {
			t.Errorf("%s: type %q, want %q", file, e.Type, typ)
		}
		if r, ok := p.(*event.Requested); ok {
			_, wrong := r.CheckClaims(r.Claims, r.AcceptRounding)
			if err := append(event.FromInvoice(r.Validate()), event.FromClaims(wrong)...); len(err) > 0 {
				t.Errorf("%s: %v", file, err)
			}
		}
		e.ID, e.Source = "1", "/test"
		for _, mode := range []event.Mode{event.ModeBinary, event.ModeStructured, event.ModeBare} {
			e.Mode = mode
			out, err := event.Encode(e, p)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			conforms(t, schemas[typ], file+" written again", payload(t, out.Data))
		}
	}
	if len(seen) != len(event.Incoming) {
		t.Errorf("examples cover %v", seen)
	}
}

func TestExamplesGoingOut(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	for typ := range event.Outgoing {
		file := filepath.Join(fixtures, verb(typ)+".json")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		conforms(t, schemas[typ], file, data)
		var r event.Status
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&r); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		m, err := event.Encode(event.Envelope{ID: "1", Source: "/invoicelink", Type: typ}, &r)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var b bytes.Buffer
		if err := json.Indent(&b, m.Data, "", "  "); err != nil {
			t.Fatal(err)
		}
		if b.WriteByte('\n'); !bytes.Equal(b.Bytes(), data) {
			t.Errorf("%s is not what Encode writes:\n%s", file, b.Bytes())
		}
	}
}

func TestInvalidExamples(t *testing.T) {
	t.Parallel()
	for _, file := range glob(t, "invalid/*.json") {
		m := read(t, file)
		_, p, err := event.Decode(m, event.DecodeOptions{Strict: strings.Contains(file, "strict")})
		if err == nil {
			t.Errorf("%s was taken", file)
			continue
		}
		if p != nil {
			t.Errorf("%s: payload next to an error", file)
		}
		var b strings.Builder
		de, ok := errors.AsType[*event.DecodeError](err)
		if !ok {
			t.Fatalf("%s: got error %v, want an *event.DecodeError", file, err)
		}
		b.WriteString("number: " + de.Number + "\n")
		for _, problem := range de.Problems {
			b.WriteString(problem.Path + " " + problem.Code + ": " + problem.Message + "\n")
		}
		golden := strings.TrimSuffix(file, ".json") + ".problems"
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Error(err)
		} else if b.String() != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", file, b.String(), want)
		}
	}
}

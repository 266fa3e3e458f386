package event_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

var subjects = []string{event.SubjectRequested, event.SubjectRenew, event.SubjectPaid, event.SubjectCancelled, "else"}

// FuzzDecode holds Decode against its promises: it never panics, an error
// tells what is wrong within limits, and what was taken is one JSON object
// inside the limits that encodes again to an equal event.
func FuzzDecode(f *testing.F) {
	rejected := compiled(f)[event.TypeRejected]
	for _, pattern := range []string{"*.json", "invalid/*.json"} {
		for _, file := range globF(f, pattern) {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for i := range subjects {
				f.Add(i, "ce-id", "1", data, i%2 == 0)
			}
		}
	}
	f.Add(0, "ce-specversion", "1.0", []byte(small), false)
	f.Add(0, "Content-Type", "application/cloudevents+json", []byte(small), false)
	f.Fuzz(func(t *testing.T, subject int, header, value string, data []byte, strict bool) {
		m := event.Message{Subject: subjects[uint(subject)%uint(len(subjects))], Data: data}
		m.Header = binary(header, value)
		if len(data)%2 == 0 { // without an envelope
			m.Header = map[string][]string{header: {value}}
		}
		e, p, err := event.Decode(m, event.DecodeOptions{Strict: strict})
		if err != nil {
			checkError(t, err, rejected)
			return
		}
		if r, ok := p.(*event.Requested); ok {
			checkAnswer(t, event.Status{Number: r.Number, Error: "refused", Problems: event.FromInvoice(r.Validate())}, rejected)
		}
		body := bytes.TrimPrefix(data, []byte("\ufeff"))
		if len(data) > event.MaxPayload || !utf8.Valid(data) || !json.Valid(body) || bytes.TrimSpace(body)[0] != '{' {
			t.Fatalf("took %q", data)
		}
		checkAgain(t, e, p)
	})
}

var token = regexp.MustCompile(`^invoices\.rejected\.[A-Za-z0-9_=-]+$`)

func checkError(t *testing.T, err error, rejected *jsonschema.Schema) {
	t.Helper()
	de, ok := errors.AsType[*event.DecodeError](err)
	if !ok {
		t.Fatalf("error is a %T", err)
	}
	if n := len(de.Problems); n == 0 || n > event.MaxProblems+1 || !utf8.ValidString(err.Error()) {
		t.Fatalf("%d problems in %q", n, err)
	}
	checkAnswer(t, event.Status{Number: de.Number, Error: err.Error(), Problems: de.Problems}, rejected)
}

// checkAnswer holds the rejection of a request against the contract.
func checkAnswer(t *testing.T, r event.Status, rejected *jsonschema.Schema) {
	t.Helper()
	m, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: event.TypeRejected}, r)
	if err != nil {
		t.Fatalf("problems cannot be reported: %v", err)
	}
	if !token.MatchString(m.Subject) || len(m.Subject) > 800 || len(m.Data) > 256<<10 {
		t.Fatalf("subject %q, %d bytes", m.Subject, len(m.Data))
	}
	conforms(t, rejected, "rejection", m.Data)
	if _, _, err := event.Decode(event.Message{Subject: event.SubjectRequested, Header: m.Header, Data: []byte("{}")}, event.DecodeOptions{}); err != nil {
		refused, ok := errors.AsType[*event.DecodeError](err)
		if !ok {
			t.Fatalf("got error %v, want an *event.DecodeError", err)
		}
		for _, p := range refused.Problems {
			if strings.HasPrefix(p.Path, "ce-") && p.Path != "ce-type" {
				t.Fatalf("the envelope %v is no envelope: %v", m.Header, err)
			}
		}
	}
}

func checkAgain(t *testing.T, e event.Envelope, p any) {
	t.Helper()
	if r, ok := p.(*event.Requested); ok && (r.Canonical().Number == "" || len(r.Lines) > invoice.MaxLines) {
		return // for invoice.Validate to refuse
	}
	e.ID, e.Source, e.Extensions = "1", "/x", nil
	m, err := event.Encode(e, p)
	if err != nil {
		t.Fatalf("cannot be encoded: %v", err)
	}
	again, q, err := event.Decode(m, event.DecodeOptions{Strict: true})
	if err != nil {
		t.Fatalf("%s is refused: %v", m.Data, err)
	}
	if r, ok := p.(*event.Requested); ok {
		s := q.(*event.Requested)
		if r.Digest() != s.Digest() || !slices.Equal(r.Claims.Lines, s.Claims.Lines) {
			t.Fatalf("%+v became %+v", r, s)
		}
	} else if unknownOut(p) != unknownOut(q) {
		t.Fatalf("%+v became %+v", p, q)
	}
	if e.Mode != again.Mode || e.Type != again.Type {
		t.Fatalf("envelope %+v became %+v", e, again)
	}
}

// unknownOut prints a payload without its list of unknown members.
func unknownOut(p any) string {
	text := fmt.Sprintf("%+v", p)
	return text[:strings.LastIndex(text, " Unknown:")]
}

func globF(f *testing.F, pattern string) []string {
	files, err := os.ReadDir(fixtures)
	if dir, _, ok := strings.Cut(pattern, "/"); ok {
		files, err = os.ReadDir(fixtures + "/" + dir)
		pattern = dir + "/"
	} else {
		pattern = ""
	}
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file.Name(), ".json") {
			names = append(names, fixtures+"/"+pattern+file.Name())
		}
	}
	return names
}

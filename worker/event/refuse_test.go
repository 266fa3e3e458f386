package event_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

func TestAmbiguousOrForeignEnvelopesAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", event.MaxAttributeBytes+1)
	for name, tc := range map[string]struct {
		header  map[string][]string
		path    string
		message string
	}{
		"two ids":            {map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {"1"}, "Ce-Id": {"2"}}, "ce-id", "more than once"},
		"two values":         {map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {"1", "2"}}, "ce-id", "more than once"},
		"batch":              {map[string][]string{"content-type": {"application/cloudevents-batch+json"}}, "content-type", "message of its own"},
		"avro":               {map[string][]string{"content-type": {"application/cloudevents+avro"}}, "content-type", "JSON"},
		"xml":                {map[string][]string{"content-type": {"text/xml"}}, "content-type", "application/json"},
		"latin-1":            {map[string][]string{"content-type": {"application/json;charset=iso-8859-1"}}, "content-type", "UTF-8"},
		"data of other type": {binary("ce-datacontenttype", "text/csv"), "content-type", "application/json"},
		"no id":              {binary("ce-id", ""), "ce-id", "missing"},
		"no source":          {binary("ce-source", ""), "ce-source", "missing"},
		"no type":            {binary("ce-type", ""), "ce-type", "missing"},
		"old":                {binary("ce-specversion", "0.3"), "ce-specversion", "1.0"},
		"other type":         {binary("ce-type", string(event.TypePaid)), "ce-type", string(event.TypeRequested)},
		"long id":            {binary("ce-id", strings.Repeat("x", event.MaxIDBytes+1)), "ce-id", "at most 256"},
		"long extension":     {binary("ce-x", long), "ce-x", "at most 1024"},
		"line feed in id":    {binary("ce-id", "a%0Ab"), "ce-id", "U+000A"},
		"not UTF-8":          {binary("ce-source", "\xff"), "ce-source", "U+FFFD"},
		"bad time":           {binary("ce-time", "2026-11-22"), "ce-time", "RFC 3339"},
		"year out of reach":  {binary("ce-time", "9999-12-31T23:00:00-02:00"), "ce-time", "1900 and 9999"},
		"bad name":           {binary("ce-my_ext", "1"), "ce-my_ext", "lower-case letters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p := refused(t, requested(small, tc.header), tc.path); !strings.Contains(p.Message, tc.message) {
				t.Errorf("message %q does not say %q", p.Message, tc.message)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	pad := func(n int) string { return small + strings.Repeat(" ", n-len(small)) }
	mustDecode(t, requested(pad(event.MaxPayload), nil))
	m := requested(pad(event.MaxPayload+1), binary("ce-id", "big"))
	refused(t, m, "$")
	if e, _, _ := event.Decode(m, event.DecodeOptions{}); e.ID != "big" {
		t.Errorf("envelope %+v of an oversized message has not its id", e)
	}

	nested := func(n int) string {
		return strings.Replace(small, "{", `{"x":`+strings.Repeat("[", n)+strings.Repeat("]", n)+",", 1)
	}
	mustDecode(t, requested(nested(event.MaxDepth-1), nil))
	refused(t, requested(nested(event.MaxDepth), nil), "$")
	refused(t, requested(nested(400_000), nil), "$")

	lines := strings.Repeat(`{"description":"x","unitPrice":"1","vatRate":"0"},`, invoice.MaxLines+1)
	refused(t, requested(`{"number":"A1","lines":[`+strings.TrimSuffix(lines, ",")+`]}`, nil), "$.lines")

	many := binary()
	for i := range event.MaxExtensions + 1 {
		many[fmt.Sprintf("ce-x%02d", i)] = []string{"1"}
	}
	refused(t, requested(small, many), fmt.Sprintf("ce-x%02d", event.MaxExtensions))

	wrong := `{"number":"A1","lines":[` + strings.Repeat("1,", 499) + `1]}`
	_, _, err := event.Decode(requested(wrong, nil), event.DecodeOptions{})
	if de, ok := errors.AsType[*event.DecodeError](err); !ok || len(de.Problems) != event.MaxProblems+1 {
		t.Errorf("got %v, want %d problems and a last word", err, event.MaxProblems)
	}
}

func TestRepeatedMembersOfALargeObject(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, `"x%d":1,`, i)
	}
	mustDecode(t, requested(strings.Replace(small, "{", "{"+b.String(), 1), nil))
	for _, again := range []string{"x0", "x59", "number"} {
		refused(t, requested(strings.Replace(small, "{", fmt.Sprintf(`{%s%q:1,`, b.String(), again), 1), nil), "$."+again)
	}
}

func TestProblemsOfAHostileMessageFitInARejection(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("\u2028", 300) // a name that grows when it is quoted
	deep := strings.Repeat(`{"`+name+`":`, event.MaxDepth-1) + `{` + strings.Repeat(`"a":1,`, 999) + `"a":1}` + strings.Repeat("}", event.MaxDepth-1)
	strange := `{"` + strings.Join(strings.Fields(strings.Repeat("unitprize ", 50_000)), `":1,"`) + `":1}`
	bad := event.Requested{Invoice: invoice.Invoice{Lines: make([]invoice.Line, invoice.MaxLines)}}
	many := event.FromInvoice(bad.Validate())
	for _, m := range []event.Message{requested(deep, nil), requested(strange, nil)} {
		_, _, err := event.Decode(m, event.DecodeOptions{Strict: true})
		de, ok := errors.AsType[*event.DecodeError](err)
		if !ok {
			t.Fatal("message was taken")
		}
		r := event.Status{Error: "refused", Problems: append(append(de.Problems, many...), many...)}
		out, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: event.TypeRejected}, r)
		if err != nil || len(out.Data) > event.MaxPayload/4 {
			t.Errorf("rejection has %d bytes: %v", len(out.Data), err)
		}
	}
}

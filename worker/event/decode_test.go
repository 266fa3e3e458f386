package event_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"invoicelink/worker/event"
)

const small = `{"number":"A1","issueDate":"2026-11-22","dueDate":"2026-12-22","currency":"EUR","buyer":{"name":"N"},` +
	`"lines":[{"description":"x","unitPrice":12.50,"vatRate":"25.0"}]}`

func requested(data string, header map[string][]string) event.Message {
	return event.Message{Subject: event.SubjectRequested, Data: []byte(data), Header: header}
}

// binary returns headers of a valid event in binary mode with changes; an
// empty value takes a header out.
func binary(changes ...string) map[string][]string {
	h := map[string][]string{
		"ce-specversion": {"1.0"}, "ce-id": {"1"}, "ce-source": {"/erp"}, "ce-type": {string(event.TypeRequested)},
	}
	for i := 0; i < len(changes); i += 2 {
		delete(h, changes[i])
		if changes[i+1] != "" {
			h[changes[i]] = []string{changes[i+1]}
		}
	}
	return h
}

func mustDecode(t *testing.T, m event.Message) (event.Envelope, *event.Requested) {
	t.Helper()
	e, p, err := event.Decode(m, event.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, ok := p.(*event.Requested)
	if !ok {
		t.Fatalf("payload is a %T", p)
	}
	return e, r
}

// refused decodes what must not be taken and returns the problem at the path.
func refused(t *testing.T, m event.Message, path string) event.Problem {
	t.Helper()
	_, p, err := event.Decode(m, event.DecodeOptions{})
	de, ok := errors.AsType[*event.DecodeError](err)
	if !ok || p != nil {
		t.Fatalf("message was taken: %v %v", p, err)
	}
	for _, problem := range de.Problems {
		if problem.Path == path {
			return problem
		}
	}
	t.Fatalf("no problem at %s: %v", path, err)
	return event.Problem{}
}

func TestEveryModeGivesTheSamePayload(t *testing.T) {
	t.Parallel()
	envelope := `{"specversion":"1.0","id":"1","source":"/erp","type":"invoicelink.invoice.requested.v1",`
	encoded := base64.StdEncoding.EncodeToString([]byte(small))
	_, want := mustDecode(t, requested(small, nil))
	for name, tc := range map[string]struct {
		m    event.Message
		mode event.Mode
	}{
		"bare":                        {requested(small, nil), event.ModeBare},
		"bare with content type":      {requested(small, map[string][]string{"Content-Type": {"application/json; charset=UTF-8"}}), event.ModeBare},
		"bare from a bridge":          {requested(small, map[string][]string{"content-type": {"application/octet-stream"}}), event.ModeBare},
		"bare with a byte order mark": {requested("\ufeff"+small, nil), event.ModeBare},
		"binary":                      {requested(small, binary()), event.ModeBinary},
		"binary with data type":       {requested(small, binary("ce-datacontenttype", "application/vnd.erp+json")), event.ModeBinary},
		"structured by body":          {requested(envelope+`"data":`+small+`}`, nil), event.ModeStructured},
		"structured by type":          {requested(envelope+`"data":`+small+`}`, map[string][]string{"CONTENT-TYPE": {"Application/CloudEvents+JSON; charset=utf-8"}}), event.ModeStructured},
		"structured goes first":       {requested(envelope+`"data":`+small+`}`, map[string][]string{"content-type": {"application/cloudevents+json"}, "ce-specversion": {"9"}}), event.ModeStructured},
		"base64":                      {requested(envelope+`"data_base64":"`+encoded+`"}`, nil), event.ModeStructured},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, r := mustDecode(t, tc.m)
			if e.Mode != tc.mode || e.Type != event.TypeRequested {
				t.Errorf("mode %q, type %q", e.Mode, e.Type)
			}
			if (e.ID == "1") == (tc.mode == event.ModeBare) {
				t.Errorf("id %q in mode %s", e.ID, e.Mode)
			}
			if r.Digest() != want.Digest() {
				t.Errorf("got %+v, want %+v", r, want)
			}
		})
	}
	if want.Lines[0].UnitPrice != "12.5" || want.Lines[0].VATRate != "25" {
		t.Errorf("amounts %+v are not canonical", want.Lines[0])
	}
}

func TestHeadersAreReadInAnyCase(t *testing.T) {
	t.Parallel()
	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	e, _ := mustDecode(t, requested(small, map[string][]string{
		"Ce-Specversion": {"1.0"}, "CE-ID": {"a%20b%E2%82%AC"}, "ce-Source": {"/erp?x=100%&y=%zz"}, "Ce-Type": {string(event.TypeRequested)},
		"Ce-Time": {"2026-11-22T10:00:00+01:00"}, "Ce-Batch": {"7"}, "ce-tenant": {"north"}, "ce-subject": {"A1"},
		"Traceparent": {trace}, "TraceState": {"a=1"}, "ce-traceparent": {strings.Replace(trace, "b7-01", "b8-01", 1)},
		"Nats-Msg-Id": {"x"},
	}))
	want := event.Envelope{
		ID: "a b€", Source: "/erp?x=100%&y=%zz", Type: event.TypeRequested, Subject: "A1", Batch: "7",
		Time: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Traceparent: trace, Tracestate: "a=1",
		Mode: event.ModeBinary, Extensions: map[string]string{"tenant": "north"},
	}
	if fmt.Sprintf("%+v", e) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
}

func TestTraceContextIsNeverAReasonToRefuse(t *testing.T) {
	t.Parallel()
	const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for header, want := range map[string]string{
		"garbage":             "",
		strings.ToUpper(good): "",
		"ff" + good[2:]:       "",
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01": "",
		good: good,
	} {
		e, _ := mustDecode(t, requested(small, binary("traceparent", header, "tracestate", "k=v")))
		if e.Traceparent != want || (e.Tracestate != "") != (want != "") {
			t.Errorf("%q was read as %q, %q", header, e.Traceparent, e.Tracestate)
		}
	}
	e, _ := mustDecode(t, requested(small, binary("traceparent", "bad", "ce-traceparent", good, "ce-tracestate", strings.Repeat("k", 513))))
	if e.Traceparent != good || e.Tracestate != "" {
		t.Errorf("got %q, %q", e.Traceparent, e.Tracestate)
	}
}

func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	m := requested(strings.Replace(small, "{", `{"colour":"red","Number":"B2",`, 1), nil)
	_, r := mustDecode(t, m)
	if got := strings.Join(r.Unknown, " "); got != "$.colour $.Number" || r.Number != "A1" {
		t.Errorf("unknown %q, number %q", got, r.Number)
	}
	_, _, err := event.Decode(m, event.DecodeOptions{Strict: true})
	if de, ok := errors.AsType[*event.DecodeError](err); !ok || len(de.Problems) != 2 || !strings.Contains(err.Error(), `did you mean "number"?`) {
		t.Errorf("strict: %v", err)
	}
	e, _, err := event.Decode(requested(small, binary("ce-tenant", "north")), event.DecodeOptions{Strict: true})
	if err != nil || e.Extensions["tenant"] != "north" {
		t.Errorf("strict refuses extension attributes: %v", err)
	}
}

func TestOtherPayloads(t *testing.T) {
	t.Parallel()
	for subject, tc := range map[string]struct{ data, want string }{
		event.SubjectRenew:     {`{"number":"A/1","force":true,"reason":"opened","replaces":2}`, `&{Number:A/1 Force:true Reason:opened Replaces:2 Unknown:[]}`},
		event.SubjectPaid:      {`{"number":"A/1","paidAt":"2026-12-03T10:42:00.5+01:00","amount":100.10,"currency":"EUR","reference":null}`, `&{Number:A/1 PaidAt:2026-12-03 09:42:00.5 +0000 UTC Amount:100.1 Currency:EUR Reference: Unknown:[]}`},
		event.SubjectCancelled: {`{"number":"A/1","x":1}`, `&{Number:A/1 Reason: Unknown:[$.x]}`},
	} {
		_, p, err := event.Decode(event.Message{Subject: subject, Data: []byte(tc.data)}, event.DecodeOptions{})
		if got := fmt.Sprintf("%+v", p); err != nil || got != tc.want {
			t.Errorf("%s: got %s, %v", subject, got, err)
		}
	}
}

func TestTheNumberIsFoundInWhatIsRefused(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"number":"A1","lines":[`:                               "A1",
		`{"number":" A1 ","lines":1}`:                            "A1",
		`{"number":42,"lines":1}`:                                "42",
		`{"number":"A1","number":"A1"}`:                          "A1",
		`{"number":"A1","number":"A2"}`:                          "",
		`{"number":["A1"]}`:                                      "",
		`{"number":"` + strings.Repeat("9", 65) + `","lines":1}`: "",
		`{"specversion":"1.0","data":{"number":"A1","lines":[`:   "A1",
	} {
		_, _, err := event.Decode(requested(data, nil), event.DecodeOptions{})
		if de, ok := errors.AsType[*event.DecodeError](err); !ok || de.Number != want {
			t.Errorf("%s: %v, want number %q", data, err, want)
		}
	}
}

func TestUnknownSubject(t *testing.T) {
	t.Parallel()
	m := event.Message{Subject: "invoices.issued.A1", Data: []byte(small)}
	refused(t, m, "subject")
}

// A missing currency must not silently become the seller's.
func TestMissingCurrencyIsRefused(t *testing.T) {
	t.Parallel()
	refused(t, requested(strings.Replace(small, `"currency":"EUR",`, "", 1), nil), "$.currency")
}

func TestForcedRenewalNeedsAReason(t *testing.T) {
	t.Parallel()
	refused(t, event.Message{Subject: event.SubjectRenew, Data: []byte(`{"number":"A1","force":true}`)}, "$.reason")
	if _, _, err := event.Decode(event.Message{Subject: event.SubjectRenew, Data: []byte(`{"number":"A1","force":true,"reason":"opened"}`)}, event.DecodeOptions{}); err != nil {
		t.Error(err)
	}
}

func TestUnknownMembersAreLimited(t *testing.T) {
	t.Parallel()
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"x%d":1,`, i)
		}
		return strings.Replace(small, "{", "{"+b.String(), 1)
	}
	mustDecode(t, requested(members(event.MaxProblems), nil))
	if p := refused(t, requested(members(1000), nil), fmt.Sprintf("$.x%d", event.MaxProblems)); p.Code != "too-many-members" {
		t.Errorf("code %q, want too-many-members", p.Code)
	}
}

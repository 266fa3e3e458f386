package event_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/event"
)

func issued() event.Status {
	cet := time.FixedZone("CET", 3600)
	return event.Status{
		Number: "2026/0042", Kind: invoice.KindInvoice, State: "issued", Revision: 1,
		Digest: strings.Repeat("ab", 32), Currency: "EUR", Total: "125.00", Payable: "0.00",
		PaymentStatus: "unpaid",
		PaymentLink:   "https://pay.example/?a=1&b=<2>", CreatedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, cet), ExpiresAt: time.Date(2027, 1, 21, 10, 0, 0, 0, cet),
		PDF: "2026=2F0042.pdf", SHA256: strings.Repeat("cd", 32), PDFBytes: 40000,
	}
}

func TestEncodeBinary(t *testing.T) {
	t.Parallel()
	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	e := event.Envelope{
		ID: "issued/2026/0042#1", Source: "/invoicelink/Ærø", Type: event.TypeIssued, Batch: "b7",
		Time: time.Date(2026, 11, 22, 10, 0, 0, 5, time.FixedZone("", 3600)), Traceparent: trace, Tracestate: "a=1",
		Extensions: map[string]string{"tenant": "nord 1"},
	}
	m, err := event.Encode(e, issued())
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "invoices.issued.2026=2F0042" {
		t.Errorf("subject %q", m.Subject)
	}
	want := map[string]string{
		"ce-specversion": "1.0", "ce-id": "issued/2026/0042#1", "ce-source": "/invoicelink/%C3%86r%C3%B8",
		"ce-type": "invoicelink.invoice.issued.v1", "ce-subject": "2026/0042", "ce-time": "2026-11-22T09:00:00.000000005Z",
		"ce-datacontenttype": "application/json", "ce-batch": "b7", "ce-tenant": "nord%201",
		"ce-traceparent": trace, "ce-tracestate": "a=1", "traceparent": trace, "tracestate": "a=1",
	}
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		if got := strings.Join(m.Header[name], "|"); got != want[name] {
			t.Errorf("%s: %q, want %q", name, got, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
	for _, part := range []string{`"key":"2026=2F0042"`, `?a=1&b=<2>"`, `"createdAt":"2026-11-22T09:00:00Z"`, `"payable":"0.00"`} {
		if !bytes.Contains(m.Data, []byte(part)) {
			t.Errorf("%s is not in %s", part, m.Data)
		}
	}
	again, err := event.Encode(e, new(issued()))
	if err != nil || !bytes.Equal(again.Data, m.Data) {
		t.Errorf("encoding again gives %s, %v", again.Data, err)
	}
}

func TestEncodeNamesEverythingThatIsMissing(t *testing.T) {
	t.Parallel()
	full := event.Envelope{ID: "1", Source: "/x", Type: event.TypeIssued}
	with := func(change func(*event.Envelope)) event.Envelope { e := full; change(&e); return e }
	for name, tc := range map[string]struct {
		e       event.Envelope
		payload any
		want    []string
	}{
		"empty":          {event.Envelope{Type: event.TypeIssued}, event.Status{}, []string{"id is missing", "source is missing", "number is missing", "pdf is missing", "digest is missing"}},
		"other payload":  {full, &event.Paid{Number: "A1"}, []string{"does not fit the type"}},
		"no payload":     {full, nil, []string{"does not fit the type"}},
		"nil payload":    {full, (*event.Status)(nil), []string{"does not fit the type"}},
		"no type":        {event.Envelope{ID: "1", Source: "/"}, issued(), []string{"does not fit the type"}},
		"amount":         {full, func() event.Status { r := issued(); r.Total = "1.234,00"; return r }(), []string{"total", "is not a number"}},
		"own extension":  {with(func(e *event.Envelope) { e.Extensions = map[string]string{"id": "2"} }), issued(), []string{`extension "id"`}},
		"extension name": {with(func(e *event.Envelope) { e.Extensions = map[string]string{"My-Ext": "2"} }), issued(), []string{`extension "My-Ext"`}},
		"line feed":      {with(func(e *event.Envelope) { e.ID = "a\nb" }), issued(), []string{"U+000A"}},
		"long id":        {with(func(e *event.Envelope) { e.ID = strings.Repeat("x", 257) }), issued(), []string{"257 bytes"}},
		"unknown mode":   {with(func(e *event.Envelope) { e.Mode = "carrier pigeon" }), issued(), []string{"carrier pigeon"}},
		"too large": {full, func() event.Status {
			r := issued()
			r.SessionID = strings.Repeat("x", event.MaxPayload)
			return r
		}(), []string{"at most 1048576"}},
		"year 10000": {full, func() event.Status {
			r := issued()
			r.ExpiresAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
			return r
		}(), []string{"marshal"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := event.Encode(tc.e, tc.payload)
			if err == nil {
				t.Fatalf("encoded as %s", m.Data)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %q", err, want)
				}
			}
		})
	}
}

func TestRejectionWithoutANumber(t *testing.T) {
	t.Parallel()
	m, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: event.TypeRejected}, event.Status{Error: "no number"})
	if err != nil || m.Subject != "invoices.rejected.unknown" || m.Header["ce-subject"] != nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestStatusOfEveryTypeConforms(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	r := issued()
	at := r.CreatedAt.UTC()
	r.SessionID, r.Environment, r.Error, r.Code, r.DeadLetter = "s", "test", "why", "conflict", "1"
	r.PreviousLinkID, r.PreviousPaymentLink, r.PreviousExpiresAt = "p", "https://pay.example/?a=0", at
	r.QRSource, r.QRNote, r.PageRevision, r.LinkRevision, r.ExpiredBy = "drawn", "n", 1, 2, at
	r.Payments = []event.Payment{{ID: "t-1", Amount: "1", Currency: "EUR", At: at, RecordedAt: at, Source: "poll", Actor: "a", Authorised: true, Note: "n"}}
	r.Reviews = []event.Review{{ID: "2026=2F0042.1", Kind: "amount-differs", What: "w", At: at, Payment: "t-1"}}
	r.Requested, r.Renewed, r.Cancelled = &event.Act{At: at, Source: "upload"}, &event.Act{At: at, Source: "timer"}, &event.Act{At: at, Source: "desk", Actor: "a", Reason: "r"}
	r.Received, r.ToCapture, r.Buyer, r.DueDate, r.Renewing = "0.00", "1.00", "b", "2026-12-22", true
	r.AcceptedAt, r.IssuedAt, r.PaidAt = at, at, at
	r.Problems = event.Problems{{Path: "$", Message: "m"}}
	r.Reason, r.RequestID, r.Batch, r.Repeated = "r", "q", "b", true
	r.Warnings, r.Ignored = []string{"w"}, []string{"$.x"}
	r.LinkID, r.ActivationMinutes = "l", 10
	r.PDFBucket, r.PDFObject, r.PDFDirectory = "b", "o", "d"
	for typ := range event.Outgoing {
		m, err := event.Encode(event.Envelope{ID: "1", Source: "/x", Type: typ}, r)
		if err != nil {
			t.Error(err)
			continue
		}
		conforms(t, schemas[typ], string(typ), m.Data)
		for _, name := range event.Required[typ] {
			if !bytes.Contains(m.Data, fmt.Appendf(nil, "%q:", name)) {
				t.Errorf("%s lacks %s, which is demanded", typ, name)
			}
		}
	}
}

func TestWhatIsEncodedDecodesToTheSame(t *testing.T) {
	t.Parallel()
	want := event.Requested{
		Invoice: invoice.Invoice{
			Number: "Å/1", IssueDate: "2026-11-22", DueDate: "2026-12-22", Currency: "eur",
			Buyer: invoice.Party{Name: " N ", Address: invoice.Address{Street: "A\nB"}},
			Lines: []invoice.Line{{Description: "x <&> \u2028", UnitPrice: "1", VATRate: "0"}}, Prepaid: "0",
		},
		Claims: invoice.Claims{Total: "1", Lines: []invoice.Decimal{"", "1"}}, AcceptRounding: true,
	}
	for _, mode := range []event.Mode{event.ModeBinary, event.ModeStructured, event.ModeBare} {
		e := event.Envelope{
			ID: `"100 %"`, Source: "/æ", Type: event.TypeRequested, Subject: "Å/1", Batch: "b", Mode: mode,
			Time: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Extensions: map[string]string{"a1": "x=y; \"z\""},
			Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Tracestate: "a=1",
			DataSchema: "urn:x",
		}
		m, err := event.Encode(e, want)
		if err != nil {
			t.Fatal(err)
		}
		got, r := mustDecode(t, m)
		if mode == event.ModeBare {
			e = event.Envelope{Type: e.Type, Mode: mode, Traceparent: e.Traceparent, Tracestate: e.Tracestate}
		}
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", e) {
			t.Errorf("envelope\n got %+v\nwant %+v", got, e)
		}
		if r.Digest() != want.Digest() || fmt.Sprint(r.Claims) != fmt.Sprint(want.Claims) || !r.AcceptRounding {
			t.Errorf("payload\n got %+v\nwant %+v", r, want)
		}
	}
}

func TestOutSubject(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		typ          event.Type
		number, want string
	}{
		{event.TypeIssued, "2026/0042", "invoices.issued.2026=2F0042"},
		{event.TypeRenewed, "a.b *>", "invoices.renewed.a=2Eb=20=2A=3E"},
		{event.TypeRejected, "", "invoices.rejected.unknown"},
		{event.TypeFailed, " \t", "invoices.failed.unknown"},
		{event.TypeLapsed, "\xff", "invoices.lapsed.unknown"},
		{event.TypeSettled, strings.Repeat("9", 65), "invoices.settled.unknown"},
		{event.TypeExpired, "1", "invoices.expired.1"},
		{event.TypePaid, "1", event.SubjectPaid},
		{"other", "1", ""},
	} {
		if got := event.OutSubject(tc.typ, tc.number); got != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.typ, tc.number, got, tc.want)
		}
	}
	if n := len(event.OutSubject(event.TypeRejected, strings.Repeat("😀", invoice.MaxNumberRunes))); n != 786 {
		t.Errorf("longest subject has %d bytes", n)
	}
}

func TestProblemPaths(t *testing.T) {
	t.Parallel()
	got := append(
		event.FromInvoice(invoice.Problems{{Field: "lines[2].quantity", Value: "x", Message: "m"}}),
		event.FromClaims(invoice.Problems{{Field: "lines[2].net"}, {Field: "net"}, {Field: "payable"}})...,
	)
	want := []string{"$.lines[2].quantity", "$.claims.lines[2]", "$.claims.net", "$.claims.payable"}
	for i, p := range got {
		if p.Path != want[i] {
			t.Errorf("path %q, want %q", p.Path, want[i])
		}
	}
}

func TestCarrier(t *testing.T) {
	t.Parallel()
	c := event.Carrier{"Traceparent": {"a"}, "x": nil}
	if got := c.Get("TRACEPARENT"); got != "a" {
		t.Errorf("got %q", got)
	}
	c.Set("TraceParent", "b")
	if got := strings.Join(c.Keys(), " "); got != "traceparent x" || c.Get("traceparent") != "b" {
		t.Errorf("keys %q, value %q", got, c.Get("traceparent"))
	}
	if event.Carrier(nil).Get("traceparent") != "" || c.Get("x") != "" {
		t.Error("what is not there has a value")
	}
}

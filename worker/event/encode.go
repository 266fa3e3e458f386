package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// maxExtensionName is the length that CloudEvents 1.0.2, "Naming Conventions",
// recommends not to exceed.
const maxExtensionName = 20

// Encode writes an event. The payload is a Status for a type that goes out, or
// the Requested, Renew, Paid or Cancelled of a type that comes in; a pointer
// to it will do, and it is not changed. The message's subject follows from the
// type and the invoice number, and so does the CloudEvents subject of what goes
// out; a type that comes in may name its own. A Requested is written in its canonical form and a
// moment in UTC, so the same event always gives the same bytes.
//
// Trace context is written twice: as attributes, which stay as they are, and
// as plain headers, which a Carrier may set anew for each hop. What breaks the
// contract is an error that names all of it: a missing id or source, a payload
// that does not fit the type or lacks what the type's schema demands, an
// attribute or payload over its limit.
func Encode(e Envelope, payload any) (Message, error) {
	body, number, faults := content(e.Type, payload)
	if _, out := outgoing[e.Type]; out || e.Subject == "" {
		e.Subject = subjectOf(number)
	}
	attrs, more := e.attributes()
	faults = append(faults, more...)
	if len(faults) > 0 {
		return Message{}, fmt.Errorf("encode %s event about %q: %s", e.Type, clip(number, maxValueRunes), strings.Join(faults, "; "))
	}
	m := Message{Subject: OutSubject(e.Type, number), Header: map[string][]string{}}
	data, err := marshal(body)
	if err == nil {
		err = m.write(e.Mode, attrs, data)
	}
	if err != nil {
		return Message{}, fmt.Errorf("encode %s event about %q: %w", e.Type, clip(number, maxValueRunes), err)
	}
	return m, nil
}

// subjectOf is the invoice number as the CloudEvents subject, or its key if no
// attribute can hold the number.
func subjectOf(number string) string {
	if forbidden(number) < 0 && len(number) <= MaxAttributeBytes {
		return number
	}
	return Key(number)
}

func (m *Message) write(mode Mode, attrs map[string]string, data []byte) error {
	m.Data = data
	switch mode {
	case ModeStructured:
		m.Header["content-type"] = []string{ContentTypeStructured}
		event := map[string]any{"data": json.RawMessage(data)}
		for name, value := range attrs {
			event[name] = value
		}
		var err error
		if m.Data, err = marshal(event); err != nil {
			return err
		}
	case ModeBare:
		m.Header["content-type"] = []string{contentTypeJSON}
	case ModeBinary, "":
		for name, value := range attrs {
			m.Header[attributePrefix+name] = []string{escape(value)}
		}
	default:
		return fmt.Errorf("%q is not a mode of an event", mode)
	}
	for _, name := range []string{attrTraceparent, attrTracestate} {
		if attrs[name] != "" {
			m.Header[name] = []string{attrs[name]}
		}
	}
	if len(m.Data) > MaxPayload {
		return fmt.Errorf("has %d bytes; at most %d fit in a message", len(m.Data), MaxPayload)
	}
	return nil
}

// attributes returns the attributes to write, and what is wrong with them.
func (e Envelope) attributes() (map[string]string, []string) {
	var faults []string
	attrs := map[string]string{
		attrSpecVersion: SpecVersion, attrContentType: contentTypeJSON,
		attrID: e.ID, attrSource: e.Source, attrType: string(e.Type), attrSubject: e.Subject,
		attrDataSchema: e.DataSchema, attrBatch: e.Batch,
	}
	if !e.Time.IsZero() {
		attrs[attrTime] = e.Time.UTC().Format(time.RFC3339Nano)
	}
	if validTraceparent(e.Traceparent) {
		attrs[attrTraceparent] = e.Traceparent
		if validTracestate(e.Tracestate) {
			attrs[attrTracestate] = e.Tracestate
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Extensions)) {
		if _, taken := attrs[name]; taken || reserved(name) || !attributeName.MatchString(name) || len(name) > maxExtensionName {
			faults = append(faults, fmt.Sprintf("extension %q is not a free name of 1 to %d lower-case letters and digits", clip(name, 40), maxExtensionName))
			continue
		}
		attrs[name] = e.Extensions[name]
	}
	if len(e.Extensions) > MaxExtensions {
		faults = append(faults, fmt.Sprintf("%d extension attributes are more than %d", len(e.Extensions), MaxExtensions))
	}
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if fault := faulty(name, attrs[name], e.Mode); fault != "" {
			faults = append(faults, fault)
		}
		if attrs[name] == "" {
			delete(attrs, name)
		}
	}
	return attrs, faults
}

func reserved(name string) bool {
	switch name {
	case attrTime, attrTraceparent, attrTracestate, "data":
		return true
	}
	return false
}

func faulty(name, value string, mode Mode) string {
	most := MaxAttributeBytes
	if name == attrID {
		most = MaxIDBytes
	}
	switch r := forbidden(value); {
	case value == "" && mode != ModeBare && (name == attrID || name == attrSource):
		return name + " is missing"
	case len(value) > most:
		return fmt.Sprintf("%s has %d bytes; at most %d are allowed", name, len(value), most)
	case r >= 0:
		return fmt.Sprintf("%s has the character %U, which no attribute may have", name, r)
	}
	return ""
}

// content checks the payload against its type and returns it in the form in
// which it is marshalled, with the invoice number.
func content(t Type, payload any) (body any, number string, faults []string) {
	fits := false
	if v := reflect.ValueOf(payload); v.Kind() == reflect.Pointer && !v.IsNil() {
		payload = v.Elem().Interface()
	}
	switch p := payload.(type) {
	case Requested:
		p.Invoice = *p.Canonical()
		fits, body, number = t == TypeRequested, p, p.Number
	case Renew:
		fits, body, number = t == TypeRenew, p, p.Number
	case Paid:
		p.PaidAt = p.PaidAt.UTC()
		fits, body, number = t == TypePaid, p, p.Number
	case Cancelled:
		fits, body, number = t == TypeCancelled, p, p.Number
	case Status:
		p = p.normalize()
		_, fits = outgoing[t]
		body, number = p, p.Number
		if fits {
			faults = p.missing(t)
		}
	}
	if !fits {
		faults = append(faults, fmt.Sprintf("payload %T does not fit the type", payload))
	} else if number == "" && t != TypeRejected && t != TypeFailed {
		faults = append(faults, "number is missing")
	}
	return body, number, faults
}

// marshal keeps "&" in a URL as it is: nothing here ends in a web page
// unescaped, and people read these bytes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("marshal payload: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

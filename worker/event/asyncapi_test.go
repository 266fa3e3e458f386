package event_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"

	"invoicelink/worker/event"
)

// asyncapi is the document but for its lists of events. AsyncAPI 3.0.0 takes
// payloads in any schema format that is named ("Multi Format Schema Object").
const asyncapi = `asyncapi: 3.0.0
info:
  title: invoicelink events
  version: 1.0.0
  description: |-
    Invoices come in as events, get a payment link and leave as PDF.

    Delivery is at least once, in and out. A request that is published again is answered with the same
    result again (repeated is true); nothing is issued twice. Only a PubAck of JetStream confirms a
    publish: publish through JetStream, or as a request, and publish again until it is confirmed. Events
    that go out are kept in a stream and carry an id that stays the same when one is sent again.

    Events are CloudEvents 1.0 in binary mode (headers "ce-…", lower case) or structured mode (content
    type application/cloudevents+json, or a member specversion in the body). A payload without an
    envelope is taken too. Messages have at most {{.MaxPayload}} bytes.
defaultContentType: application/json
servers:
  nats:
    host: 127.0.0.1:4222
    protocol: nats
    description: Any NATS server or cluster with JetStream; this is where the embedded one listens when told to.
channels:
{{- range .In}}
  {{.Verb}}:
    address: {{.Subject}}
    messages:
      {{.Verb}}:
        $ref: '#/components/messages/{{.Verb}}'
{{- end}}
{{- range .Out}}
  {{.Verb}}:
    address: {{.Subject}}
    parameters:
      key:
        $ref: '#/components/parameters/key'
    messages:
      {{.Verb}}:
        $ref: '#/components/messages/{{.Verb}}'
{{- end}}
operations:
{{- range .In}}
  take-{{.Verb}}:
    action: receive
    channel:
      $ref: '#/channels/{{.Verb}}'
    summary: {{.Text}}
{{- end}}
{{- range .Out}}
  tell-{{.Verb}}:
    action: send
    channel:
      $ref: '#/channels/{{.Verb}}'
    summary: {{.Text}}
{{- end}}
components:
  parameters:
    key:
      description: >-
        The invoice number as a subject token. ASCII letters, digits, "-" and "_" stand for themselves;
        every other byte of the UTF-8 text is "=" and two upper-case hex digits: 2026/0042 is 2026=2F0042.
        It is "unknown" in a rejection where no number could be read.
  messageTraits:
    cloudEvent:
      headers:
        type: object
        description: >-
          CloudEvents attributes in binary mode. Values are percent-encoded: space, double quote, percent
          sign and everything outside U+0021 to U+007E. Names are read in any case and written in lower case.
        required: [ce-specversion, ce-id, ce-source, ce-type]
        properties:
          ce-specversion: {type: string, const: '{{.SpecVersion}}'}
          ce-id: {type: string, minLength: 1, maxLength: {{.MaxIDBytes}}, description: Name of the event; with the source unique permanently.}
          ce-source: {type: string, minLength: 1, maxLength: {{.MaxAttributeBytes}}, description: URI reference of who publishes.}
          ce-type: {type: string, description: One of the types named here.}
          ce-subject: {type: string, description: The invoice number.}
          ce-time: {type: string, format: date-time, description: 'When it happened, RFC 3339.'}
          ce-datacontenttype: {type: string, const: application/json}
          ce-batch: {type: string, description: A correlation id of the sender's choice, which the answer repeats.}
          ce-traceparent: {type: string, description: 'W3C trace context of the beginning; the plain header traceparent is the hop''s.'}
          ce-tracestate: {type: string, description: Goes with ce-traceparent.}
  messages:
{{- range .All}}
    {{.Verb}}:
      name: {{.Type}}
      title: {{.Type}}
      summary: {{.Text}}
      contentType: application/json
      traits:
        - $ref: '#/components/messageTraits/cloudEvent'
      payload:
        schemaFormat: application/schema+json;version=draft-2020-12
        schema:
          $ref: ./schema/{{.Verb}}.json
{{- end}}
`

type entry struct{ Type, Verb, Subject, Text string }

func entries() (in, out []entry) {
	texts := map[event.Type]string{
		event.TypeRequested: "An invoice or credit note is to be issued.",
		event.TypeRenew:     "A payment link is to be made again.",
		event.TypePaid:      "An invoice was paid, through its link or otherwise.",
		event.TypeCancelled: "An invoice is no longer to be paid.",
	}
	for _, t := range allTypes() {
		e := entry{Type: string(t), Verb: verb(t), Subject: event.OutSubject(t, "")}
		if text, ok := texts[t]; ok {
			e.Text = text
			in = append(in, e)
			continue
		}
		e.Text = resultTexts[t]
		e.Subject = strings.TrimSuffix(e.Subject, "unknown") + "{key}"
		out = append(out, e)
	}
	return in, out
}

func TestAsyncAPIIsMadeFromTheTypes(t *testing.T) {
	t.Parallel()
	in, out := entries()
	var b bytes.Buffer
	err := template.Must(template.New("").Parse(asyncapi)).Execute(&b, map[string]any{
		"In": in, "Out": out, "All": append(append([]entry{}, in...), out...), "MaxPayload": event.MaxPayload,
		"MaxIDBytes": event.MaxIDBytes, "MaxAttributeBytes": event.MaxAttributeBytes, "SpecVersion": event.SpecVersion,
	})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "asyncapi.yaml", b.Bytes())
	var document map[string]any
	if err := yaml.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if n := len(document["channels"].(map[string]any)); n != len(in)+len(out) {
		t.Errorf("document has %d channels, want %d", n, len(in)+len(out))
	}
	follow(t, document, document, "#")
}

// follow resolves every reference of the document.
func follow(t *testing.T, document map[string]any, value any, at string) {
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			follow(t, document, item, fmt.Sprint(at, "/", i))
		}
	case map[string]any:
		for name, item := range v {
			if ref, ok := item.(string); ok && name == "$ref" {
				if !resolves(document, ref) {
					t.Errorf("%s: %s leads nowhere", at, ref)
				}
			}
			follow(t, document, item, at+"/"+name)
		}
	}
}

func resolves(document map[string]any, ref string) bool {
	rest, inside := strings.CutPrefix(ref, "#/")
	if !inside {
		_, err := fs.Stat(event.Schemas(), path.Clean(ref))
		return err == nil
	}
	var value any = document
	for name := range strings.SplitSeq(rest, "/") {
		object, ok := value.(map[string]any)
		if !ok {
			return false
		}
		if value, ok = object[name]; !ok {
			return false
		}
	}
	return true
}

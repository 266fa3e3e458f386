package event

import (
	"encoding/base64"
	"maps"
	"mime"
	"slices"
	"strings"
)

const attributePrefix = "ce-"

// envelope finds out how the event travels, fills d.env and returns the
// payload. It reports false where the payload cannot be read.
func (d *decoder) envelope(m Message) (node, bool) {
	headers := d.headers(m.Header)
	contentType := strings.ToLower(strings.TrimSpace(headers["content-type"]))
	if strings.HasPrefix(contentType, "application/cloudevents-batch") {
		d.problems.add("batch-envelope", "content-type", contentType, "is a batch of events; publish each event as a message of its own")
		return node{}, false
	}
	structured := strings.HasPrefix(contentType, "application/cloudevents")
	if structured && strings.Contains(contentType, "+") && !jsonType(contentType) {
		d.problems.addf("content-type", "content-type", contentType, "is not a JSON format; send %s", ContentTypeStructured)
		return node{}, false
	}
	_, binary := headers[attributePrefix+attrSpecVersion]
	body, err := parse(m.Data)
	if !structured && !binary {
		_, structured = body.first(attrSpecVersion)
	}
	switch {
	case structured:
		d.env.Mode = ModeStructured
		if err != nil {
			d.problems.add("json-invalid", "$", "", err.Error())
			data, _ := body.first("data")
			return data, false
		}
		return d.structured(body)
	case binary:
		d.binary(headers)
		contentType = headers[attributePrefix+attrContentType]
	default:
		d.env.Mode = ModeBare
	}
	if err != nil {
		d.problems.add("json-invalid", "$", "", err.Error())
	}
	return body, d.dataIsJSON(contentType) && err == nil
}

// headersOnly reads the envelope of a message whose body is too large to look
// at, so that the answer can name the event.
func (d *decoder) headersOnly(h map[string][]string) {
	headers := d.headers(h)
	if _, binary := headers[attributePrefix+attrSpecVersion]; binary {
		d.binary(headers)
	}
}

// headers returns the headers that mean something here, by lower-case name.
// One that is given twice with two values is refused: another reader might
// take the other value.
func (d *decoder) headers(h map[string][]string) map[string]string {
	known := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		low := strings.ToLower(name)
		own := low == "content-type" || low == attrTraceparent || low == attrTracestate
		if !own && !strings.HasPrefix(low, attributePrefix) {
			continue
		}
		for _, value := range h[name] {
			if before, twice := known[low]; twice && before != value && low != attrTracestate {
				d.problems.addf("repeated-attribute", clip(low, 64), value, "is given more than once with different values; send it once")
			}
			known[low] = value
		}
	}
	d.trace(known[attrTraceparent], known[attrTracestate])
	return known
}

// binary reads attributes from headers (NATS binding, version 1.0.3).
func (d *decoder) binary(headers map[string]string) {
	d.env.Mode = ModeBinary
	attrs := map[string]string{}
	for name, value := range headers {
		if attribute, ok := strings.CutPrefix(name, attributePrefix); ok {
			attrs[attribute] = unescape(value)
		}
	}
	d.attributes(attrs)
}

// structured reads the JSON event format (CloudEvents 1.0.2,
// formats/json-format.md).
func (d *decoder) structured(body node) (node, bool) {
	if body.kind != isObject {
		d.problems.addf("wrong-type", "$", literal(body), "is %s; give a CloudEvent as an object", describe(body))
		return node{}, false
	}
	attrs := map[string]string{}
	seen := map[string]bool{}
	for _, m := range body.members {
		name := m.name
		if seen[name] {
			d.problems.add("repeated-attribute", attributePrefix+clip(name, 64), "", "is given more than once in the envelope; send it once")
		}
		seen[name] = true
		switch {
		case name == "data" || name == "data_base64":
		case m.value.kind == isText, m.value.kind == isBool,
			m.value.kind == isNumber && !strings.ContainsAny(m.value.text, ".eE"):
			attrs[name] = m.value.text
		case m.value.kind != isNull: // null: not given (json-format.md, section 2.2)
			d.problems.addf("attribute-type", attributePrefix+clip(name, 64), literal(m.value), "is %s; an attribute is text, a whole number, true or false", describe(m.value))
		}
	}
	d.attributes(attrs)
	data, readable := d.data(body)
	return data, d.dataIsJSON(attrs[attrContentType]) && readable
}

func (d *decoder) data(body node) (node, bool) {
	data, plain := body.first("data")
	encoded, base := body.first("data_base64")
	switch {
	case plain && base:
		d.problems.add("data-twice", "$", "", "is given twice, as data and as data_base64; send one of them")
		return data, false
	case plain:
		return data, true
	case !base:
		d.problems.add("missing", "$", "", "is missing; give the payload as the member data")
		return node{}, false
	case encoded.kind != isText:
		d.problems.addf("base64-invalid", "$", literal(encoded), "is %s in data_base64; give base64 text", describe(encoded))
		return node{}, false
	}
	raw, err := base64.StdEncoding.DecodeString(encoded.text)
	if err != nil {
		d.problems.add("base64-invalid", "$", encoded.text, "is not base64 (RFC 4648, section 4, with padding) in data_base64")
		return node{}, false
	}
	data, err = parse(raw)
	if err != nil {
		d.problems.add("json-invalid", "$", "", err.Error())
	}
	return data, err == nil
}

// dataIsJSON judges the payload's content type. What a bridge writes without
// knowing better is no reason to refuse an invoice.
func (d *decoder) dataIsJSON(contentType string) bool {
	mediaType, params, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "", mediaType == "text/plain", mediaType == "application/octet-stream":
		return true
	case err != nil, !jsonType(mediaType):
		d.problems.addf("content-type", "content-type", contentType, "is %q; send the payload as %s", clip(contentType, 60), contentTypeJSON)
		return false
	}
	if c := strings.ToLower(params["charset"]); c != "" && c != "utf-8" && c != "utf8" && c != "us-ascii" {
		d.problems.addf("content-type", "content-type", contentType, "names the character set %q; send UTF-8", clip(c, 40))
		return false
	}
	return true
}

func jsonType(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	mediaType = strings.TrimSpace(mediaType)
	return mediaType == contentTypeJSON || mediaType == "text/json" || strings.HasSuffix(mediaType, "+json")
}

// ActorAttribute is the extension attribute in which the program's own requests
// say who asked: the user of the desk or of the command line.
const ActorAttribute = "actor"

package event

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of attributes that have a field of their own in Envelope.
const (
	attrSpecVersion = "specversion"
	attrID          = "id"
	attrSource      = "source"
	attrType        = "type"
	attrSubject     = "subject"
	attrTime        = "time"
	attrContentType = "datacontenttype"
	attrDataSchema  = "dataschema"
	attrBatch       = "batch"
	attrTraceparent = "traceparent" // CloudEvents extension "Distributed Tracing"
	attrTracestate  = "tracestate"
)

// attributeName is the alphabet of CloudEvents 1.0.2, "Naming Conventions".
var attributeName = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// attributes moves the attributes of an event into the envelope and checks
// them. All of them are text here, as they are in headers.
func (d *decoder) attributes(attrs map[string]string) {
	d.specVersion(attrs[attrSpecVersion])
	d.trace(attrs[attrTraceparent], attrs[attrTracestate])
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		d.attribute(name, attrs[name])
	}
	for _, must := range []string{attrID, attrSource, attrType} {
		if attrs[must] == "" {
			d.missing("ce-"+must, "is missing; CloudEvents 1.0 demands it")
		}
	}
}

func (d *decoder) specVersion(version string) {
	if version == "" {
		d.missing("ce-"+attrSpecVersion, `is missing; send "1.0"`)
	} else if version != SpecVersion {
		d.problems.addf("specversion-unsupported", "ce-"+attrSpecVersion, version, "is %q; send events of CloudEvents 1.0", clip(version, 40))
	}
}

func (d *decoder) attribute(name, value string) {
	path := "ce-" + name
	if value == "" || name == attrTraceparent || name == attrTracestate {
		return
	}
	most := MaxAttributeBytes
	if name == attrID {
		most = MaxIDBytes
	}
	if len(value) > most {
		d.problems.addf("attribute-too-long", path, value, "has %d bytes; at most %d are taken", len(value), most)
		return
	}
	if r := forbidden(value); r >= 0 {
		d.problems.addf("attribute-character", path, value, "has the character %U, which no CloudEvents attribute may have", r)
		return
	}
	switch name {
	case attrSpecVersion, attrContentType: // looked at where they matter
	case attrID:
		d.env.ID = value
	case attrSource:
		d.env.Source = value
	case attrType:
		d.env.Type = Type(value)
	case attrSubject:
		d.env.Subject = value
	case attrDataSchema:
		d.env.DataSchema = value
	case attrBatch:
		d.env.Batch = value
	case attrTime:
		t, err := parseTime(value)
		if err != nil {
			d.problems.add("moment-invalid", path, value, err.Error())
			return
		}
		d.env.Time = t
	default:
		d.extension(name, value)
	}
}

func (d *decoder) extension(name, value string) {
	switch {
	case !attributeName.MatchString(name):
		d.problems.add("attribute-name", "ce-"+clip(name, 64), value, "is not an attribute name; use lower-case letters and digits only")
	case len(d.env.Extensions) == MaxExtensions:
		d.problems.addf("too-many-attributes", "ce-"+name, value, "is one extension attribute too many; at most %d are taken", MaxExtensions)
	default:
		if d.env.Extensions == nil {
			d.env.Extensions = map[string]string{}
		}
		d.env.Extensions[name] = value
	}
}

// trace fills in trace context, the first that is valid: the state belongs to
// its parent and is never taken without it.
func (d *decoder) trace(parent, state string) {
	if d.env.Traceparent != "" || !validTraceparent(parent) {
		return
	}
	d.env.Traceparent = parent
	if validTracestate(state) {
		d.env.Tracestate = state
	}
}

// forbidden returns the first character that CloudEvents 1.0.2, "Type System",
// keeps out of a String, or -1.
func forbidden(s string) rune {
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsControl(r) || r&0xFFFE == 0xFFFE || (r >= 0xFDD0 && r <= 0xFDEF) || (r == utf8.RuneError && size == 1) {
			return r
		}
	}
	return -1
}

var traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$`)

// validTraceparent checks the form of W3C Trace Context, section 3.2, version
// 00, and that neither id is all zeros.
func validTraceparent(s string) bool {
	m := traceparent.FindStringSubmatch(s)
	return m != nil && m[1] != "ff" && strings.Trim(m[2], "0") != "" && strings.Trim(m[3], "0") != ""
}

// validTracestate checks size and alphabet only (W3C Trace Context, section
// 3.3: 512 characters are carried); the rest is between the tracing vendors.
func validTracestate(s string) bool {
	return s != "" && len(s) <= 512 && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

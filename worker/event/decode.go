package event

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"invoicelink/invoice"
)

// DecodeOptions says how much is tolerated.
type DecodeOptions struct {
	// Strict refuses members of the payload that the contract does not know.
	// Without it they have no effect and are listed in Unknown. Extension
	// attributes of the envelope are welcome either way.
	Strict bool
}

// Decode reads a message that came in on one of the four subjects. The payload
// is a *Requested, *Renew, *Paid or *Cancelled, as the subject says.
//
// The message is structured if its content type says so (application/
// cloudevents…) or, without an envelope in headers, if its body has a member
// specversion; binary if it has a header ce-specversion; else bare.
//
// Any error is a *DecodeError; the payload is nil then, and the envelope holds
// what could be read, so that an answer can name the event. A payload that was
// read is well-formed, and a Renew, Paid or Cancelled is complete; whether a
// Requested makes a valid invoice is for invoice.Validate and CheckClaims to
// say. If members of a request have the wrong form, the rest is validated here,
// so that the sender sees all of it at once.
func Decode(m Message, o DecodeOptions) (Envelope, any, error) {
	d := decoder{reader: reader{strict: o.Strict}}
	payload := d.decode(m)
	if len(d.problems) > 0 {
		return d.env, nil, &DecodeError{Subject: m.Subject, Number: d.number, Problems: d.problems}
	}
	return d.env, payload, nil
}

type decoder struct {
	reader
	env    Envelope
	number string
}

func (d *decoder) decode(m Message) any {
	typ, known := incoming[m.Subject]
	if !known {
		d.problems.addf("subject-unknown", "subject", m.Subject, "is %q; publish on %s, %s, %s or %s", clip(m.Subject, maxValueRunes),
			SubjectRequested, SubjectRenew, SubjectPaid, SubjectCancelled)
	}
	if len(m.Data) > MaxPayload {
		d.headersOnly(m.Header)
		d.problems.addf("message-too-large", "$", "", "has %d bytes; at most %d are taken", len(m.Data), MaxPayload)
		return nil
	}
	body, readable := d.envelope(m)
	d.number = numberIn(body)
	d.fitType(typ)
	if !readable || !known {
		return nil
	}
	if body.kind == isNull {
		d.problems.add("wrong-type", "$", "null", "is null; send a JSON object")
		return nil
	}
	body.repeated("$", func(path, name string) {
		d.problems.addf("repeated-member", path, "", "is given more than once; send %q once", clip(name, maxValueRunes))
	})
	switch typ {
	case TypeRequested:
		return d.requested(body)
	case TypeRenew:
		return d.renew(body)
	case TypePaid:
		return d.paid(body)
	}
	return d.cancelled(body)
}

// fitType compares the type with the subject's, and fills it in for a bare
// payload.
func (d *decoder) fitType(want Type) {
	switch {
	case want == "":
	case d.env.Mode == ModeBare:
		d.env.Type = want
	case d.env.Type != "" && d.env.Type != want:
		d.problems.addf("type-mismatch", "ce-type", string(d.env.Type), "is %q, which is not the type of this subject; send %q", clip(string(d.env.Type), maxValueRunes), want)
	}
}

func (d *decoder) requested(body node) any {
	p := new(Requested)
	d.value("$", body, reflect.ValueOf(p).Elem())
	p.Unknown = d.unknown
	for i := range p.Lines {
		// EN 16931, BR-CO-4: each line states its VAT category. A rate that
		// was forgotten must not become a zero one.
		if l := p.Lines[i]; l.VATRate == "" && (l.VATCategory == "" || l.VATCategory == invoice.VATStandard) {
			d.missing(index("$.lines", i)+".vatRate", "is missing; give the VAT rate in percent, 0 where none is due")
		}
	}
	if p.Currency == "" {
		d.missing("$.currency", "is missing; give the currency of the amounts (ISO 4217)")
	}
	if len(d.problems) > 0 {
		d.validateRest(p)
	}
	return p
}

// missing adds a problem about a member unless there is one about it or about
// what it is part of.
func (d *decoder) missing(path, message string) {
	if !d.problems.about(path) {
		d.problems.add("missing", path, "", message)
	}
}

// validateRest adds what invoice.Validate says about the members that were
// read, leaving out what only follows from those that were not.
func (d *decoder) validateRest(p *Requested) {
	before := d.problems[:len(d.problems):len(d.problems)]
	for _, problem := range p.Canonical().Validate() {
		path := "$." + problem.Field
		line, field, inLine := strings.Cut(path, "].")
		switch {
		case d.problems.about(path):
		case path == "$.rounding" && before.about("$.lines"):
		case inLine && (field == "vatCategory" || field == "discount") && before.about(line+"]"):
		default:
			d.problems.append(Problem{Path: path, Value: problem.Value, Code: problem.Code, Message: problem.Message})
		}
	}
}

// numberIn is the invoice number as far as it can be read, for an answer to a
// message that is refused. A number without its quotes counts; two different
// ones do not.
func numberIn(body node) string {
	found := ""
	for _, m := range body.members {
		if m.name != "number" {
			continue
		}
		text := ""
		if m.value.kind == isText || m.value.kind == isNumber {
			text = strings.TrimSpace(m.value.text)
		}
		if found != "" && found != text {
			return ""
		}
		found = text
	}
	if utf8.RuneCountInString(found) > invoice.MaxNumberRunes {
		return ""
	}
	return found
}

package event

import "time"

// Limits of a message. A NATS server takes 1 MB a message by default.
const (
	MaxPayload        = 1 << 20 // bytes of a message's data, and of data_base64 once decoded
	MaxDepth          = 32      // nesting of objects and lists in it
	MaxProblems       = 100     // problems listed one by one; the rest are counted
	MaxIDBytes        = 256     // CloudEvents id
	MaxAttributeBytes = 1024    // any other CloudEvents attribute
	MaxExtensions     = 32      // extension attributes next to our own
)

// SpecVersion is the CloudEvents version that is written and the only one read.
const SpecVersion = "1.0"

// ContentTypeStructured is the content type of an event in structured mode.
const ContentTypeStructured = "application/cloudevents+json"

// UploadToken is the name of an extension attribute that proves that a request
// with the batch of an upload is the upload's own. It is the program's alone.
const UploadToken = "uploadtoken"

const contentTypeJSON = "application/json"

// Mode is the way in which an envelope travels (CloudEvents NATS protocol
// binding, section 3).
type Mode string

const (
	// ModeBinary: attributes in headers "ce-…", the payload alone as data.
	// The empty Mode encodes as this one.
	ModeBinary Mode = "binary"
	// ModeStructured: attributes and payload together in one JSON object.
	ModeStructured Mode = "structured"
	// ModeBare: a payload without attributes; not CloudEvents. What happens is
	// told by the NATS subject, who and when by nobody.
	ModeBare Mode = "bare"
)

// Message is what travels over the wire, apart from the broker's own parts.
// Header is convertible to nats.Header. NATS compares header names by case
// (ADR-4 of nats-architecture-and-design); all names are read in any case here
// and written in lower case.
type Message struct {
	Subject string
	Header  map[string][]string
	Data    []byte
}

// Envelope holds the CloudEvents attributes of an event (CloudEvents 1.0.2,
// "Context Attributes").
type Envelope struct {
	// ID names the event; source and id together name it permanently. Empty for
	// a bare payload.
	ID string
	// Source is a URI reference that tells who publishes. Empty for a bare
	// payload.
	Source string
	// Subject is the CloudEvents subject, not the NATS one. Events going out
	// carry the invoice number in it.
	Subject string
	// Type is filled from the NATS subject for a bare payload.
	Type Type
	// Time is when it happened, in UTC; zero where the sender does not say.
	Time time.Time
	// DataSchema is the URI of the payload's schema, as the sender states it;
	// nothing is looked up there.
	DataSchema string
	// Traceparent and Tracestate are the W3C trace context: of the hop, from
	// the plain headers, or else of the beginning, from the attributes of the
	// CloudEvents distributed tracing extension. Empty where missing or
	// malformed, since a broken trace is no reason to refuse an invoice.
	Traceparent, Tracestate string
	// Batch is our own extension attribute "batch": a correlation id of the
	// sender's choice, such as that of a run, which the answer repeats.
	Batch string
	// Mode is how the event came, and how Encode writes it.
	Mode Mode
	// Extensions holds all other extension attributes by name; names are
	// lower-case letters and digits of ASCII. Nil where there are none.
	Extensions map[string]string
}

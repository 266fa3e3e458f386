package event

import (
	"maps"
	"slices"
	"strings"
)

// Carrier carries trace context in NATS headers. It has the methods of
// OpenTelemetry's propagation.TextMapCarrier. OpenTelemetry's own HeaderCarrier
// writes "Traceparent", which a NATS client asking for "traceparent" never
// finds; this one writes lower case and reads any. A nil Carrier can be read,
// not set.
type Carrier map[string][]string

// Get returns the first value of the header, "" where there is none. The exact
// lower-case name goes before other spellings.
func (c Carrier) Get(key string) string {
	key = strings.ToLower(key)
	if v := c[key]; len(v) > 0 {
		return v[0]
	}
	for _, name := range c.Keys() {
		if v := c[name]; strings.ToLower(name) == key && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// Set writes the header in lower case and removes other spellings of it.
func (c Carrier) Set(key, value string) {
	key = strings.ToLower(key)
	maps.DeleteFunc(c, func(name string, _ []string) bool { return strings.ToLower(name) == key })
	c[key] = []string{value}
}

// Keys returns the names of all headers as they are, sorted.
func (c Carrier) Keys() []string {
	return slices.Sorted(maps.Keys(c))
}

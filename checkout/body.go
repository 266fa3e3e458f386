package checkout

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// BodyKind is what the body of a refusal is written in. The values are stable
// and fit for a configuration file.
type BodyKind string

const (
	BodyJSON   BodyKind = "json"   // a JSON object, or what begins as one
	BodyMarkup BodyKind = "markup" // HTML or XML
	BodyText   BodyKind = "text"   // anything else
	BodyEmpty  BodyKind = "empty"  // nothing
)

// KindOfBody judges by the first bytes, and by the content type if these say
// nothing.
func KindOfBody(contentType string, body []byte) BodyKind {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) > 0 && body[0] == '{' && (json.Valid(body) || len(body) >= maxErrorBody):
		return BodyJSON
	case len(body) > 0 && body[0] == '<', strings.HasPrefix(contentType, "text/html"):
		return BodyMarkup
	case len(body) == 0:
		return BodyEmpty
	}
	return BodyText
}

// ownBody reports whether a refusal with such a body is the API's own.
func (c *Client) ownBody(kind BodyKind) bool {
	if len(c.cfg.ErrorBodies) == 0 {
		return kind == BodyJSON
	}
	return slices.Contains(c.cfg.ErrorBodies, kind)
}

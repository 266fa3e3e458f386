package checkout_test

import (
	"encoding/base64"
	"net/http"
	"strings"
)

func b64url(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// tokenText is the payload of the token that a request carries.
func tokenText(r *http.Request) string {
	parts := strings.Split(r.Header.Get("Authorization"), ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	return string(raw)
}

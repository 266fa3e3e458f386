package checkout

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	// defaultTokenLife is assumed for a token that does not say its life. The
	// documentation speaks of an hour, its own sample of 30 minutes; a too
	// short life costs one call, a too long one costs a 401 and the same call.
	defaultTokenLife = 5 * time.Minute
	// maxTokenLife bounds what a token may claim.
	maxTokenLife = 24 * time.Hour
	// maxToken bounds its length in bytes, so that the header stays sendable.
	maxToken = 16 << 10
)

// checkToken refuses what cannot be sent as RFC 6750's b64token.
func checkToken(text string) error {
	if text == "" {
		return errors.New("read the token: it is missing or empty")
	}
	if len(text) > maxToken {
		return fmt.Errorf("read the token: it is longer than %d bytes", maxToken)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("read the token: it contains white space or characters outside ASCII")
	}
	return nil
}

// jwtClaims returns the claims of a JWT (RFC 7519), nil if it is none. The
// signature is the server's affair: the token is only handed back to it.
func jwtClaims(text string) map[string]any {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	return claims
}

// tokenLife is exp − iat, both by the issuer's clock, so that a difference
// between the two clocks does not matter. Without both, or with nonsense in
// them, it is defaultTokenLife.
func tokenLife(claims map[string]any) time.Duration {
	exp, ok1 := claims["exp"].(float64)
	iat, ok2 := claims["iat"].(float64)
	life := exp - iat
	if !ok1 || !ok2 || math.IsNaN(life) || life <= 0 {
		return defaultTokenLife
	}
	return time.Duration(min(life, maxTokenLife.Seconds()) * float64(time.Second))
}

// renewMargin is how long before its end a token is replaced: a tenth of its
// life, at most a minute.
func renewMargin(life time.Duration) time.Duration { return min(life/10, time.Minute) }

package checkout

import (
	"net/url"
	"strings"
)

// Environment says whether money can move through a link. The zero value is
// [EnvironmentUnknown]. The values are stable and fit to be stored.
type Environment string

const (
	// EnvironmentUnknown: nothing is known yet, or neither the host nor the
	// token says anything that we understand.
	EnvironmentUnknown Environment = ""
	// EnvironmentLive: the token says so, or the host is one of the
	// provider's live gateways and the token does not contradict it.
	EnvironmentLive Environment = "live"
	// EnvironmentTest: the token says so or the host is a known test gateway.
	EnvironmentTest Environment = "test"
	// EnvironmentSandbox: the server announced itself with [sandboxHeader].
	EnvironmentSandbox Environment = "sandbox"
)

// sandboxHeader is the response header by which an imitation of the API
// announces itself. Any value other than empty and "0" counts.
const sandboxHeader = "Invoicelink-Sandbox"

// gatewayDomain is the provider's domain. Its test gateway and the pattern of
// its live gateways, {checkout-api-url}.altapaysecure.com, are the hosts that
// the API's documentation names.
const gatewayDomain = ".altapaysecure.com"

// hostEnvironment is what the host alone says.
func hostEnvironment(base *url.URL) Environment {
	host := strings.ToLower(base.Hostname())
	name, ok := strings.CutSuffix(host, gatewayDomain)
	switch {
	case !ok || name == "":
		return EnvironmentUnknown
	case strings.HasPrefix(name, "test"):
		return EnvironmentTest
	default:
		return EnvironmentLive
	}
}

// claimEnvironment is what a token's claims say. That the environment is
// inside the token is documented, the claim's name is not, so the likely names
// are tried and anything else says nothing.
func claimEnvironment(claims map[string]any) Environment {
	for _, name := range []string{"environment", "env", "mode"} {
		s, _ := claims[name].(string)
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "test", "testing", "stage", "staging", "sandbox":
			return EnvironmentTest
		case "live", "prod", "production":
			return EnvironmentLive
		}
	}
	for _, name := range []string{"test", "isTest", "testMode"} {
		if b, ok := claims[name].(bool); ok && b {
			return EnvironmentTest
		}
	}
	return EnvironmentUnknown
}

// Environment reports what is known so far: the sandbox's announcement before
// the token's claim before the host's name, except that a test host is never
// taken for live. It changes from unknown at the latest with the first answer.
func (c *Client) Environment() Environment {
	if c.sandbox.Load() {
		return EnvironmentSandbox
	}
	host, claim := hostEnvironment(c.base), c.TokenEnvironment()
	if claim == EnvironmentUnknown || host == EnvironmentTest {
		return host
	}
	return claim
}

// TokenEnvironment is what the token alone says, also against the host's name;
// [EnvironmentUnknown] before the first token, and for one that does not say.
func (c *Client) TokenEnvironment() Environment {
	claim, _ := c.claimed.Load().(Environment)
	return claim
}

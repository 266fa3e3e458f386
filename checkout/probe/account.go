package probe

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const apiPath = "/checkout/v1/api"

// account asks about authenticate and its token.
func (p *prober) account(ctx context.Context) {
	p.found("account", "authenticate answers", "%d with members %s", p.recorder.answer().status, strings.Join(p.recorder.answer().members(), ", "))
	p.describeToken()
	for _, c := range []struct{ name, contentType, body string }{
		{"nothing", "", ""}, {"a form", "application/x-www-form-urlencoded", "a=b"},
	} {
		got := p.raw(ctx, http.MethodPost, apiPath+"/authenticate", c.contentType, c.body, p.basic)
		if got.status >= 200 && got.status <= 299 {
			p.found("account", "authenticate with "+c.name, "accepted (%d)", got.status)
		} else {
			p.found("account", "authenticate with "+c.name, "refused: %s", got.refusal())
		}
	}
	if offset, within, known := p.client.ClockOffset(); known {
		p.found("account", "clock of the gateway", "%v ahead of ours, ± %v", offset.Round(100*time.Millisecond), within.Round(100*time.Millisecond))
	} else {
		p.open("account", "clock of the gateway", "its answers carry no Date")
	}
	p.open("account", "wrong password", "not tried: gateways lock accounts for that")
}

// describeToken looks into the token, whose claims are documented only by an
// example. Names of claims are reported, values are not.
func (p *prober) describeToken() {
	w := &p.report.Sandbox
	parts := strings.Split(p.token, ".")
	var claims map[string]any
	if len(parts) == 3 {
		if raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "=")); err == nil {
			_ = json.Unmarshal(raw, &claims) // not a JWT then
		}
	}
	if claims == nil {
		w.TokenForm = "opaque"
		p.found("account", "token", "no JWT, %d characters", len(p.token))
		return
	}
	var names []string
	for name := range claims {
		names = append(names, name)
	}
	slices.Sort(names)
	p.found("account", "token", "a JWT with claims %s", strings.Join(names, ", "))
	exp, hasEnd := claims["exp"].(float64)
	iat, hasStart := claims["iat"].(float64)
	switch {
	case !hasEnd:
		w.TokenForm = "no-exp"
	case !hasStart:
		w.TokenForm = "no-iat"
	}
	if hasEnd && hasStart && exp > iat {
		w.TokenLife = time.Duration(exp-iat) * time.Second
		p.found("account", "life of a token", "%v (exp less iat)", w.TokenLife)
	} else {
		p.open("account", "life of a token", "it does not say (no exp and iat)")
	}
	if claim := p.client.TokenEnvironment(); claim != "" {
		p.found("account", "environment in the token", "%s", claim)
	} else {
		p.open("account", "environment in the token", "no claim that says test or live by a known name")
	}
}

// traffic reports what was seen along the way.
func (p *prober) traffic() {
	p.report.Calls = p.recorder.calls
	if len(p.recorder.limited) > 0 {
		slices.Sort(p.recorder.limited)
		p.found("error", "rate limit", "headers %s", strings.Join(p.recorder.limited, ", "))
	} else {
		p.open("error", "rate limit", "no header spoke of one in %d calls", p.recorder.calls)
	}
}

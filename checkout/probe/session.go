package probe

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"invoicelink/checkout"
)

// sessions asks about sessions and returns the one to make links on.
func (p *prober) sessions(ctx context.Context) (checkout.Session, error) {
	first := p.order(checkout.CaptureAuto)
	session, err := p.client.CreateSession(ctx, first)
	if err != nil {
		return session, fmt.Errorf("probe the gateway: %w; a session is needed for everything else (another --currency may help)", err)
	}
	got := p.recorder.answer()
	p.report.Session = Session{ID: session.ID, CreatedAt: time.Now().UTC().Truncate(time.Second)}
	p.report.Sandbox.SuccessStatus = got.status
	p.report.Sandbox.IDShape = idShape(string(got.member("sessionId")))
	p.found("session", "a session is answered with", "%d, members %s", got.status, strings.Join(got.members(), ", "))
	p.found("session", "shape of a session id", "%s", shapeText(got.member("sessionId")))
	p.echoed(got)
	p.capture(ctx, session)
	p.sameOrder(ctx, first, session)
	p.sessionLife(ctx)
	return session, nil
}

// echoed reports which of the members that the client compares come back.
func (p *prober) echoed(got exchange) {
	var there, missing []string
	for _, path := range [][]string{{"order", "orderId"}, {"order", "amount", "value"}, {"order", "amount", "currency"}, {"configuration", "autoCapture"}} {
		name := strings.Join(path, ".")
		if raw := got.member(path...); raw != nil {
			there = append(there, name+" "+string(raw[:min(len(raw), 60)]))
		} else {
			missing = append(missing, name)
		}
	}
	switch {
	case len(there) == 0:
		p.found("session", "echo of the order", "nothing is repeated, so nothing can be compared")
	case len(missing) == 0:
		p.found("session", "echo of the order", "%s", strings.Join(there, ", "))
	default:
		p.found("session", "echo of the order", "%s; not repeated: %s", strings.Join(there, ", "), strings.Join(missing, ", "))
	}
}

func (p *prober) capture(ctx context.Context, auto checkout.Session) {
	manual, err := p.client.CreateSession(ctx, p.order(checkout.CaptureManual))
	switch {
	case err != nil:
		p.found("session", "capture", "a session with manual capture is refused: %v", err)
	case auto.Capture == "" && manual.Capture == "":
		p.open("session", "capture", "both ways are accepted, and the answer does not repeat which; only a payment shows")
	default:
		p.found("session", "capture", "asked for auto it repeats %q, for manual %q; what a payment does is not seen here", auto.Capture, manual.Capture)
	}
}

// sameOrder makes a second session for one order id.
func (p *prober) sameOrder(ctx context.Context, order checkout.SessionRequest, first checkout.Session) {
	again, err := p.client.CreateSession(ctx, order)
	switch {
	case err != nil:
		p.found("session", "the same order id again", "refused: %v", err)
	case again.ID == first.ID:
		p.found("session", "the same order id again", "the same session again")
	default:
		p.found("session", "the same order id again", "another session")
	}
}

// sessionLife tries the session of an earlier probe, and one that never was.
func (p *prober) sessionLife(ctx context.Context) {
	if prev := p.cfg.Previous; prev == nil || prev.Session.ID == "" {
		p.open("session", "life of a session", "run the probe again later with --previous and this report")
	} else if prev.Gateway != p.report.Gateway {
		p.open("session", "life of a session", "the earlier report is about another gateway, %s", prev.Gateway)
	} else {
		age := time.Since(prev.Session.CreatedAt).Round(time.Minute)
		_, err := p.client.CreateLink(ctx, prev.Session.ID, plainLink)
		if err != nil {
			p.found("session", "life of a session", "after %v a link is refused: %s", age, p.recorder.answer().refusal())
			p.report.Sandbox.SessionLife = age
		} else {
			p.found("session", "life of a session", "at least %v", age)
		}
	}
	got := p.raw(ctx, http.MethodPost, apiPath+"/session/00000000-0000-4000-8000-000000000000/link", "application/json", linkBody, p.bearer)
	known := "which the client takes for a session that is gone"
	if got.status != http.StatusNotFound && got.status != http.StatusGone {
		known = "which the client does not take for a session that is gone"
	}
	p.found("session", "a link on an unknown session", "%s, %s", got.refusal(), known)
}

var uuidForm = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// idShape is the sandbox's word for an id as it stands in JSON.
func idShape(raw string) string {
	switch id := strings.Trim(raw, `"`); {
	case uuidForm.MatchString(id):
		return "uuid"
	case raw == id:
		return "number"
	}
	return "short"
}

// shapeText describes an id without showing it.
func shapeText(raw []byte) string {
	id := strings.Trim(string(raw), `"`)
	switch idShape(string(raw)) {
	case "uuid":
		return "a UUID"
	case "number":
		return fmt.Sprintf("a JSON number of %d digits", len(id))
	}
	return fmt.Sprintf("a text of %d characters", len(id))
}

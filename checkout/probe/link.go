package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"invoicelink/checkout"
)

var plainLink = checkout.LinkRequest{Size: 500, Validity: 14 * 24 * time.Hour, ActivationTTL: time.Hour}

// linkBody is plainLink on the wire.
const linkBody = `{"size":500,"validityTime":20160,"activationTime":60}`

// links asks about links. None is ever opened.
func (p *prober) links(ctx context.Context, session checkout.Session) {
	first, err := p.client.CreateLink(ctx, session.ID, plainLink)
	got := p.recorder.answer()
	if err != nil {
		p.found("link", "a link", "the client refuses it: %v", err)
		return
	}
	w := &p.report.Sandbox
	p.found("link", "a link is answered with", "%d, members %s", got.status, strings.Join(got.members(), ", "))
	if got.status != w.SuccessStatus {
		p.found("link", "success codes", "%d for a session, %d for a link", w.SuccessStatus, got.status)
	}
	p.found("link", "shape of a link id", "%s", shapeText(got.member("id")))
	p.linkShape(first, session)
	p.expiry(got)
	p.code(first, 500)

	second, err := p.client.CreateLink(ctx, session.ID, plainLink)
	switch {
	case err != nil:
		p.found("link", "a second link on the session", "refused: %v", err)
	case second.ID == first.ID || second.URL == first.URL:
		p.found("link", "a second link on the session", "the same again (same id %t, same URL %t): a link would belong to two revisions, and renewals fail", second.ID == first.ID, second.URL == first.URL)
	default:
		p.found("link", "a second link on the session", "another id and URL")
	}
	p.open("link", "does a second link end the first", "only opening the first would show")
	p.open("link", "clock that opening starts", "not observable without opening a link")
	p.pageURL(ctx, session)
	p.limits(ctx, session)
}

func (p *prober) linkShape(l checkout.Link, session checkout.Session) {
	u, err := url.Parse(l.URL)
	if err != nil {
		return // the client has parsed it
	}
	w := &p.report.Sandbox
	switch {
	case u.RawQuery != "":
		w.LinkShape = "query"
	case len(l.URL) > 500:
		w.LinkShape = "long"
	default:
		w.LinkShape = "path"
	}
	base, _ := url.Parse(p.report.Gateway) // was parsed by the client
	host := "the gateway's host"
	if u.Host != base.Host {
		host = "another host, " + u.Host
	}
	holds := "neither id"
	switch hasLink, hasSession := strings.Contains(l.URL, l.ID), strings.Contains(l.URL, session.ID); {
	case hasLink && hasSession:
		holds = "the ids of link and session"
	case hasLink:
		holds = "the link's id"
	case hasSession:
		holds = "the session's id"
	}
	p.found("link", "shape of a link", "%s on %s, %d characters, %s, holds %s", u.Scheme, host, len(l.URL), w.LinkShape, holds)
}

// expiry looks for members that the documentation does not name.
func (p *prober) expiry(got exchange) {
	more := slices.DeleteFunc(got.members(), func(name string) bool { return name == "id" || name == "paymentLink" || name == "qrCode" })
	if len(more) == 0 {
		p.found("link", "end or state in the answer", "none, as documented")
		return
	}
	p.found("link", "end or state in the answer", "undocumented members: %s", strings.Join(more, ", "))
}

// pageURL asks for a link to a page of ours.
func (p *prober) pageURL(ctx context.Context, session checkout.Session) {
	request := plainLink
	request.PageURL = p.cfg.PageURL
	l, err := p.client.CreateLink(ctx, session.ID, request)
	if err != nil {
		p.found("link", "effect of the field url", "refused: %v", err)
		return
	}
	qr := "its code holds the link"
	if _, err := checkout.ReadQR(l.QRCode, l.URL); err != nil {
		qr = err.Error()
	}
	asked, _ := url.Parse(p.cfg.PageURL) // was checked by the client
	u, err := url.Parse(l.URL)
	w := &p.report.Sandbox
	if err != nil || u.Host != asked.Host || !strings.HasPrefix(u.Path, asked.Path) {
		w.LinkTarget = "provider"
		p.found("link", "effect of the field url", "the link leads to %s, not to our page; %s", u.Host, qr)
		return
	}
	w.LinkTarget = "page"
	var added []string
	for name, values := range u.Query() {
		what := "something else"
		switch values[0] {
		case l.ID:
			what = "the link's id"
		case session.ID:
			what = "the session's id"
		case asked.Query().Get(name):
			continue
		}
		added = append(added, fmt.Sprintf("parameter %s with %s", name, what))
	}
	slices.Sort(added)
	if rest := strings.TrimPrefix(u.Path, asked.Path); rest != "" {
		added = append(added, fmt.Sprintf("a path of %d characters", len(rest)))
	}
	if len(added) == 0 {
		added = []string{"nothing"}
	}
	p.found("link", "effect of the field url", "the link leads to our page, added is %s; %s", strings.Join(added, ", "), qr)
}

// limits asks for links at the edges.
func (p *prober) limits(ctx context.Context, session checkout.Session) {
	path := apiPath + "/session/" + url.PathEscape(session.ID) + "/link"
	for _, c := range []struct{ name, body string }{
		{"validity of a minute", `{"size":500,"validityTime":1,"activationTime":1}`},
		{"validity of a year", `{"size":500,"validityTime":527040,"activationTime":60}`},
		{"activation as long as a year", `{"size":500,"validityTime":527040,"activationTime":527040}`},
		{"nothing but defaults", `{}`},
		{"validity of 0", `{"size":500,"validityTime":0,"activationTime":60}`},
		{"size of 50000 pixels", `{"size":50000,"validityTime":60,"activationTime":60}`},
	} {
		got := p.raw(ctx, http.MethodPost, path, "application/json", c.body, p.bearer)
		if got.status >= 200 && got.status <= 299 {
			p.found("link", c.name, "accepted (%d)", got.status)
		} else {
			p.found("link", c.name, "refused: %s", got.refusal())
		}
	}
}

package web

import (
	"context"
	"net/http"
	"strings"

	"invoicelink/invoice/text"
)

// localUser is who acts on a desk that asks for no login.
const localUser = "local"

type userKey struct{}

// who is the person behind a request that got in.
func who(ctx context.Context) string {
	name, _ := ctx.Value(userKey{}).(string)
	return name
}

// identify finds out who sends a request. It reports false where a login is
// needed.
func (d *Desk) identify(r *http.Request) (string, bool) {
	a := &d.config.Access
	if a.open() {
		return localUser, true
	}
	if a.trusted(r) {
		if names := r.Header.Values(a.userHeader()); len(names) == 1 && validUser(names[0]) {
			return names[0], true
		}
	}
	if a.Users == nil {
		return "", false
	}
	name, mark, in := d.sessions.user(a.token(r))
	if !in || mark != a.Users.mark(name) { // removed, or with another password
		return "", false
	}
	return name, true
}

// guarded lets a page's request through to next only for people who are in.
func (d *Desk) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, in := d.identify(r)
		switch {
		case in:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, name)))
		case d.config.Access.Users == nil:
			d.refuse(w, r, http.StatusForbidden, "error.proxy")
		case r.Method == http.MethodGet && !strings.Contains(r.Header.Get("Accept"), "text/event-stream"):
			http.Redirect(w, r, "/login?to="+escapeQuery(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			d.refuse(w, r, http.StatusUnauthorized, "error.login")
		}
	})
}

// Protect guards a handler next to the desk, such as metrics, as the desk's own
// pages are guarded: the same names, the same people. Where there are users, a
// program may give name and password by HTTP Basic (RFC 7617) with each
// request. Nobody is sent to a login form.
func (d *Desk) Protect(next http.Handler) http.Handler {
	return d.hostCheck(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, in := d.identify(r)
		if user, password, given := r.BasicAuth(); !in && given && d.config.Access.Users != nil {
			name, in = user, d.password(r, user, password) == nil
		}
		if !in {
			if d.config.Access.Users != nil {
				w.Header().Set("WWW-Authenticate", `Basic realm="invoicelink", charset="UTF-8"`)
			}
			http.Error(w, "login needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, name)))
	}))
}

// hostCheck refuses requests under a name that is not the desk's.
func (d *Desk) hostCheck(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.config.Access.answersTo(r) {
			d.config.Log.Warn("request refused: unknown host", "host", text.Truncate(r.Host, 80), "from", d.config.Access.clientOf(r))
			http.Error(w, d.texts(r).say("error.otherHost"), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// securityHeaders sets the headers that keep a page to itself. The policy allows the
// desk's own files and nothing inline, so that text that slips through as
// markup stays without effect.
func securityHeaders(secure bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		h.Set("Cache-Control", "no-store")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"invoicelink/invoice/text"
)

// errTooMany says that passwords were tried too often.
type errTooMany struct{ wait time.Duration }

func (e errTooMany) Error() string {
	return fmt.Sprintf("too many wrong passwords; wait %s", e.wait.Round(time.Second))
}

var errWrongPassword = errors.New("wrong name or password")

// maxComparing is how many passwords are compared at once: each takes a core
// for a tenth of a second.
const maxComparing = 2

// password checks a password, slowly for whoever guesses.
func (d *Desk) password(r *http.Request, name, password string) error {
	from := d.config.Access.clientOf(r)
	right, wait, ok := d.attempts.begin(text.Truncate(name, maxUserName), from)
	if !ok {
		d.config.Log.Warn("audit", "who", text.Truncate(name, maxUserName), "what", "login refused: too many tries", "from", from)
		return errTooMany{wait}
	}
	select {
	case d.comparing <- struct{}{}:
		defer func() { <-d.comparing }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	if !d.config.Access.Users.check(name, password) {
		d.config.Log.Warn("audit", "who", text.Truncate(name, maxUserName), "what", "login refused: wrong name or password", "from", from)
		return errWrongPassword
	}
	right()
	return nil
}

type loginPage struct {
	To, Name, Error string
}

func (d *Desk) showLogin(w http.ResponseWriter, r *http.Request) {
	to := localPath(r.FormValue("to"))
	if _, in := d.identify(r); in {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	if d.config.Access.Users == nil {
		d.refuse(w, r, http.StatusForbidden, "error.proxy")
		return
	}
	d.page(w, r, http.StatusOK, "login", loginPage{To: to})
}

func (d *Desk) login(w http.ResponseWriter, r *http.Request) {
	if d.config.Access.Users == nil {
		d.refuse(w, r, http.StatusNotFound, "error.missing")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	name, to := r.PostFormValue("name"), localPath(r.PostFormValue("to"))
	err := d.password(r, name, r.PostFormValue("password"))
	t := d.texts(r)
	if many, ok := errors.AsType[errTooMany](err); ok {
		w.Header().Set("Retry-After", fmt.Sprint(int(many.wait.Seconds())+1))
		d.page(w, r, http.StatusTooManyRequests, "login", loginPage{To: to, Name: text.Truncate(name, maxUserName), Error: t.say("login.slow", int(many.wait.Seconds())+1)})
		return
	}
	if err != nil {
		d.page(w, r, http.StatusUnauthorized, "login", loginPage{To: to, Name: text.Truncate(name, maxUserName), Error: t.say("login.wrong")})
		return
	}
	d.sessions.end(d.config.Access.token(r)) // a login never goes on under an older token
	http.SetCookie(w, d.config.Access.cookie(d.sessions.begin(name, d.config.Access.Users.mark(name)), int(sessionLife.Seconds())))
	d.config.Log.Info("audit", "who", name, "what", "login", "from", d.config.Access.clientOf(r))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (d *Desk) logout(w http.ResponseWriter, r *http.Request) {
	d.sessions.end(d.config.Access.token(r))
	http.SetCookie(w, d.config.Access.cookie("", -1))
	d.audit(r, "logout")
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// localPath is a path on this desk to go on to after the login, never another
// site and never the login itself.
func localPath(to string) string {
	to = pagePath(to)
	if strings.HasPrefix(to, "/login") || strings.HasPrefix(to, "/logout") {
		return "/"
	}
	return to
}

// pagePath is a path on this desk, "/" if to is none.
func pagePath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(to, "\\\r\n\t") || len(to) > 500 {
		return "/"
	}
	return u.RequestURI()
}

func escapeQuery(s string) string { return url.QueryEscape(text.Truncate(s, 500)) }

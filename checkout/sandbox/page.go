package sandbox

import (
	"errors"
	"html/template"
	"net/http"
	"time"
)

// payRoutes serves what a payment link leads to, in all shapes of links.
func (s *Server) payRoutes(mux *http.ServeMux) {
	page := http.HandlerFunc(s.showPage)
	for _, path := range []string{"/pay", "/pay/{secret}", "/pay/{secret}/{rest...}"} {
		mux.Handle("GET "+path, page)
	}
	mux.HandleFunc("POST /pay/{secret}/pay", func(w http.ResponseWriter, r *http.Request) { s.press(w, r, true) })
	mux.HandleFunc("POST /pay/{secret}/decline", func(w http.ResponseWriter, r *http.Request) { s.press(w, r, false) })
}

type pageData struct {
	Link
	Amount, Currency, End, Now string
	Declined                   bool
}

// showPage opens the link. HEAD does not: it shows nothing to anybody.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	if secret == "" {
		secret = r.URL.Query().Get("link")
	}
	s.mu.Lock()
	l := s.state.bySecret(secret)
	if l == nil {
		s.mu.Unlock()
		render(w, http.StatusNotFound, pageData{Link: Link{State: "unknown"}})
		return
	}
	shown := *l
	shown.State = s.payState(l, s.now())
	if r.Method != http.MethodHead {
		var err error
		if shown, err = s.open(l); err != nil {
			s.mu.Unlock()
			http.Error(w, "sandbox cannot keep that the link was opened", http.StatusInternalServerError)
			return
		}
	}
	session, now := s.state.sessions.get(l.SessionID), s.now()
	s.mu.Unlock()
	status := http.StatusOK
	if shown.State == "expired" {
		status = http.StatusGone
	}
	render(w, status, pageData{Link: shown, Amount: session.Amount.String(), Currency: session.Currency,
		End: shown.Until().Format(time.DateTime), Now: now.Format(time.DateTime), Declined: r.URL.Query().Has("declined")})
}

// press is one of the page's two buttons.
func (s *Server) press(w http.ResponseWriter, r *http.Request, succeeds bool) {
	s.mu.Lock()
	l := s.state.bySecret(r.PathValue("secret"))
	s.mu.Unlock()
	if l == nil {
		render(w, http.StatusNotFound, pageData{Link: Link{State: "unknown"}})
		return
	}
	back := "/pay/" + l.Secret
	if !succeeds {
		back += "?declined"
	}
	if _, err := s.pay(l.ID, succeeds, "", ""); err != nil && !errors.Is(err, ErrClosed) {
		http.Error(w, "sandbox cannot keep the payment", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func render(w http.ResponseWriter, status int, data pageData) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_ = payPage.Execute(w, data) // a client that went away hears nothing
}

var payPage = template.Must(template.New("pay").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sandbox payment: {{.State}}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 0 auto; padding: 1rem }
.mark { background: #b00020; color: #fff; padding: .5rem 1rem; border-radius: .5rem; font-weight: bold }
dt { font-weight: bold } dd { margin: 0 0 .5rem; overflow-wrap: anywhere }
button { font: inherit; padding: .6rem 1.4rem; margin-right: .5rem }
form { display: inline }
</style>
</head>
<body>
<p class="mark">SANDBOX: no money moves here</p>
<main>
{{if eq .State "unknown"}}<h1>No such payment link</h1>
<p>This sandbox issued no link like this one.</p>
{{else}}<h1>{{.Amount}} {{.Currency}}</h1>
<dl>
<dt>Order</dt><dd>{{.OrderID}}</dd>
<dt>State</dt><dd id="state">{{.State}}</dd>
<dt>Ends</dt><dd>{{.End}} UTC</dd>
<dt>Sandbox clock</dt><dd>{{.Now}} UTC</dd>
</dl>
{{if eq .State "active"}}{{if .Declined}}<p role="status">The payment was declined. You can try again.</p>
{{end}}<form method="post" action="/pay/{{.Secret}}/pay"><button>Pay</button></form>
<form method="post" action="/pay/{{.Secret}}/decline"><button>Decline</button></form>
{{else if eq .State "paid"}}<p role="status">Paid. Thank you.</p>
{{else if eq .State "expired"}}<p role="status">This link has expired. Ask the sender for a new one.</p>
{{else}}<p role="status">This link waits to be opened.</p>
{{end}}{{end}}</main>
</body>
</html>
`))

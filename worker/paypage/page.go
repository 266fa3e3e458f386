package paypage

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"invoicelink/invoice"
	"invoicelink/worker/ctxtime"
	"invoicelink/worker/ledger"
	"invoicelink/worker/memo"
)

// Page is the payment page of all invoices of a ledger, an http.Handler. Several
// on one ledger behave as one.
type Page struct {
	config  Config
	base    *url.URL
	origin  *http.CrossOriginProtection
	pages   *template.Template
	sellers *memo.Memo[*invoice.Seller]

	asked    *asked        // of the gateway, of late
	making   chan struct{} // slots for making links
	misses   *paces        // addresses that are none, by range
	guesses  *paces        // at what is printed, by token
	crawling chan struct{} // slots for ranges with too many misses

	mu       sync.Mutex
	gateways []string // origins that links led to

	// patience is how long a visitor waits for the link that another one makes.
	patience time.Duration
	// reached, if set, is called with each step before it is made. Tests end a
	// visit there, as a kill would.
	reached func(step string)

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

const (
	// makingAtOnce bounds the links that are being made at a time.
	makingAtOnce = 32
	// missLeast is the least time that the answer to an unknown address takes.
	missLeast = 250 * time.Millisecond
	// maxForm is the most that a form may send, in bytes.
	maxForm = 1 << 10
)

// New returns the page. Close ends what it does in the background.
func New(c Config) (*Page, error) {
	base, err := c.check()
	if err != nil {
		return nil, err
	}
	c = c.withDefaults()
	p := &Page{
		config: c, base: base, origin: crossOrigin(base), asked: newAsked(c.Now),
		making: make(chan struct{}, makingAtOnce), crawling: make(chan struct{}, crawlingAtOnce),
		misses: newPaces(c.Now, 30, 10*time.Second), guesses: newPaces(c.Now, 10, 6*time.Minute),
		gateways: slices.Clone(c.Gateways), patience: waitForOther,
	}
	p.sellers = memo.New(c.Ledger.Seller)
	if p.pages, err = readPages(); err != nil {
		return nil, err
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p, nil
}

// Close ends the questions to the gateway that follow attempts.
func (p *Page) Close() {
	p.stop()
	p.wg.Wait()
}

// visit is one request about a token.
type visit struct {
	token  string
	action string // as in Visit
	start  time.Time
	lang   string // asked for by the visitor
}

// ServeHTTP answers below the path of Base: /I/TOKEN, /I/TOKEN/return,
// /I/TOKEN/pdf and the style sheet. Everything else is an unknown address.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	p.head(w)
	path := r.URL.Path
	if prefix := p.base.Path; len(path) >= len(prefix) && strings.EqualFold(path[:len(prefix)], prefix) {
		path = path[len(prefix):]
	}
	if path == stylePath {
		p.serveStyle(w, r)
		return
	}
	if path == "/favicon.ico" { // browsers ask for one by themselves: no miss
		w.WriteHeader(http.StatusNoContent)
		return
	}
	v, known := route(path)
	v.start, v.lang = start, r.URL.Query().Get("lang")
	switch {
	case !known:
		p.unknown(w, r, v)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		p.show(w, r, v)
	case r.Method == http.MethodPost && v.action != "return":
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := p.origin.Check(r); err != nil {
			p.plain(w, r, v, http.StatusForbidden, "crossOrigin")
			return
		}
		if err := r.ParseForm(); err != nil {
			p.plain(w, r, v, http.StatusRequestEntityTooLarge, "crossOrigin")
			return
		}
		p.post(w, r, v)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		p.plain(w, r, v, http.StatusMethodNotAllowed, "unknown")
	}
}

// route reads a path below the base, whatever its case.
func route(path string) (v visit, known bool) {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(parts) < 3 || len(parts) > 4 || parts[0] != "" || !strings.EqualFold(parts[1], "I") {
		return visit{action: "unknown"}, false
	}
	v.action = "show"
	if len(parts) == 4 {
		v.action = strings.ToLower(parts[3])
		if v.action != "return" && v.action != "pdf" {
			return visit{action: "unknown"}, false
		}
	}
	v.token, known = ledger.ReadToken(parts[2])
	return v, known
}

// show answers GET: it reads and changes nothing.
func (p *Page) show(w http.ResponseWriter, r *http.Request, v visit) {
	e, ok := p.find(w, r, v)
	if !ok {
		return
	}
	if v.action == "return" {
		p.render(w, r, v, e, http.StatusOK, shown{returned: true})
		return
	}
	p.render(w, r, v, e, http.StatusOK, shown{})
}

// find reads the record behind the token. Where there is none to show, it has
// answered.
func (p *Page) find(w http.ResponseWriter, r *http.Request, v visit) (*ledger.Entry, bool) {
	leave, ok := p.enter(r)
	if !ok {
		w.Header().Set("Retry-After", "10")
		p.plain(w, r, v, http.StatusTooManyRequests, "busy")
		return nil, false
	}
	defer leave()
	e, err := p.config.Ledger.ReadByToken(r.Context(), v.token)
	switch {
	case errors.Is(err, ledger.ErrUnknown):
		p.unknown(w, r, v)
	case err != nil:
		p.config.Log.Error("payment page not shown", "page", ledger.TokenMark(v.token), "error", err)
		w.Header().Set("Retry-After", "10")
		p.plain(w, r, v, http.StatusServiceUnavailable, "busy")
	case e.PayPage == nil || e.PayPage.Token != v.token: // it was replaced
		p.plain(w, r, v, http.StatusGone, "rotated")
	default:
		return e, true
	}
	return nil, false
}

// unknown answers every address that names no invoice alike, and after the
// same time.
func (p *Page) unknown(w http.ResponseWriter, r *http.Request, v visit) {
	p.misses.take(rangeOf(p.client(r)))
	_ = ctxtime.Sleep(r.Context(), missLeast-time.Since(v.start)) // a client that left hears nothing
	v.action = "unknown"
	p.plain(w, r, v, http.StatusNotFound, "unknown")
}

// post answers the buttons.
func (p *Page) post(w http.ResponseWriter, r *http.Request, v visit) {
	e, ok := p.find(w, r, v)
	if !ok {
		return
	}
	if v.action == "pdf" {
		p.sendPDF(w, r, v, e)
		return
	}
	v.action = "pay"
	link, state, err := p.pay(r.Context(), e)
	log := p.config.Log.With("invoice", e.Number, "page", ledger.TokenMark(v.token))
	switch {
	case err != nil:
		log.Warn("payment not begun", "state", state, "error", err)
		w.Header().Set("Retry-After", "60")
		p.render(w, r, v, e, http.StatusServiceUnavailable, shown{away: true})
	case link == "":
		p.config.OnVisit(Visit{Action: v.action, State: state, Outcome: "page"})
		http.Redirect(w, r, p.here(v), http.StatusSeeOther)
	default:
		log.Info("payment link handed out", "state", state)
		p.lead(w, r, v, e, link)
	}
}

// lead sends the payer to the link: at once where the page that held the button
// has named its origin, otherwise by a link on a page. A browser that meets
// another origin ends the redirect of a form (CSP, form-action).
func (p *Page) lead(w http.ResponseWriter, r *http.Request, v visit, e *ledger.Entry, link string) {
	origin := OriginOf(link)
	named := p.origins()
	if form, given := r.PostForm["origins"]; given {
		named = strings.Fields(strings.Join(form, " "))
	}
	p.learn(origin)
	if slices.Contains(named, origin) {
		p.config.OnVisit(Visit{Action: v.action, State: ledger.PayBusy, Outcome: "link"})
		http.Redirect(w, r, link, http.StatusSeeOther)
		return
	}
	p.config.Log.Warn("payment links lead to an origin that is not named; name it with --pay-gateway, so that payers need no further step", "origin", origin)
	p.render(w, r, v, e, http.StatusOK, shown{link: link})
}

// origins are those that payment links lead to, as far as known.
func (p *Page) origins() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.gateways)
}

// maxOrigins bounds what is learned: a gateway has one or two.
const maxOrigins = 8

func (p *Page) learn(origin string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if origin != "" && len(p.gateways) < maxOrigins && !slices.Contains(p.gateways, origin) {
		p.gateways = append(p.gateways, origin)
	}
}

// at marks a step for tests.
func (p *Page) at(step string) {
	if p.reached != nil {
		p.reached(step)
	}
}

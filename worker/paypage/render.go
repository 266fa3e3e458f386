package paypage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"invoicelink/checkout"
	"invoicelink/invoice"
	"invoicelink/invoice/pdf/lang"
	"invoicelink/worker"
	"invoicelink/worker/ledger"
)

//go:embed page.html style.css
var files embed.FS

var style = func() []byte {
	data, err := files.ReadFile("style.css")
	if err != nil {
		panic("paypage: " + err.Error()) // compiled in
	}
	return data
}()

// stylePath names the style sheet by its content, so that it may be kept.
var stylePath = func() string {
	sum := sha256.Sum256(style)
	return "/style-" + hex.EncodeToString(sum[:6]) + ".css"
}()

func readPages() (*template.Template, error) {
	t, err := template.New("").ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("open payment page: %w", err)
	}
	return t, nil
}

// head sets the headers that keep an address to itself. The policy allows
// nothing inline and no script. Browsers hold the redirect that follows a form
// against form-action too, so the gateway's origin stands there; tried in
// Chromium.
func (p *Page) head(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "+
		strings.Join(append([]string{"'self'"}, p.origins()...), " "))
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	if p.base.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func (p *Page) serveStyle(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(style) // a client that went away hears nothing
}

// shown says what a page shows beyond the record.
type shown struct {
	returned bool   // the visitor comes back from the gateway
	away     bool   // the gateway does not answer
	link     string // where the payment goes on, for a link to press
	wrong    string // the text about a PDF that was not given
	static   bool   // for a file: no buttons
}

// content is what the template draws.
type content struct {
	T         *texts
	L         *lang.Texts
	Style     string
	Here      string // of the form
	Origins   string // that the policy of this page names
	Mark      string // not for real money
	Seller    string
	Number    string
	Amount    string // due
	Due       string // the due date
	State     ledger.PayState
	Heading   string
	Words     []string
	Alert     bool // the words are about something that went wrong
	Button    string
	Link      string
	Refresh   string // content of the meta element
	Payments  [][3]string
	Bank      []row
	Code      *code
	PDF       []fact
	PDFWrong  string
	PDFAction string
	Receipt   string // what the button for the receipt says; "" for none
	Contact   string
	Languages []translation
}

type row struct {
	Name, Value string
	Plain       string // to copy
}

// translation is the page in another language.
type translation struct{ Tag, Name, Here string }

// render shows what the record says.
func (p *Page) render(w http.ResponseWriter, r *http.Request, v visit, e *ledger.Entry, status int, s shown) {
	doc, err := p.document(r.Context(), &e.Record)
	if err != nil {
		p.config.Log.Error("payment page not shown", "invoice", e.Number, "error", err)
		w.Header().Set("Retry-After", "10")
		p.plain(w, r, v, http.StatusServiceUnavailable, "busy")
		return
	}
	c := p.contentOf(&e.Record, doc, chosen(v.lang, e.Language, r.Header.Get("Accept-Language")), s)
	c.Here, c.Style, c.Origins = p.here(v), p.base.Path+stylePath, strings.Join(p.origins(), " ")
	path, query, asked := strings.Cut(c.Here, "?")
	if c.PDFAction = path + "/pdf"; asked {
		c.PDFAction += "?" + query
	}
	for _, tag := range tags {
		if tag != c.T.Tag {
			l, _ := lang.Find(tag)
			c.Languages = append(c.Languages, translation{tag, l.Name, p.base.Path + "/I/" + v.token + "?lang=" + tag})
		}
	}
	if s.returned && c.State.Payable() {
		c.Refresh = p.refresh(r, v)
	}
	outcome := "page"
	if s.away {
		outcome = "failed"
	}
	p.config.OnVisit(Visit{Action: v.action, State: c.State, Outcome: outcome})
	p.write(w, r, status, "page", c)
}

// here is the page's own address on the host that was asked.
func (p *Page) here(v visit) string {
	to := p.base.Path + "/I/" + v.token
	if slices.Contains(tags, v.lang) {
		to += "?lang=" + v.lang
	}
	return to
}

// refresh loads the page after a return from the gateway again, at most ten
// times.
func (p *Page) refresh(r *http.Request, v visit) string {
	n := len(r.URL.Query().Get("n"))
	if n >= 10 {
		return ""
	}
	to := p.base.Path + "/I/" + v.token + "/return?n=" + strings.Repeat("1", n+1)
	if slices.Contains(tags, v.lang) {
		to += "&lang=" + v.lang
	}
	return "30; url=" + to
}

// plain shows a page about no invoice.
func (p *Page) plain(w http.ResponseWriter, r *http.Request, v visit, status int, what string) {
	t := chosen(v.lang, "", r.Header.Get("Accept-Language"))
	l, _ := lang.Find(t.Tag)
	c := content{T: t, L: l, Style: p.base.Path + stylePath, Heading: t.Sorry, Words: []string{t.plain(what)}, Alert: true}
	outcome := "page"
	if status == http.StatusTooManyRequests || status == http.StatusForbidden {
		outcome = "refused"
	}
	p.config.OnVisit(Visit{Action: v.action, Outcome: outcome})
	p.write(w, r, status, "page", &c)
}

// write draws a page whole before a byte of it is sent.
func (p *Page) write(w http.ResponseWriter, r *http.Request, status int, name string, c *content) {
	var out bytes.Buffer
	if err := p.pages.ExecuteTemplate(&out, name, c); err != nil {
		p.config.Log.Error("payment page not drawn", "error", err)
		http.Error(w, "try again later", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", c.T.Tag)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.Bytes()) // a client that went away hears nothing
	}
}

// contentOf says of a record what everybody sees. It depends on the clock, and
// on nothing else that could change.
func (p *Page) contentOf(r *ledger.Record, doc *invoice.Document, t *texts, s shown) *content {
	l, _ := lang.Find(t.Tag)
	now := p.config.Now()
	c := &content{
		T: t, L: l, Seller: doc.Seller.Name, Number: r.Number, State: r.PayState(now), Alert: s.away || s.wrong != "",
		Contact: contactOf(doc.Seller), PDFWrong: s.wrong, Link: s.link,
	}
	switch checkout.Environment(r.Environment) {
	case checkout.EnvironmentSandbox:
		c.Mark = l.Sandbox
	case checkout.EnvironmentTest:
		c.Mark = l.Test
	case checkout.EnvironmentLive, checkout.EnvironmentUnknown:
	}
	if due := r.AmountDue(); !due.IsZero() {
		c.Amount = money(l, due)
	}
	if r.DueDate != "" {
		c.Due = l.Day(r.DueDate.Start(doc.Seller.Location()))
	}
	p.words(c, r, doc, s)
	if !s.static && s.link == "" && !s.returned {
		switch c.State {
		case ledger.PayOpen, ledger.PayPartly:
			c.Button = lang.Fill(t.Pay, "amount", c.Amount)
		case ledger.PayBusy:
			c.Button = lang.Fill(t.Continue, "amount", c.Amount)
		case ledger.PayHeld, ledger.PayWaiting, ledger.PayDone, ledger.PayLate, ledger.PayTooMuch, ledger.PayTooOften,
			ledger.PayWithdrawn, ledger.PayReplaced, ledger.PayNothing, ledger.PayNotYet:
		}
	}
	if c.State.Payable() || c.State == ledger.PayHeld || c.State == ledger.PayTooOften {
		c.Bank, c.Code = bankOf(doc, l, r.AmountDue())
	} else if c.State != ledger.PayReplaced {
		c.Amount, c.Due = "", ""
	}
	if p.config.Archive != nil && r.PDF != "" && !s.static && s.link == "" && !s.returned {
		c.PDF = factsOf(doc, t, l)
		if worker.CanReceipt(r) == nil {
			c.Receipt = lang.Fill(l.Receipt, "number", r.Number)
		}
	}
	return c
}

// money writes an amount as the invoice does.
func money(l *lang.Texts, m invoice.Money) string {
	return l.Number(m.Fixed(), 0) + "\u00A0" + m.Currency
}

func contactOf(s *invoice.Seller) string {
	var all []string
	for _, text := range []string{s.Email, s.Phone} {
		if text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, " · ")
}

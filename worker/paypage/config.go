package paypage

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"invoicelink/checkout"
	"invoicelink/worker"
	"invoicelink/worker/archive"
	"invoicelink/worker/ledger"
	"invoicelink/worker/settlement"
)

// Config is all that a Page needs. Base, Ledger, Recorder and Checkout are
// mandatory; for the rest zero is the default.
type Config struct {
	// Base is the URL that new addresses begin with, without a slash at the end.
	// Pages are served below its path, under any host: a printed host may be an
	// older one.
	Base   string
	Ledger *ledger.Ledger
	// Recorder asks the gateway what was paid, and records it.
	Recorder *settlement.Recorder
	// Checkout makes sessions and links. Its rate should be a share of its own,
	// so that strangers cannot hold up the invoices that are being issued.
	Checkout *checkout.Client
	// Links says how; Size, Callbacks and Capture count.
	Links worker.LinkPolicy
	// LinkLife is how long a link lives, by both clocks; 0 means an hour.
	LinkLife time.Duration
	// Gateways are the origins that payment links lead to, such as
	// https://gateway.example. A browser follows the button there without a
	// further step; other origins get a page with a link, and are remembered.
	Gateways []string
	// Archive keeps the PDFs; nil offers none.
	Archive archive.Archive
	// Proxies are trusted to name the visitor's address in X-Forwarded-For.
	Proxies []netip.Prefix
	// OnVisit, if set, is called for each request that was answered.
	OnVisit func(Visit)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger // nil logs nothing
}

// Visit is one request, for metrics. It names nobody and no invoice.
type Visit struct {
	// Action is show, pay, return, pdf, or unknown for an address that is none.
	Action string
	// State is what the page showed; "" for unknown addresses.
	State ledger.PayState
	// Outcome is link if a payment link was handed out, page for a page, pdf for
	// the document, refused for a request over a limit, and failed where the
	// gateway or the ledger did not answer.
	Outcome string
}

func (c Config) check() (*url.URL, error) {
	var all []error
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || strings.HasSuffix(c.Base, "/") {
		all = append(all, fmt.Errorf("base %q is not a URL without a slash at its end", c.Base))
	}
	for what, missing := range map[string]bool{"Ledger": c.Ledger == nil, "Recorder": c.Recorder == nil || c.Recorder.Ask == nil, "Checkout": c.Checkout == nil} {
		if missing {
			all = append(all, errors.New(what+" is missing"))
		}
	}
	if c.LinkLife != 0 && c.LinkLife < 5*time.Minute {
		all = append(all, fmt.Errorf("a link that lives %v ends while somebody pays; give it at least 5 minutes", c.LinkLife))
	}
	for _, g := range c.Gateways {
		if OriginOf(g) != g {
			all = append(all, fmt.Errorf("gateway %q is not an origin such as https://gateway.example", g))
		}
	}
	for _, p := range c.Proxies {
		if !p.IsValid() || p.Bits() == 0 {
			all = append(all, fmt.Errorf("proxy network %s would let everybody choose an address; give the proxy's own", p))
		}
	}
	if err := errors.Join(all...); err != nil {
		return nil, fmt.Errorf("open payment page: %w", err)
	}
	return base, nil
}

func (c Config) withDefaults() Config {
	if c.LinkLife == 0 {
		c.LinkLife = time.Hour
	}
	c.LinkLife = c.LinkLife.Truncate(time.Minute) // what the API counts in
	if c.Links.Size == 0 {
		c.Links.Size = 500
	}
	if c.OnVisit == nil {
		c.OnVisit = func(Visit) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// OriginOf returns scheme, host and port of a URL as browsers compare them; ""
// if it has none.
func OriginOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// crossOrigin refuses forms that another site has sent. The page's own origin
// is trusted also behind a proxy that changes the Host header.
func crossOrigin(base *url.URL) *http.CrossOriginProtection {
	c := http.NewCrossOriginProtection()
	_ = c.AddTrustedOrigin(OriginOf(base.String())) // was read before
	return c
}

package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"invoicelink/worker/app"
	"invoicelink/worker/paypage"
	"invoicelink/worker/web"
)

// payFlags say how the payment page is served.
type payFlags struct {
	PayListen   string   `help:"Address of the public payment page, a listener of its own. Default: it is not served here." placeholder:"ADDR"`
	PayCert     string   `type:"path" help:"Certificate (PEM) of that listener." placeholder:"FILE"`
	PayKey      string   `type:"path" help:"Its key." placeholder:"FILE"`
	PayProxy    []string `help:"Networks of proxies before that listener; their X-Forwarded-For is believed. Repeatable." placeholder:"CIDR"`
	PayGateway  []string `help:"Origins that payment links lead to, besides the checkout API's own, such as https://pay.gateway.example. Repeatable." placeholder:"URL"`
	PayLinkLife duration `help:"How long a link lives that is made when somebody wants to pay." default:"60m" placeholder:"DURATION"`
}

// server is the public listener, without its socket, or everything that is
// wrong with the flags.
func (f *payFlags) server(payURL string) (s app.PayServer, err error) {
	var all problems
	if f.PayListen == "" {
		for flag, given := range map[string]bool{"--pay-cert": f.PayCert != "", "--pay-key": f.PayKey != "", "--pay-proxy": len(f.PayProxy) > 0, "--pay-gateway": len(f.PayGateway) > 0} {
			if given {
				all.flag(flag, "means nothing without --pay-listen")
			}
		}
		return s, all.err()
	}
	if payURL == "" {
		all.flag("--pay-url", "is missing; the page that --pay-listen serves has to be reached by a printed address")
	}
	all.keyPair("--pay-cert", f.PayCert, "--pay-key", f.PayKey)
	s.Proxies = all.networks("--pay-proxy", f.PayProxy)
	for i, p := range s.Proxies {
		if p.Bits() == 0 {
			all.flag("--pay-proxy", "%s would let everybody choose an address; give the proxy's own", f.PayProxy[i])
		}
	}
	host, _, err := net.SplitHostPort(f.PayListen)
	if ip := net.ParseIP(host); err != nil {
		all.flag("--pay-listen", "%q is not an address such as 127.0.0.1:8090", f.PayListen)
	} else if here := host == "localhost" || ip != nil && ip.IsLoopback(); !here && f.PayCert == "" && len(f.PayProxy) == 0 {
		all.flag("--pay-listen", "%s is reachable from other machines, and what people pay must not travel in the clear; give --pay-cert and --pay-key, or --pay-proxy CIDR", f.PayListen)
	}
	for _, g := range f.PayGateway {
		if paypage.OriginOf(g) != strings.TrimRight(g, "/") {
			all.flag("--pay-gateway", "%q is not an origin such as https://pay.gateway.example", g)
		}
		s.Gateways = append(s.Gateways, strings.TrimRight(g, "/"))
	}
	if s.LinkLife = f.PayLinkLife.value(); s.LinkLife < 5*time.Minute || s.LinkLife > 24*time.Hour {
		all.flag("--pay-link-life", "%v is not between 5 minutes and a day", s.LinkLife)
	}
	return s, all.err()
}

// shorteners are services that would stand between the payer and the page: the
// payer could not see whose page it is, and the printed code would end with the
// service.
var shorteners = []string{"bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "ow.ly", "rebrand.ly", "cutt.ly", "buff.ly", "t.ly", "rb.gy", "qrco.de", "l.ead.me", "me-qr.com"}

// maxPayURL keeps the printed code small: 32 characters of token follow.
const maxPayURL = 200

// checkPayURL refuses what must not be printed for years: plain HTTP but for
// this machine, addresses instead of names, shorteners.
func checkPayURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("it cannot be read as a URL")
	}
	host := strings.ToLower(u.Hostname())
	addr, isAddress := netip.ParseAddr(host)
	here := host == "localhost" || isAddress == nil && addr.IsLoopback()
	switch {
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#"):
		return fmt.Errorf("%q holds more than host and path", u.Redacted())
	case host == "" || u.Scheme != "https" && (u.Scheme != "http" || !here):
		return fmt.Errorf("%q is not an https URL; payers are taught to trust nothing else", text)
	case isAddress == nil && !here:
		return fmt.Errorf("%q names an address; use a name of your own that can move to another machine", text)
	case slices.ContainsFunc(shorteners, func(s string) bool { return host == s || strings.HasSuffix(host, "."+s) }):
		return fmt.Errorf("%q is a shortener's; use a name of your own, which payers recognise and nobody can end", text)
	case len(text) > maxPayURL:
		return fmt.Errorf("it has %d characters; at most %d leave a code that can be scanned", len(text), maxPayURL)
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}%", r) }):
		return fmt.Errorf("%q holds characters that a printed address should not have; write a name such as xn--… in its ASCII form", text)
	case strings.TrimRight(u.Path, "/") != "" && path.Clean(u.Path) != strings.TrimRight(u.Path, "/"):
		return fmt.Errorf("%q has a path with empty parts or dots", text)
	}
	return nil
}

// openPay opens certificate and socket of the listener, if there is to be one.
func (f *payFlags) openPay(s app.PayServer, log *slog.Logger) (_ app.PayServer, err error) {
	if f.PayListen == "" {
		return s, nil
	}
	if f.PayCert != "" {
		if s.Certificate, err = web.OpenCertificate(f.PayCert, f.PayKey, log); err != nil {
			return s, flagError("--pay-cert", "%w", err)
		}
	}
	if s.Listener, err = net.Listen("tcp", f.PayListen); err != nil {
		return s, flagError("--pay-listen", "%w", err)
	}
	return s, nil
}

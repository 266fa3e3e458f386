package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
)

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

package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Access says who may use the desk. The zero value is a desk on loopback that
// is open to whoever sits at the machine.
type Access struct {
	// Users may log in with a password; nil asks for none.
	Users *Users
	// TLS says that the listener speaks TLS itself.
	TLS bool
	// Proxies are the addresses of proxies that log people in. UserHeader is
	// believed from there and from nowhere else.
	Proxies []netip.Prefix
	// UserHeader is the request header in which a proxy names the person; ""
	// means X-Forwarded-User.
	UserHeader string
	// PublicURL is where people reach the desk, such as
	// https://invoices.example.com; "" is where it listens. Its host is added
	// to the names under which the desk answers.
	PublicURL string
}

// Check refuses to serve on an address beyond loopback unless people have to
// log in: with users over TLS, or at a proxy that is trusted. The address is
// as net.Listen takes it; an empty host is every interface.
func Check(listen string, a Access) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen on %q: %w", listen, err)
	}
	var all []error
	if !loopbackHost(host) && len(a.Proxies) == 0 {
		switch {
		case a.Users == nil:
			all = append(all, fmt.Errorf("listen on %s: it is not a loopback address, so people have to log in; give --users FILE with --tls-cert and --tls-key, or --behind-proxy CIDR, or listen on 127.0.0.1", listen))
		case !a.TLS:
			all = append(all, fmt.Errorf("listen on %s: it is not a loopback address, and passwords must not travel in the clear; give --tls-cert and --tls-key, or --behind-proxy CIDR", listen))
		}
	}
	return errors.Join(append(all, a.problems()...)...)
}

func (a *Access) problems() (all []error) {
	if a.PublicURL != "" {
		u, err := url.Parse(a.PublicURL)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil {
			all = append(all, fmt.Errorf("public URL %q is not an http or https URL", a.PublicURL))
		}
	}
	if a.Users != nil && len(a.Users.current().hashes) == 0 {
		all = append(all, errors.New("users file names no user"))
	}
	for _, p := range a.Proxies {
		if !p.IsValid() || p.Bits() == 0 {
			all = append(all, fmt.Errorf("proxy network %s would let everybody name himself; give the proxy's own address", p))
		}
	}
	return all
}

// open reports whether no login is asked for at all.
func (a *Access) open() bool { return a.Users == nil && len(a.Proxies) == 0 }

// userHeader is where a trusted proxy names the person.
func (a *Access) userHeader() string {
	if a.UserHeader != "" {
		return a.UserHeader
	}
	return "X-Forwarded-User"
}

// trusted reports whether the peer of the connection is a trusted proxy.
func (a *Access) trusted(r *http.Request) bool {
	peer, ok := peerOf(r)
	return ok && slices.ContainsFunc(a.Proxies, func(p netip.Prefix) bool { return p.Contains(peer) })
}

// answersTo reports whether the desk answers under the name in the Host
// header. A page elsewhere whose name is made to resolve to this machine (DNS
// rebinding) shows by that name. Where a login is needed whose cookie or
// password belongs to one name, any name does; without one, and on this
// machine, where a page could pose as the proxy, only known names do.
func (a *Access) answersTo(r *http.Request) bool {
	host := strings.ToLower(strings.TrimSuffix(hostOnly(r.Host), "."))
	if a.public() != nil && host == strings.ToLower(a.public().Hostname()) {
		return true
	}
	if loopbackHost(host) && host != "" {
		return true
	}
	if a.open() {
		return false
	}
	peer, ok := peerOf(r)
	if len(a.Proxies) > 0 && (!ok || peer.IsLoopback() || a.PublicURL != "") {
		return false
	}
	return true
}

func (a *Access) public() *url.URL {
	if a.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(a.PublicURL)
	if err != nil {
		return nil // refused at the start
	}
	return u
}

// secure reports whether browsers reach the desk over TLS.
func (a *Access) secure() bool {
	u := a.public()
	return a.TLS || (u != nil && u.Scheme == "https")
}

// peerOf is the address at the other end of the connection.
func peerOf(r *http.Request) (netip.Addr, bool) {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	return p.Addr().Unmap(), err == nil
}

// clientOf is the address of the person, for limits and the log: what a
// trusted proxy saw, otherwise the peer's.
func (a *Access) clientOf(r *http.Request) string {
	if a.trusted(r) {
		seen := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if addr, err := netip.ParseAddr(strings.TrimSpace(seen[len(seen)-1])); err == nil {
			return addr.Unmap().String()
		}
	}
	peer, _ := peerOf(r)
	return peer.String()
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// loopbackHost reports whether a host name or address is this machine's own.
// Names under localhost never leave it (RFC 6761, section 6.3).
func loopbackHost(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

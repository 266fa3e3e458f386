package checkout

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// defaultTimeout is how long one HTTP attempt may take, from the first try to
// connect to the last byte of the answer, if [Config.Timeout] is zero.
const defaultTimeout = 30 * time.Second

// Config configures a [Client]. BaseURL, Username and Password are needed, for
// the rest zero means the default.
type Config struct {
	// BaseURL is where the API lives, with any path prefix, for example
	// https://testgateway.altapaysecure.com. HTTPS is required except on a
	// loopback address or with AllowHTTP. User, query and fragment are
	// refused: a secret in a URL ends in logs.
	BaseURL string
	// Username and Password are those of the merchant's API user.
	Username, Password string
	// AllowHTTP accepts plain HTTP to any host, for a gateway inside one's
	// own network. The password then travels in the clear.
	AllowHTTP bool
	// Timeout is for one whole HTTP attempt; 0 means [defaultTimeout].
	Timeout time.Duration
	// RateLimit, if set, is called before every HTTP attempt and returns when the
	// attempt may be made, or with an error if it may not. The rate limit,
	// one's own or a fleet's, lives here.
	RateLimit func(context.Context) error
	// Transport carries the requests; nil means a transport of the client's
	// own that keeps connections and speaks TLS 1.2 or newer. It must not
	// repeat requests by itself.
	Transport http.RoundTripper
	// WrapTransport, if set, is given the transport and returns the one to use, such
	// as one that traces.
	WrapTransport func(http.RoundTripper) http.RoundTripper
	// Now is the clock by which tokens age and links are dated; nil means
	// time.Now. Waiting inside a call uses real timers.
	Now func() time.Time
	// UserAgent is sent with each request; empty means "invoicelink".
	UserAgent string
	// ErrorBodies are what the API writes its own refusals in; empty means
	// [BodyJSON]. The API documents none, so this can be found out by probing
	// it. A 4xx with another body is somebody else's, see [ClassSystemic].
	ErrorBodies []BodyKind
	// OnCall, if set, gets one report for each finished HTTP attempt. It is
	// called on the goroutine of the attempt and should return at once.
	OnCall func(Call)
}

// Call is one finished HTTP attempt. It holds nothing secret.
type Call struct {
	// Op is as in [Error.Op].
	Op string
	// Status of the answer, 0 if there is none.
	Status int
	// Duration from the moment before connecting to the answer's last byte.
	Duration time.Duration
	// Kind of the error, empty for success. A 401 to a token that the client
	// then replaces is reported as well.
	Kind Kind
	// Class of the error, empty for success.
	Class Class
	// RetryAfter is what the server asked for, 0 if it asked for nothing.
	RetryAfter time.Duration
}

// check returns the parsed base URL, or everything that is wrong at once.
func (cfg *Config) check() (*url.URL, error) {
	var problems []error
	add := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(format, args...))
	}
	base, err := parseBase(cfg.BaseURL, cfg.AllowHTTP)
	if err != nil {
		problems = append(problems, err)
	}
	switch {
	case cfg.Username == "":
		add("user name is missing")
	case strings.Contains(cfg.Username, ":"):
		// RFC 7617, section 2: the first colon ends the user name.
		add("user name contains a colon, which Basic authentication cannot carry")
	case hasControl(cfg.Username) || len(cfg.Username) > maxSecret:
		add("user name contains control characters or is longer than %d bytes", maxSecret)
	}
	switch {
	case cfg.Password == "":
		add("password is missing")
	case hasControl(cfg.Password) || len(cfg.Password) > maxSecret:
		add("password contains control characters (a line end from a file?) or is longer than %d bytes", maxSecret)
	}
	if cfg.Timeout < 0 {
		add("timeout %v is negative", cfg.Timeout)
	}
	if hasControl(cfg.UserAgent) {
		add("user agent %q contains control characters", cfg.UserAgent)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("configure the checkout client: %w", errors.Join(problems...))
	}
	return base, nil
}

const (
	maxSecret = 1024 // bytes; keeps the header within any server's limit
	maxURL    = 2048 // bytes; what browsers and QR scanners handle alike
)

// parseBase never repeats the URL in full: it may hold a password.
func parseBase(text string, allowHTTP bool) (*url.URL, error) {
	if text == "" {
		return nil, errors.New("base URL is missing")
	}
	if len(text) > maxURL {
		return nil, fmt.Errorf("base URL is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("base URL cannot be parsed; write it like https://gateway.example/path")
	}
	where := u.Scheme + "://" + u.Host
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("base URL has the scheme %q; it must be https", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("base URL names no host")
	case u.User != nil:
		return nil, fmt.Errorf("base URL %s contains a user or password; give them apart", where)
	case u.RawQuery != "" || u.ForceQuery:
		return nil, fmt.Errorf("base URL %s contains a query; leave it out", where)
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, fmt.Errorf("base URL %s contains a fragment; leave it out", where)
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return nil, fmt.Errorf("base URL %s is not HTTPS; use https, or allow plain HTTP explicitly", where)
	}
	return u, nil
}

// loopback reports whether the host surely is this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true // RFC 6761, section 6.3
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// hasControl reports whether s contains an ASCII control character.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// newTransport keeps a connection for each of a worker's goroutines: the
// default of two idle ones a host means a handshake for nearly every call.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           128,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        60 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

package checkout

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Client speaks to one checkout account. It is safe for concurrent use and
// holds no resource that would have to be closed.
type Client struct {
	cfg     Config
	base    *url.URL
	http    *http.Client
	now     func() time.Time
	tokens  tokens
	sandbox atomic.Bool
	claimed atomic.Value // Environment
	clock   clockOffset
}

// New checks the configuration and returns a client; it calls nothing. The
// error lists everything that is wrong with cfg and contains no secret.
func New(cfg Config) (*Client, error) {
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "invoicelink"
	}
	if cfg.Transport == nil {
		cfg.Transport = newTransport()
	}
	if cfg.WrapTransport != nil {
		cfg.Transport = cfg.WrapTransport(cfg.Transport)
	}
	c := &Client{cfg: cfg, base: base, now: cfg.Now}
	if c.now == nil {
		c.now = time.Now
	}
	c.http = &http.Client{
		Transport: cfg.Transport,
		// No redirect is followed, not even to the same host: the API
		// documents none, and a followed POST may become a GET, or a second
		// link.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// String names the account without its password, so that a client that ends
// in a log line shows no secret.
func (c *Client) String() string { return "checkout client of " + c.base.Redacted() }

// GoString is String, for the same reason.
func (c *Client) GoString() string { return c.String() }

// endpoint joins the base URL with escaped path elements.
func (c *Client) endpoint(elements ...string) *url.URL {
	u := *c.base
	var escaped strings.Builder
	escaped.WriteString(strings.TrimRight(c.base.EscapedPath(), "/"))
	for _, e := range elements {
		escaped.WriteByte('/')
		escaped.WriteString(url.PathEscape(e))
	}
	u.RawPath = escaped.String()
	// The unescaped form must agree with RawPath, or net/url ignores RawPath.
	u.Path, _ = url.PathUnescape(u.RawPath)
	return &u
}

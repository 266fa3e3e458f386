package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The limits of a [LinkRequest]. The API documents none; these keep a typing
// mistake from becoming a link for a century or an image of gigabytes.
const (
	minQRSize   = 50                        // pixels
	maxQRSize   = 2000                      // pixels
	maxValidity = 10 * 366 * 24 * time.Hour // both clocks
)

// LinkRequest says how a payment link shall be. Size, Validity and
// ActivationTTL are always sent: the API's own defaults (500 pixels, 14 days, and ten minutes
// after the first opening) would otherwise apply to a printed invoice.
type LinkRequest struct {
	// PageURL is the merchant's own payment page; empty means the provider's,
	// and then the field is not sent.
	PageURL string
	// Size of the QR image in pixels, 50 to 2000.
	Size int
	// Validity is how long the link can be reached, ActivationTTL how long it
	// stays active once somebody opened it. The API counts whole minutes: a
	// part of a minute is cut off, so that the link never lives longer than
	// asked for; less than a minute or more than ten years is refused.
	Validity, ActivationTTL time.Duration
}

// Link is a created payment link. The API does not say when it ends: the two
// deadlines follow from our clock and what was asked for.
type Link struct {
	// ID is the link's id at the API, SessionID the session it belongs to.
	ID, SessionID string
	// URL is the address at which can be paid: https, or http on loopback,
	// from an API on loopback, or with [Config.AllowHTTP].
	URL string
	// QRCode is the image as it was returned, for [ReadQR]; it may be empty.
	QRCode string
	// RequestedAt is the moment just before the request that succeeded was
	// sent, AnsweredAt when its answer had been read, both by [Config.Now].
	RequestedAt, AnsweredAt time.Time
	// Validity and ActivationTTL are as asked for, in whole minutes.
	Validity, ActivationTTL time.Duration
	// Environment in which it was created.
	Environment Environment
}

// ValidUntil is the moment until which the link can surely be reached,
// unless it was opened before: the moment to print.
func (l Link) ValidUntil() time.Time { return l.RequestedAt.Add(l.Validity) }

// ExpiredBy is the moment at which the link has surely expired, so that it can
// be renewed.
func (l Link) ExpiredBy() time.Time { return l.AnsweredAt.Add(l.Validity) }

type wireLink struct {
	URL        string `json:"url,omitempty"`
	Size       int    `json:"size"`
	Validity   int64  `json:"validityTime"`
	Activation int64  `json:"activationTime"`
}

func (r LinkRequest) wire() (wireLink, error) {
	var p problems
	if r.PageURL != "" && !webURL(r.PageURL) {
		p.add("payment page %q is not an absolute http or https URL of at most %d bytes", excerpt(r.PageURL, 80), maxURL)
	}
	if r.Size < minQRSize || r.Size > maxQRSize {
		p.add("QR size of %d pixels is not between %d and %d", r.Size, minQRSize, maxQRSize)
	}
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"validity", r.Validity}, {"activation", r.ActivationTTL}} {
		if f.d < time.Minute || f.d > maxValidity {
			p.add("%s of %v is not between one minute and ten years", f.name, f.d)
		}
	}
	return wireLink{r.PageURL, r.Size, int64(r.Validity / time.Minute), int64(r.ActivationTTL / time.Minute)}, errors.Join(p...)
}

// CreateLink creates a payment link on a session. It is not idempotent: each
// success is one more link, and none can be listed or cancelled. After an
// error with Sent set a link may exist that nobody knows; it is harmless as
// long as it was never published. See [Error.Gone] for a session that is lost.
func (c *Client) CreateLink(ctx context.Context, sessionID string, r LinkRequest) (Link, error) {
	if err := checkID("session id", sessionID); err != nil {
		return Link{}, refuse(opLink, err)
	}
	wire, err := r.wire()
	if err != nil {
		return Link{}, refuse(opLink, err)
	}
	body, err := json.Marshal(wire)
	if err != nil {
		return Link{}, refuse(opLink, fmt.Errorf("write the link request as JSON: %w", err))
	}
	a, err := c.call(ctx, request{op: opLink, method: http.MethodPost,
		url: c.endpoint("checkout", "v1", "api", "session", sessionID, "link"), body: body, limit: maxLinkAnswer})
	if err != nil {
		return Link{}, err
	}
	var got struct {
		ID   text   `json:"id"`
		Link string `json:"paymentLink"`
		QR   any    `json:"qrCode"`
	}
	if err := decodeJSON(a.body, &got); err != nil {
		return Link{}, a.unreadable(err)
	}
	if err := checkID("link id", string(got.ID)); err != nil {
		return Link{}, a.unreadable(err)
	}
	if err := c.checkLink(got.Link); err != nil {
		refused := a.unreadable(err)
		if errors.Is(err, errNotPrinted) {
			refused.Kind = KindRefused
		}
		return Link{}, refused
	}
	// A QR code that is no text is as good as none: one can be drawn.
	qr, _ := got.QR.(string)
	return Link{
		ID: string(got.ID), SessionID: sessionID, URL: got.Link, QRCode: qr,
		RequestedAt: a.sent, AnsweredAt: a.answered,
		Validity:      time.Duration(wire.Validity) * time.Minute,
		ActivationTTL: time.Duration(wire.Activation) * time.Minute,
		Environment:   c.Environment(),
	}, nil
}

// maxLink is the longest payment link in bytes: beyond it a QR code is too
// dense to be scanned from paper.
const maxLink = 2000

// errNotPrinted marks a link that came whole and must not end on an invoice.
// Asking again would get another one like it.
var errNotPrinted = errors.New("fit for printing on an invoice")

// checkLink refuses what must not be printed on an invoice.
func (c *Client) checkLink(link string) error {
	if link == "" {
		return errors.New("payment link is missing or empty")
	}
	if len(link) > maxLink {
		return fmt.Errorf("payment link has %d bytes, more than the %d %w", len(link), maxLink, errNotPrinted)
	}
	u, err := url.Parse(link)
	if err != nil || hasControl(link) || strings.ContainsAny(link, " \"<>\\^`{|}") || strings.ContainsFunc(link, notASCII) {
		return fmt.Errorf("payment link %q is not a URL", excerpt(link, 120))
	}
	if u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("payment link %q names no host, or a user, and is not %w", excerpt(link, 120), errNotPrinted)
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && (c.cfg.AllowHTTP || loopback(u.Hostname()) || loopback(c.base.Hostname())):
		// An API on this machine is one to develop against.
	default:
		return fmt.Errorf("payment link %q is not https and not %w", excerpt(link, 120), errNotPrinted)
	}
	return nil
}

func notASCII(r rune) bool { return r > '~' }

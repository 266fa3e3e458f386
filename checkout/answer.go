package checkout

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	maxErrorBody = 16 << 10 // bytes read of an answer that is not 2xx
	maxMessage   = 300      // characters of it that reach an error
)

// statusError turns an answer that is not 2xx into an error. The status alone
// decides: the API documents no error body.
func (c *Client) statusError(r request, res *http.Response, bearer string) *Error {
	e := &Error{Op: r.op, Method: r.method, URL: plainURL(r.url), Status: res.StatusCode, Sent: true, Kind: KindStatus}
	// An error while reading changes nothing: the status is what counts.
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	e.Message = c.clean(string(body), bearer)
	e.body = KindOfBody(res.Header.Get("Content-Type"), body)
	e.FromAPI = c.ownBody(e.body) || r.op == opPayments && bytes.Contains(body, []byte("<APIResponse"))
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		e.Kind = KindRedirect
		host := "nowhere"
		if to, err := res.Location(); err == nil {
			host = (&url.URL{Scheme: to.Scheme, Host: to.Host}).String()
		}
		e.Err = fmt.Errorf("redirected to %s, which is not followed; set the base URL to where the API lives", host)
		return e
	}
	// A date in Retry-After is by the server's clock, as its Date header is.
	now, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		now = c.now()
	}
	e.RetryAfter = retryAfter(res.Header.Get("Retry-After"), now)
	return e
}

var tags = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// clean makes an excerpt of a body fit for one line of a log: no markup, no
// control characters, none of our secrets, not long.
func (c *Client) clean(body, bearer string) string {
	body = tags.ReplaceAllString(body, " ")
	basic := base64.StdEncoding.EncodeToString([]byte(c.cfg.Username + ":" + c.cfg.Password))
	for _, secret := range []string{basic, c.cfg.Password, url.QueryEscape(c.cfg.Password), bearer} {
		if secret != "" {
			body = strings.ReplaceAll(body, secret, "[hidden]")
		}
	}
	return excerpt(body, maxMessage)
}

// excerpt folds white space, drops what cannot be shown, and cuts at n runes.
func excerpt(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}

// decodeJSON reads one JSON value and refuses anything after it. Unknown
// fields are welcome.
func decodeJSON(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		// The error text of encoding/json shows no content but one character
		// or one type name.
		return fmt.Errorf("read the answer as JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("read the answer as JSON: something follows the value")
	}
	return nil
}

// text is a JSON string, or a number kept as it was written: whether an id is
// a UUID or a number is not documented.
type text string

// UnmarshalJSON accepts a string, a number or null.
func (t *text) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(t))
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return errors.New("an id is neither a text nor a number")
	}
	*t = text(n)
	return nil
}
